package org.jobtrail.recover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.jobtrail.checkpoint.CheckpointException;
import org.jobtrail.checkpoint.CheckpointsAgain;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.kafka.LoadedRoute;
import org.jobtrail.kafka.TopicDescriptions;
import org.jobtrail.publish.Comparison.Halt;
import org.jobtrail.publish.Cursor;
import org.jobtrail.publish.HistoryAgain;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.Settings.KafkaTopics;

/**
 * Publishes all of the history to another topic, by {@code 7-publish-events}: the same events with the same identities. Where it is
 * interrupted it goes on when it is asked again, from the cursors that went along; until it has come to its end, nobody publishes.
 */
public final class Republication {

    private static final int ROWS = 1_000;
    private static final Set<String> TO_BE_RECOVERED_FIRST = new NewEpoch().resolves();
    private static final String ORGANIZATIONS = """
            select organization_id, source, epoch, last_seq, encode(last_hash, 'hex'), jobtrail.database_id()
            from jobtrail.organization_head where last_seq > 0 order by organization_id""";
    private static final String LOST = """
            select kafka.organization_id, kafka.seq, coalesce(head.last_seq, 0), kafka.topic_id, publication.partitions
            from json_to_recordset(?::json) as kafka (organization_id text, seq bigint, topic_id text)
            left join jobtrail.organization_head head on head.organization_id = kafka.organization_id
            left join jobtrail.publication on publication.organization_id = kafka.organization_id
            where kafka.seq > coalesce(head.last_seq, 0) and kafka.topic_id is not null
            order by kafka.organization_id""";

    private final CamelContext context;
    private final Database database;
    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final CheckpointsAgain checkpoints;
    private final LoadedRoute route;
    private final Consumer<String> say;
    private long rows;

    /** @param settings with the topic that the events shall be on */
    public Republication(
            CamelContext context,
            Database database,
            KafkaClients clients,
            Settings settings,
            Path home,
            Consumer<String> say) {
        this.context = context;
        this.database = database;
        this.clients = clients;
        this.topics = settings.topics();
        this.checkpoints = new CheckpointsAgain(clients, topics, settings.checkpoint());
        this.route = new LoadedRoute(context, home.resolve("routes/7-publish-events.camel.yaml"));
        this.say = say;
    }

    public void republish() throws Exception {
        try (Standstill standstill = Standstill.begin(database, clients, topics);
                Connection connection = database.connectWithoutTimeout(Role.RETENTION)) {
            Map<String, Cursor> before;
            var reached = new ArrayList<Cursor>();
            route.load();
            try {
                before = standstill.cursors();
                require(standstill, connection, before);
                requireCheckpoints();
                for (Cursor head : heads(connection, standstill)) {
                    reached.add(republish(standstill, head, before.get(head.organizationId())));
                }
            } finally {
                route.unload();
            }
            long lines = checkpoints.republish();
            if (lines > 0) {
                say.accept("%d checkpoints on topic %s".formatted(lines, topics.checkpoints()));
            }
            finish(standstill, connection, before, reached);
        }
    }

    private void require(Standstill standstill, Connection connection, Map<String, Cursor> cursors)
            throws SQLException, InterruptedException {
        String topicId = standstill.identity().topicId();
        if (isOnIt(connection, topicId)) {
            throw new CannotRecoverException(
                    "the history is on topic %s already: name another one".formatted(topics.events()));
        }
        requireNothingToRestore(cursors);
        for (Halt halt : standstill.wouldHalt(cursors)) {
            if (TO_BE_RECOVERED_FIRST.contains(halt.by())) {
                throw new CannotRecoverException(halt.reason() + "; and only then republish");
            }
        }
        boolean begun = cursors.values().stream().anyMatch(cursor -> topicId.equals(cursor.topicId()));
        if (!begun && !isEmpty()) {
            throw new CannotRecoverException(
                    "topic %s holds records that are not of this republish: name a topic that is empty, or not there yet"
                            .formatted(topics.events()));
        }
    }

    /** Read before anything is published: afterwards, it would be published without them. */
    private void requireCheckpoints() {
        try {
            checkpoints.require();
        } catch (CheckpointException e) {
            throw new CannotRecoverException(e.getMessage());
        } catch (IOException | UncheckedIOException e) {
            throw new CannotRecoverException("checkpoint.file cannot be read: " + Reason.of(e));
        }
    }

