package org.jobtrail.verify;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.record.Database;
import org.jobtrail.record.Role;

/** Recomputes everything that can be recomputed: chains, state, topic. Changes nothing, and may run beside a running program. */
public final class Verification {

    private static final int UNPUBLISHED = 10;

    private final Database database;
    private final KafkaClients clients;
    private final String topic;
    private final List<Finding> findings = new ArrayList<>();

    /** What was found, in one sentence, and the exit code that says the same. */
    public record Verdict(int exitCode, String sentence) {}

    public Verification(Database database, KafkaClients clients, String topic) {
        this.database = database;
        this.clients = clients;
        this.topic = topic;
    }

    private record Reach(long head, long acknowledged) {}

    public Verdict run(PrintStream out) throws SQLException, IOException {
        try (Connection connection = database.connect(Role.AUDITOR)) {
            Map<String, Reach> organizations = organizations(connection);
            var history = new HistoryVerification(connection, this::found);
            for (String organizationId : organizations.keySet()) {
                history.verify(organizationId);
            }
            out.printf("history: %d organizations, %d rows%n", organizations.size(), history.rows());
            out.printf("state: %d jobs%n", history.jobs());
            var events = new TopicVerification(connection, clients, topic, this::found);
            events.read();
            out.printf(
                    "topic %s: %d events%s%n",
                    topic, events.events(), events.whole() ? "" : ", the oldest are gone by retention");
            long unpublished = 0;
            for (var organization : organizations.entrySet()) {
                Reach reach = organization.getValue();
                unpublished += Math.max(0, reach.head() - events.reached(organization.getKey(), reach.acknowledged()));
            }
            findings.forEach(finding -> out.println(finding.kind() + ": " + finding.text()));
            return verdict(history.rows(), unpublished, events.whole());
        }
    }

    private void found(Finding finding) {
        findings.add(finding);
    }

    private Verdict verdict(long rows, long unpublished, boolean whole) {
        var worst = findings.stream().min(Comparator.comparing(Finding::kind));
        if (worst.isPresent()) {
            return new Verdict(
                    worst.get().kind().exitCode(), "NOT intact: " + worst.get().text());
        }
        if (unpublished > 0) {
            return new Verdict(
                    UNPUBLISHED,
                    "intact: %d rows verified, %d of them not on the topic yet".formatted(rows, unpublished));
        }
        return new Verdict(
                0,
                "intact: %d rows verified, all of them %s"
                        .formatted(
                                rows, whole ? "on the topic" : "published; the oldest events are gone by retention"));
    }

    /** Every organization of which there is a head or a row, and how far it must reach. */
    private static Map<String, Reach> organizations(Connection connection) throws SQLException {
        var organizations = new LinkedHashMap<String, Reach>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("""
                        select organization_id, coalesce(head.last_seq, 0), coalesce(publication.published_seq, 0)
                        from (
                            select organization_id from jobtrail.organization_head
                            union select distinct organization_id from jobtrail.job_history
                        ) known
                        left join jobtrail.organization_head head using (organization_id)
                        left join jobtrail.publication using (organization_id)
                        order by organization_id""")) {
            while (row.next()) {
                organizations.put(row.getString(1), new Reach(row.getLong(2), row.getLong(3)));
            }
        }
        return organizations;
    }
}
