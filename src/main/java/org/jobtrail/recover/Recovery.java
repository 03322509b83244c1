package org.jobtrail.recover;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.database.ServerMessage;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.publish.Comparison.Halt;
import org.jobtrail.publish.Cursor;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.JsonText;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.LostEvidence;

/** Resolves, organization by organization, what has halted the publication: as a person has decided, and with a note of it. */
public final class Recovery {

    private final Database database;
    private final KafkaClients clients;
    private final Settings settings;
    private final Consumer<String> told;

    public Recovery(Database database, KafkaClients clients, Settings settings, Consumer<String> told) {
        this.database = database;
        this.clients = clients;
        this.settings = settings;
        this.told = told;
    }

    /** @return true where nothing is left that this way could not resolve */
    public boolean recover(Way way, Optional<String> organization)
            throws SQLException, IOException, InterruptedException {
        try (Standstill standstill = Standstill.begin(database, clients, settings.topics());
                Connection connection = database.connectWithoutTimeout(Role.RETENTION)) {
            standstill.shutOutOthers();
            Map<String, Cursor> cursors = standstill.cursors();
            requireKnown(connection, organization, cursors);
            List<Halt> halts = standstill.halts(cursors).stream()
                    .filter(halt ->
                            organization.map(halt.organizationId()::equals).orElse(true))
                    .toList();
            try (var events = new EventsOnTopic(clients, settings.topics().events(), connection)) {
                // What somebody who was killed has staged, also where nothing is left to resolve.
                events.clear();
                boolean lost = noteWhatIsLost(connection);
                if (halts.isEmpty() && !lost) {
                    told.accept("PostgreSQL and Kafka agree: nothing to recover");
                }
                return halts.isEmpty() || recover(way, standstill, connection, cursors, halts, events);
            }
        }
    }

    private static void requireKnown(Connection connection, Optional<String> organization, Map<String, Cursor> cursors)
            throws SQLException {
        if (organization.isPresent()
                && !cursors.containsKey(organization.get())
                && Ledger.lastSeq(connection, organization.get()) == 0) {
            throw new CannotRecoverException("organization %s has no history".formatted(organization.get()));
        }
    }

    private boolean recover(
            Way way,
            Standstill standstill,
            Connection connection,
            Map<String, Cursor> cursors,
            List<Halt> halts,
            EventsOnTopic events)
            throws SQLException {
        var histories = new HashMap<String, Long>();
        for (Halt halt : halts) {
            if (way.resolves().contains(halt.by())) {
                histories.put(halt.organizationId(), way.lastKnown(connection, halt.organizationId()));
            }
        }
        events.read(histories, published(halts, cursors, standstill.identity().topicId()), way.provesAll());
        events.foreign()
                .forEach((id, count) -> told.accept(
                        "organization %s: %d events on topic %s come after row %d, up to which it was published: they are not Jobtrail's, and passed over"
                                .formatted(
                                        id,
                                        count,
                                        settings.topics().events(),
                                        cursors.get(id).seq())));
        new StatesOnTopic(clients, settings.topics().state(), connection).read(histories.keySet());
        boolean resolved = true;
        for (Halt halt : halts) {
            resolved &= recover(way, halt, standstill, connection, cursors.get(halt.organizationId()), events);
        }
        return resolved;
    }

    /**
     * Up to where organizations were published that are ahead of their history. Only to this very topic: a copy of it may have been made
     * before its cursors. Where Kafka lost data, it may have lost cursors and kept the events.
     */
    private static Map<String, Long> published(List<Halt> halts, Map<String, Cursor> cursors, String topicId) {
        return halts.stream()
                .filter(halt -> halt.by().equals(Halt.DATABASE_SET_BACK))
                .map(halt -> cursors.get(halt.organizationId()))
                .filter(cursor -> cursor != null && topicId.equals(cursor.topicId()))
                .collect(Collectors.toMap(Cursor::organizationId, Cursor::seq));
    }

    private boolean recover(
            Way way, Halt halt, Standstill standstill, Connection connection, Cursor cursor, EventsOnTopic events)
            throws SQLException {
        String reason = halt.reason();
        if (way.resolves().contains(halt.by())) {
            try {
                told.accept("organization %s: %s"
                        .formatted(
                                halt.organizationId(),
                                way.resolve(
                                        halt.organizationId(),
                                        Optional.ofNullable(cursor),
                                        events,
                                        standstill,
                                        connection)));
                return true;
            } catch (SQLException e) {
                if (!ServerMessage.isRefusal(e)) {
                    throw e;
                }
                reason = ServerMessage.of(e);
            }
        }
        told.accept("organization %s: NOT recovered: %s".formatted(halt.organizationId(), reason));
        return false;
    }

    /** Receipts and notes are on no topic: what checkpoints know of them and the database does not have is said, and stays lost. */
    private boolean noteWhatIsLost(Connection connection) throws SQLException, IOException {
        LostEvidence lost;
        try (Connection auditor = database.connectToAudit()) {
            lost = LostEvidence.find(
                    auditor,
                    clients,
                    settings,
                    CheckpointKeys.of(settings.checkpoint().keyFile()));
        }
        if (lost.ranges().isEmpty()) {
            return false;
        }
        String ranges = lost.ranges().stream().map(LostEvidence.Range::toString).collect(Collectors.joining(", "));
        try (var statement = connection.prepareStatement("select jobtrail.note_lost_evidence(?, ?, ?::json)")) {
            statement.setLong(1, lost.checkpoint());
            statement.setString(2, ranges);
            statement.setString(3, JsonText.of(lost.rangesNode()));
            statement.execute();
        }
        told.accept("lost with the database, and nowhere to be had back: " + ranges);
        return true;
    }
}
