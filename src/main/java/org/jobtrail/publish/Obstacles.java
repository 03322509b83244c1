package org.jobtrail.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.util.ObjectHelper;
import org.jobtrail.database.DamagedPage;
import org.jobtrail.database.Database;
import org.jobtrail.text.OneLine;

/**
 * What would be in the way of all that comes after, and is of one organization, which is halted then, and no other. What Kafka refuses for
 * its content it would refuse for ever: the batch gets smaller until it is known which row that is. What PostgreSQL cannot read is looked
 * for in each history. A comparison finds neither: they are kept here, until the program starts again. Used by one thread.
 */
final class Obstacles {

    private final Database database;
    private final BatchSize size;
    private final Map<String, Comparison.Halt> halts = new HashMap<>();
    private boolean narrowed;

    Obstacles(Database database, BatchSize size) {
        this.database = database;
        this.size = size;
    }

    void startOver() {
        narrowed = false;
    }

    /** True where the last batch failed, and a smaller one, or one without an organization, may not. */
    boolean isNarrowed() {
        return narrowed;
    }

    void narrow(Publication publication, Exception failure) throws SQLException {
        Optional<String> refused = RefusedContent.of(failure);
        if (DamagedPage.isIn(failure) || ObjectHelper.getException(UnreadablePayloadException.class, failure) != null) {
            try {
                for (Comparison.Halt halt : damaged()) {
                    halt(halt);
                    narrowed = true;
                }
            } catch (SQLException e) {
                // What is damaged is still what has to be told.
                failure.addSuppressed(e);
            }
        } else if (refused.isPresent() && publication.rows() > 1) {
            size.halve(publication.rows());
            narrowed = true;
        } else if (refused.isPresent() && publication.rows() == 1) {
            halt(refused(publication.batch().get(0), refused.get()));
            narrowed = true;
        }
    }

    private static Comparison.Halt refused(Map<String, Object> row, String why) {
        String organization = (String) row.get("organization_id");
        String reason =
                "Kafka refuses row %s of organization %s (%s): raise what the topic allows, or event.max-bytes where it was lowered, then start again"
                        .formatted(row.get("seq"), organization, OneLine.of(why));
        return new Comparison.Halt(organization, "refused-by-kafka", reason);
    }

    private List<Comparison.Halt> damaged() throws SQLException {
        var damaged = new ArrayList<Comparison.Halt>();
        try (Connection connection = database.publisherPool().getConnection();
                var statement = connection.prepareStatement(
                        "select organization_id, reason from jobtrail.damaged_histories()");
                var row = statement.executeQuery()) {
            while (row.next()) {
                damaged.add(new Comparison.Halt(row.getString(1), "history-damaged", row.getString(2)));
            }
        }
        return damaged;
    }

    private void halt(Comparison.Halt halt) throws SQLException {
        write(halt);
        halts.put(halt.organizationId(), halt);
        halt.warn();
    }

    /** After a comparison, which has found nothing wrong with them. */
    Collection<Comparison.Halt> haltAgain() throws SQLException {
        for (Comparison.Halt halt : halts.values()) {
            write(halt);
        }
        return halts.values();
    }

    private void write(Comparison.Halt halt) throws SQLException {
        try (Connection connection = database.publisherPool().getConnection();
                var statement = connection.prepareStatement("select jobtrail.halt_publication(?, ?, ?)")) {
            statement.setString(1, halt.organizationId());
            statement.setString(2, halt.by());
            statement.setString(3, halt.reason());
            statement.execute();
        }
    }
}
