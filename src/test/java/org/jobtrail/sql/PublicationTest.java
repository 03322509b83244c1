package org.jobtrail.sql;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.support.Ledger.change;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(RealServers.class)
class PublicationTest {

    private static final String IDENTITY = """
            {"cluster_id": "cluster", "topic_id": "topic", "cursor_topic_id": "cursors", "state_topic_id": "states",
            "partitions": 3, "state_partitions": 2}""";
    private static final String NO_HASH = "0".repeat(64);

    private final TestDatabase database;
    private final Ledger ledger;

    PublicationTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
    }

    @Test
    void rowsComeInOrderAndOnlyOnceAcknowledgedDoTheNextOnesCome() throws SQLException {
        ledger.poll("one", 5);

        List<Map<String, Object>> first = next(List.of(), 2);
        assertThat(names(first)).containsExactly("one/1", "one/2");
        assertThat(names(next(List.of(), 2))).containsExactly("one/1", "one/2");

        List<Map<String, Object>> second = next(cursors(first), 2);
        assertThat(names(second)).containsExactly("one/3", "one/4");
        List<Map<String, Object>> third = next(cursors(second), 2);
        assertThat(names(third)).containsExactly("one/5");
        assertThat(next(cursors(third), 2)).isEmpty();

        assertThat(database.rows("""
                        select published_seq, encode(published_hash, 'hex') as hash, cluster_id, topic_id
                        from jobtrail.publication
                        """))
                .containsExactly(Map.of(
                        "published_seq",
                        5L,
                        "hash",
                        third.get(0).get("hash"),
                        "cluster_id",
                        "cluster",
                        "topic_id",
                        "topic"));
    }

    @Test
    void noOrganizationStarvesAnother() throws SQLException {
        ledger.poll("a busy one", 500);
        List<String> small =
                IntStream.range(0, 40).mapToObj("small-%02d"::formatted).toList();
        for (String organization : small) {
            ledger.poll(organization, 1);
        }

        var published = new ArrayList<String>();
        List<Map<String, Object>> batch = List.of();
        for (int i = 0; i < 4; i++) {
            batch = next(cursors(batch), 20);
            published.addAll(names(batch));
        }

        assertThat(published)
                .containsAll(small.stream().map(name -> name + "/1").toList())
                .contains("a busy one/1")
                .doesNotHaveDuplicates();
    }

    @Test
    void fewThatWaitShareTheWholeBatch() throws SQLException {
        ledger.poll("one", 30);

        assertThat(next(List.of(), 20)).hasSize(20);

        ledger.poll("other", 30);

        assertThat(names(next(List.of(), 20)))
                .filteredOn(name -> name.startsWith("one/"))
                .hasSize(10);
    }

    @Test
    void everyRowOfManyOrganizationsComesExactlyOnceAndInOrder() throws SQLException {
        int rows = 0;
        for (int organization = 0; organization < 12; organization++) {
            ledger.poll("org-%02d".formatted(organization), organization * 3);
            rows += organization * 3;
        }

        Map<Object, List<Object>> published = new HashMap<>();
        List<Map<String, Object>> batch = next(List.of(), 10);
        while (!batch.isEmpty()) {
            assertThat(batch).hasSizeLessThanOrEqualTo(10);
            batch.forEach(row -> published
                    .computeIfAbsent(row.get("organization_id"), id -> new ArrayList<>())
                    .add(row.get("seq")));
            batch = next(cursors(batch), 10);
        }

        assertThat(published.values().stream().mapToInt(List::size).sum()).isEqualTo(rows);
        assertThat(published.values())
                .allSatisfy(numbers -> assertThat(numbers)
                        .isEqualTo(Stream.iterate(1L, n -> n + 1)
                                .limit(numbers.size())
                                .toList()));
    }

    @Test
    void aFullBatchIsReadWithoutATemporaryFile() throws SQLException {
        var random = new Random(1);
        Supplier<String> incompressible =
                () -> random.ints(1_100, '0', '~').mapToObj(Character::toString).collect(joining());
        ledger.poll(
                "large",
                IntStream.range(0, 3_000)
                        .mapToObj(i -> change(
                                "job-" + i,
                                "created",
                                Map.of("payload", incompressible.get(), "raw", incompressible.get())))
                        .toList());
        Object before = temporaryFiles();

        assertThat(next(List.of(), 3_000, 8_000_000)).hasSize(3_000);

        assertThat(temporaryFiles()).isEqualTo(before);
    }

    @Test
    void aBatchEndsBeforeItHasTooManyBytesButHoldsAtLeastOneRow() throws SQLException {
        String payload = "x".repeat(1000);
        ledger.poll(
                "large",
                IntStream.range(0, 6)
                        .mapToObj(i -> change("job-" + i, "created", Map.of("payload", payload)))
                        .toList());

        assertThat(names(next(List.of(), 100, 3500))).containsExactly("large/1", "large/2", "large/3");
        assertThat(names(next(List.of(), 100, 3000))).containsExactly("large/1", "large/2", "large/3");
        assertThat(names(next(List.of(), 100, 10))).containsExactly("large/1");
    }

    @Test
    void nothingDisagreesWhereKafkaHasNothingYet() throws SQLException {
        ledger.poll("fresh", 2);

        assertThat(reconcile(List.of())).isEmpty();
        assertThat(names(next(List.of(), 8))).containsExactly("fresh/1", "fresh/2");
    }

    @Test
    void whatKafkaCommittedUnheardIsNotedAndNotPublishedAgain() throws SQLException {
        ledger.poll("unheard", 3);
        List<Map<String, Object>> batch = next(List.of(), 2);

        assertThat(reconcile(cursors(batch))).isEmpty();
        assertThat(names(next(List.of(), 2))).containsExactly("unheard/3");
    }

    @Test
    void anOrganizationOfWhichKafkaLostRowsIsHaltedAndNoOther() throws SQLException {
        ledger.poll("lost", 2);
        ledger.poll("sound", 2);
        List<Map<String, Object>> batch = next(List.of(), 8);
        next(cursors(batch), 8);
        ledger.poll("lost", 1);
        ledger.poll("sound", 1);

        List<Map<String, Object>> cursors =
                List.of(cursor("lost", 1, hash("lost", 1)), cursor("sound", 2, hash("sound", 2)));
        assertThat(reconcile(cursors))
                .containsExactly(
                        halt(
                                "lost",
                                "kafka-lost-data",
                                "Kafka lost data: it acknowledged row 2 of organization lost, its cursor stands at row 1: run recover --from-topic, or republish --to a new topic if the events are gone too"));
        assertThat(names(next(List.of(), 8))).containsExactly("sound/3");
    }

    @Test
    void anOrganizationWhoseCursorIsGoneFromKafkaIsHalted() throws SQLException {
        ledger.poll("wiped", 1);
        next(cursors(next(List.of(), 8)), 8);

        assertThat(reconcile(List.of()))
                .singleElement()
                .extracting(row -> row.get("halted"))
                .asString()
                .startsWith("Kafka lost data");
        assertThat(published("wiped")).isEqualTo(1L);
    }

    @Test
    void anOrganizationWhoseHistoryEndsBeforeKafkasCursorIsHaltedAndNoOther() throws SQLException {
        ledger.poll("restored", 1);
        ledger.poll("sound", 1);

        assertThat(reconcile(List.of(cursor("restored", 4, NO_HASH))))
                .containsExactly(
                        halt(
                                "restored",
                                "database-set-back",
                                "PostgreSQL was set back: Kafka has row 4 of organization restored, the history ends at row 1: run recover --from-topic, or recover --new-epoch if the topic does not have the rows any more"));
        assertThat(names(next(List.of(), 8))).containsExactly("sound/1");
    }

    @Test
    void rowsOfAHaltedOrganizationDoNotCountAsPublished() throws SQLException {
        ledger.poll("waiting", 2);
        reconcile(List.of(cursor("waiting", 4, NO_HASH)));

        assertThat(published("waiting")).isEqualTo(0L);
    }

    @Test
    void anOrganizationUnknownToPostgresIsHalted() throws SQLException {
        assertThat(reconcile(List.of(cursor("nobody", 4, NO_HASH))))
                .singleElement()
                .extracting(row -> row.get("halted"))
                .asString()
                .contains("the history ends at row 0: run recover");
    }

    @Test
    void anOrganizationWhoseRowIsAnotherOneOnKafkaIsHaltedAndNoOther() throws SQLException {
        ledger.poll("other", 2);
        ledger.poll("sound", 1);

        assertThat(reconcile(List.of(cursor("other", 2, "ab".repeat(32)))))
                .containsExactly(
                        halt(
                                "other",
                                "histories-differ",
                                "the histories differ: row 2 of organization other is another one on Kafka: run recover --new-epoch"));
        assertThat(names(next(List.of(), 8))).containsExactly("sound/1");
    }

    @Test
    void anOrganizationOnWhichBothAgreeAgainIsHaltedNoLonger() throws SQLException {
        ledger.poll("again", 2);
        reconcile(List.of(cursor("again", 4, NO_HASH)));

        assertThat(reconcile(List.of(cursor("again", 1, hash("again", 1))))).isEmpty();
        assertThat(names(next(List.of(), 8))).containsExactly("again/2");
    }

    @ParameterizedTest
    @CsvSource({
        "cluster_id, another-cluster, 'another Kafka cluster: row 1 of organization moved was acknowledged by cluster cluster, this is new: set kafka.bootstrap-servers back, or run recover --from-topic if this one holds a copy of the topic, or republish --to a topic'",
        "topic_id, topic-replaced, 'the events topic was made anew, or is another: row 1 of organization moved is on the one before: set kafka.topic.events back, or run republish --to a topic'",
        "partitions, partitions-changed, 'the events topic has 4 partitions, organization moved was published to 3: a job''s events would change places and their order; run republish --to a new topic'",
        "state_topic_id, state-topic-replaced, 'the state topic was made anew, or is another: the states of organization moved are not on it: set kafka.topic.state back, or run recover --from-topic, which has them written again'",
        "state_partitions, state-partitions-changed, 'the state topic has 4 partitions, the states of organization moved were written to 2: a job''s state before would stay beside the present one; remove the topic, or set kafka.topic.state to another, and run recover --from-topic, which has them written again'"
    })
    void whatWasPublishedElsewhereIsHaltedAndNothingElse(String what, String by, String reason) throws SQLException {
        ledger.poll("moved", 1);
        List<Map<String, Object>> batch = next(List.of(), 8);
        next(cursors(batch), 8);
        ledger.poll("new", 1);
        ledger.poll("moved", 1);
        String there = what.endsWith("partitions")
                ? IDENTITY.replaceFirst("(\"%s\": )\\d".formatted(what), "$14")
                : IDENTITY.replaceFirst("(\"%s\": )\"[^\"]*\"".formatted(what), "$1\"new\"");

        assertThat(reconcile(cursors(batch), there)).containsExactly(halt("moved", by, reason));
        assertThat(names(next(List.of(), 8))).containsExactly("new/1");
    }

    @Test
    void whatIsOnATopicThatEndsBeforeItDidIsHaltedAndNothingElse() throws SQLException {
        ledger.poll("lost", 1);
        List<Map<String, Object>> batch = next(List.of(), 8);
        ledger.poll("new", 1);
        noteEnds("topic", 7, 12);

        assertThat(reconcile(cursors(batch), IDENTITY, ends("topic", 7, 11)))
                .containsExactly(
                        halt(
                                "lost",
                                "kafka-lost-events",
                                "Kafka lost events: partition 1 of the events topic ended at offset 12, and ends at 11 now; what is missing may be of organization lost: run republish --to a new topic"));
        assertThat(names(next(List.of(), 8))).containsExactly("new/1");
    }

    @Test
    void aTopicThatEndsWhereItDidOrLaterHaltsNobodyNorDoesAnotherOne() throws SQLException {
        ledger.poll("whole", 1);
        List<Map<String, Object>> cursors = cursors(next(List.of(), 8));
        noteEnds("topic", 7, 12);
        noteEnds("before", 70, 120);

        assertThat(reconcile(cursors, IDENTITY, ends("topic", 7, 12))).isEmpty();
        assertThat(reconcile(cursors, IDENTITY, ends("topic", 8, 13))).isEmpty();
        assertThat(reconcile(cursors, IDENTITY, ends("before", 1, 1))).isEmpty();
        assertThat(reconcile(cursors, IDENTITY, "[]")).as("Kafka does not tell").isEmpty();
        assertThat(reconcile(cursors)).as("an older program does not").isEmpty();
    }

    @Test
    void whatIsLostStaysLostHoweverFarOthersPublishAfterIt() throws SQLException {
        ledger.poll("stays", 1);
        List<Map<String, Object>> cursors = cursors(next(List.of(), 8));
        next(cursors, 8);
        noteEnds("topic", 12);
        List<Map<String, Object>> halts = reconcile(cursors, IDENTITY, ends("topic", 11));
        assertThat(halts).hasSize(1);
        noteEnds("topic", 11);
        noteEnds("topic", 20);

        assertThat(reconcile(cursors, IDENTITY, ends("topic", 20))).isEqualTo(halts);
        String elsewhere = IDENTITY.replace("\"topic\"", "\"another\"");
        assertThat(reconcile(cursors, elsewhere, ends("another", 1)))
                .extracting(halt -> halt.get("halted_by"))
                .containsExactly("topic-replaced");
    }

    @Test
    void aTopicToWhichAllWasPublishedAnewMayEndBeforeItDid() throws SQLException {
        ledger.poll("again", 1);
        List<Map<String, Object>> cursors = cursors(next(List.of(), 8));
        noteEnds("topic", 12);
        noteEnds("another", 12);
        assertThat(reconcile(cursors, IDENTITY, ends("topic", 11))).hasSize(1);

        database.rows("select jobtrail.republished(?::json, 'events', ?::json)", Ledger.json(cursors), IDENTITY);

        assertThat(reconcile(cursors, IDENTITY, ends("topic", 11))).isEmpty();
        assertThat(database.column("select topic_id from jobtrail.topic_end where topic_id in ('topic', 'another')"))
                .containsExactly("another");
    }

    @Test
    void anEndThatMovedBackIsNotNoted() throws SQLException {
        assertThat(noteEnds("kept", 7, 12)).isEmpty();
        assertThat(noteEnds("kept", 8, 11))
                .extracting(row -> row.get("note_topic_ends"))
                .as("partitions that end before they did")
                .containsExactly(1);

        assertThat(database.column(
                        "select end_offset from jobtrail.topic_end where topic_id = 'kept' order by partition"))
                .containsExactly(8L, 12L);
    }

    @Test
    void anEmptiedCursorTopicIsNamed() throws SQLException {
        ledger.poll("emptied", 1);
        next(cursors(next(List.of(), 8)), 8);

        assertThat(reconcile(List.of(), IDENTITY.replace("cursors", "new")))
                .singleElement()
                .extracting(row -> row.get("halted"))
                .asString()
                .contains("its cursor stands at row 0, on a topic that was made anew: run recover --from-topic");
    }

    @Test
    void aHistoryThatWasSetBackIsNotContinuedUntilSomebodyDecides() throws SQLException {
        ledger.poll("restored", 1);
        reconcile(List.of(cursor("restored", 4, NO_HASH)));

        assertThatThrownBy(() -> ledger.poll("restored", 1))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("nothing is recorded: PostgreSQL was set back: Kafka has row 4");
    }

    private static Map<String, Object> halt(String organization, String by, String reason) {
        return Map.of("organization_id", organization, "halted_by", by, "halted", reason);
    }

    private List<Map<String, Object>> next(List<Map<String, Object>> acknowledged, int rows) throws SQLException {
        return next(acknowledged, rows, 1_000_000);
    }

    private List<Map<String, Object>> next(List<Map<String, Object>> acknowledged, int rows, long bytes)
            throws SQLException {
        return database.query(
                "next_events",
                Map.of("acknowledged", Ledger.json(acknowledged), "identity", IDENTITY, "rows", rows, "bytes", bytes));
    }

    private List<Map<String, Object>> reconcile(List<Map<String, Object>> cursors) throws SQLException {
        return reconcile(cursors, IDENTITY);
    }

    private List<Map<String, Object>> reconcile(List<Map<String, Object>> cursors, String identity, String ends)
            throws SQLException {
        return database.rows(
                "select organization_id, halted_by, halted from jobtrail.reconcile_publication(?::json, ?::json, ?::json)",
                Ledger.json(cursors),
                identity,
                ends);
    }

    private List<Map<String, Object>> noteEnds(String topicId, long... offsets) throws SQLException {
        return database.rows("select jobtrail.note_topic_ends(?::json)", ends(topicId, offsets));
    }

    /** Partition by partition. */
    private static String ends(String topicId, long... offsets) {
        return Ledger.json(IntStream.range(0, offsets.length)
                .mapToObj(partition -> Map.<String, Object>of(
                        "topic_id", topicId, "partition", partition, "end_offset", offsets[partition]))
                .toList());
    }

    private List<Map<String, Object>> reconcile(List<Map<String, Object>> cursors, String identity)
            throws SQLException {
        return database.rows(
                "select organization_id, halted_by, halted from jobtrail.reconcile_publication(?::json, ?::json)",
                Ledger.json(cursors),
                identity);
    }

    private static List<Map<String, Object>> cursors(List<Map<String, Object>> batch) {
        Map<Object, Map<String, Object>> last = new LinkedHashMap<>();
        batch.forEach(row -> last.put(
                row.get("organization_id"),
                cursor((String) row.get("organization_id"), (Long) row.get("seq"), (String) row.get("hash"))));
        return List.copyOf(last.values());
    }

    private static Map<String, Object> cursor(String organization, long seq, String hash) {
        return Map.of("organization_id", organization, "seq", seq, "hash", hash);
    }

    private String hash(String organization, long seq) throws SQLException {
        return (String) database.value(
                "select encode(hash, 'hex') from jobtrail.job_history where organization_id = ? and seq = ?",
                organization,
                seq);
    }

    private Object temporaryFiles() throws SQLException {
        return database.value("select temp_files from pg_stat_database where datname = current_database()");
    }

    private Object published(String organization) throws SQLException {
        return database.value("select published_seq from jobtrail.publication where organization_id = ?", organization);
    }

    private static List<String> names(List<Map<String, Object>> rows) {
        var names = rows.stream()
                .map(row -> row.get("organization_id") + "/" + row.get("seq"))
                .toList();
        assertThat(new HashSet<>(names)).hasSameSizeAs(names);
        return names;
    }
}