    /**
     * That an organization was published to another topic is its first halt, and hides that its history was set back. As long as that
     * topic is there, its rows can be had back; published without them, the next ones would get their numbers.
     */
    private void requireNothingToRestore(Map<String, Cursor> cursors) throws SQLException, InterruptedException {
        try (Connection connection = database.connect(Role.AUDITOR);
                Admin admin = clients.admin();
                var statement = connection.prepareStatement(LOST)) {
            statement.setString(1, Cursor.json(cursors.values()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    // Where there are others now, no event can be brought
                    // back: where its key belongs is not known any more.
                    Integer partitions = (Integer) row.getObject(5);
                    Optional<String> topic = TopicDescriptions.ofId(admin, row.getString(4))
                            .filter(description -> partitions == null
                                    || description.partitions().size() == partitions)
                            .map(TopicDescription::name);
                    if (topic.isPresent()) {
                        throw new CannotRecoverException(
                                "PostgreSQL was set back: topic %s has row %d of organization %s, the history ends at row %d: run recover with kafka.topic.events=%1$s, and only then republish"
                                        .formatted(topic.get(), row.getLong(2), row.getString(1), row.getLong(3)));
                    }
                }
            }
        }
    }

    private static boolean isOnIt(Connection connection, String topicId) throws SQLException {
        try (var statement = connection.prepareStatement("""
                select coalesce(bool_and(topic_id = ?), false) from jobtrail.publication where published_seq > 0""")) {
            statement.setString(1, topicId);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private boolean isEmpty() {
        try (var consumer = clients.consumer("read_uncommitted")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topics.events()).stream()
                    .map(partition -> new TopicPartition(topics.events(), partition.partition()))
                    .toList();
            return consumer.endOffsets(partitions, Duration.ofSeconds(10))
                    .equals(consumer.beginningOffsets(partitions));
        }
    }

    private List<Cursor> heads(Connection connection, Standstill standstill) throws SQLException {
        var heads = new ArrayList<Cursor>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(ORGANIZATIONS)) {
            while (row.next()) {
                heads.add(new Cursor(
                        row.getString(1),
                        row.getString(2),
                        row.getInt(3),
                        row.getLong(4),
                        row.getString(5),
                        standstill.identity().topicId(),
                        row.getString(6)));
            }
        }
        return heads;
    }

    /** Of a history that is wholly sealed there is no row left to tell: its cursor says where it ends. */
    private Cursor republish(Standstill standstill, Cursor head, Cursor before) throws Exception {
        Cursor there = before != null && head.topicId().equals(before.topicId()) ? before : null;
        var again = new HistoryAgain(standstill.identity(), head.organizationId(), there);
        long events = 0;
        try (ProducerTemplate template = context.createProducerTemplate()) {
            do {
                Exchange done = template.send(route.uri(), exchange -> {
                    exchange.setVariable("publication", again);
                    exchange.setVariable("rows", ROWS);
                });
                if (done.getException() != null) {
                    throw done.getException();
                }
                again.committed();
                events += again.rows();
            } while (again.rows() > 0);
        }
        rows += events;
        say.accept("organization %s: %d events on topic %s".formatted(head.organizationId(), events, topics.events()));
        if (again.reached() != null) {
            return again.reached();
        }
        // Of a history without rows, whose end a new epoch has set, only the cursor of before knows the hash.
        boolean isItsEnd = before != null && before.seq() == head.seq();
        return isItsEnd ? head.withHash(before.hash()) : head;
    }

    private void finish(Standstill standstill, Connection connection, Map<String, Cursor> before, List<Cursor> reached)
            throws SQLException {
        standstill.shutOutOthers();
        standstill.write(reached.stream()
                .filter(cursor -> !cursor.equals(before.get(cursor.organizationId())))
                .toList());
        new StatesOnTopic(clients, topics.state(), connection)
                .read(reached.stream().map(Cursor::organizationId).collect(Collectors.toSet()));
        try (var statement = connection.prepareStatement("select jobtrail.republished(?::json, ?, ?::json)")) {
            statement.setString(1, Cursor.json(reached));
            statement.setString(2, topics.events());
            statement.setString(3, standstill.identity().json());
            statement.execute();
        }
    }

    /** How many events were published. */
    public long rows() {
        return rows;
    }
}
