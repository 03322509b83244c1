package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.database.Database;
import org.jobtrail.text.OneLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Kafka refuses for its content it would refuse for ever, and everything that comes after: the batch gets smaller until it is known
 * which row that is, whose organization is halted then, and no other. Used by one thread.
 */
final class Refusals {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");

    private final Database database;
    private final BatchSize size;
    private final Map<String, String> reasons = new HashMap<>();
    private boolean narrowed;

    Refusals(Database database, BatchSize size) {
        this.database = database;
        this.size = size;
    }

    void startOver() {
        narrowed = false;
    }

    /** True where the last batch was refused: a smaller one, or one without the organization, may not be. */
    boolean isNarrowed() {
        return narrowed;
    }

    void narrow(Publication publication, Exception failure) throws SQLException {
        Optional<String> refused = RefusedContent.of(failure);
        if (refused.isEmpty() || publication.rows() == 0) {
            return;
        }
        narrowed = true;
        if (publication.rows() > 1) {
            size.halve(publication.rows());
            return;
        }
        Map<String, Object> row = publication.batch().get(0);
        String organization = (String) row.get("organization_id");
        String reason = "Kafka refuses row %s of organization %s (%s): raise what the topic allows, then start again"
                .formatted(row.get("seq"), organization, OneLine.of(refused.get()));
        halt(organization, reason);
        reasons.put(organization, reason);
        LOG.warn("nothing more is published of organization {}: {}", OneLine.of(organization), OneLine.of(reason));
    }

    /** A comparison finds nothing wrong with them: what Kafka refuses is known only here. */
    Map<String, String> haltAgain() throws SQLException {
        for (Map.Entry<String, String> refusal : reasons.entrySet()) {
            halt(refusal.getKey(), refusal.getValue());
        }
        return reasons;
    }

    private void halt(String organization, String reason) throws SQLException {
        try (Connection connection = database.publisherPool().getConnection();
                var halt = connection.prepareStatement("select jobtrail.halt_publication(?, 'refused-by-kafka', ?)")) {
            halt.setString(1, organization);
            halt.setString(2, reason);
            halt.execute();
        }
    }
}
