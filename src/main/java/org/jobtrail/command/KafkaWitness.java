package org.jobtrail.command;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.Comparison.Halt;
import org.jobtrail.publish.ForeseenHalts;
import org.jobtrail.publish.PublishedTopics;
import org.jobtrail.settings.Settings;
import org.jobtrail.verify.RowsOnTopic;
import org.jobtrail.verify.RowsOnTopic.Rows;
import org.jobtrail.verify.UnverifiableException;

/** What Kafka has to say before rows are removed: what it once acknowledged is no reason to, where the topic is gone, or has lost it. */
final class KafkaWitness {

    private final Settings settings;
    private final Database database;
    private final KafkaClients clients;

    KafkaWitness(Settings settings, Database database) {
        this.settings = settings;
        this.database = database;
        this.clients = new KafkaClients(settings.kafka().orElseThrow());
    }

    private interface Question<T> {
        T ask() throws SQLException, InterruptedException;
    }

    /** @return whose publication would halt, and why */
    Map<String, String> halted() throws SQLException {
        return answer(() -> {
            try (Connection connection = database.connectToMigrate(Role.RETENTION);
                    Admin admin = clients.admin()) {
                List<String> problems = PublishedTopics.elsewhere(connection, admin, settings.topics());
                if (!problems.isEmpty()) {
                    throw new CannotRunException("nothing is removed: " + problems.get(0));
                }
                Optional<Topics.Identity> identity = new Topics(settings.topics()).identity(admin);
                // Where a topic is missing, there is none to compare with that anything was published to.
                return identity.isEmpty()
                        ? Map.of()
                        : new ForeseenHalts(database, clients, admin, settings.topics(), identity.get())
                                .find().stream().collect(Collectors.toMap(Halt::organizationId, Halt::reason));
            }
        });
    }

    /** @return of whom the topic lacks some of these, and which */
    Map<String, String> missing(Collection<Rows> rows) throws SQLException {
        if (rows.isEmpty()) {
            return Map.of();
        }
        return answer(() -> {
            try (Connection auditor = database.connectToMigrate(Role.AUDITOR)) {
                return new RowsOnTopic(auditor, clients, settings.topics().events()).missing(rows);
            }
        });
    }

    private <T> T answer(Question<T> question) throws SQLException {
        try {
            return question.ask();
        } catch (KafkaException e) {
            throw new CannotRunException("nothing is removed: Kafka at %s: %s"
                    .formatted(settings.kafka().orElseThrow().bootstrapServers(), Reason.of(e)));
        } catch (UnverifiableException e) {
            throw new CannotRunException("nothing is removed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRunException("nothing is removed: it was interrupted");
        }
    }
}
