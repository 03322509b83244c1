package org.jobtrail.crash;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.jobtrail.checkpoint.TrustedKeys;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.Report;
import org.jobtrail.verify.Scope;
import org.jobtrail.verify.Verification;

/** A source whose jobs change when they are told, the history and the topic that follow, and what must be true of them. */
final class Installation implements AutoCloseable {
    private static final List<String> ORGANIZATIONS =
            List.of("0a5d3a0e-35a3-4a0b-8d7a-0b6f2f6e2a01", "7c1b9c52-8f3b-4f57-9a52-3d1f5a4c7e02");
    private static final List<String> STATUSES = List.of("Success", "Warning", "Failed");
    private static final int JOBS = 6;

    private final TestDatabase database;
    private final KafkaServer kafka;
    private final String name;
    private final Path directory;
    private final FakeVeeam veeam;
    private Connection connection;
    private PreparedStatement statement;
    private Point.Topics topics;
    private int changes;

    Installation(TestDatabase database, KafkaServer kafka, String name, Path directory) throws Exception {
        this.database = database;
        this.kafka = kafka;
        this.name = name;
        this.directory = directory;
        this.veeam = FakeVeeam.start().on("POST /v7/token", Answer.TOKEN);
        veeam.on(
                "GET /v7/Organizations",
                Answer.json(ORGANIZATIONS.stream()
                        .map("{\"id\":\"%s\",\"name\":\"example.com\"}"::formatted)
                        .collect(Collectors.joining(",", "[", "]"))));
        show();
    }

    /** Of an instance; a publisher closes its Kafka transaction long before this timeout. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("DATABASE_URL", database.url());
        settings.put("DATABASE_USERNAME", database.username());
        settings.put("DATABASE_PASSWORD", database.password());
        settings.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        for (String topic : List.of("events", "cursor", "checkpoints", "state")) {
            settings.put("KAFKA_TOPIC_" + topic.toUpperCase(Locale.ROOT), name + "." + topic);
        }
        settings.put("KAFKA_TOPIC_PARTITIONS", "3");
        settings.put("KAFKA_CLIENT_TRANSACTION_TIMEOUT_MS", "" + timeoutMillis());
        // A record to a request and partition, so that one transaction has several.
        settings.put("KAFKA_CLIENT_BATCH_SIZE", "0");
        settings.put("CHECKPOINT_KEY_FILE", keyFile().toString());
        settings.put("CHECKPOINT_FILE", directory.resolve(name + ".jws").toString());
        settings.put("DATA_DIRECTORY", directory.resolve(name).toString());
        settings.put("SOURCE_VEEAM_URL", veeam.url().toString());
        settings.put("SOURCE_VEEAM_USERNAME", "reader");
        settings.put("SOURCE_VEEAM_PASSWORD", "secret");
        settings.put("SOURCE_VEEAM_API_VERSION", "v7");
        settings.put("POLL_PERIOD", "1s");
        settings.put("HTTP_PORT", "0");
        return settings;
    }

    static long timeoutMillis() {
        return 2_500;
    }

    private Path keyFile() {
        return directory.resolve(name + "-key.pem");
    }

    /** Every job has another status. */
    void change() {
        changes++;
        show();
    }

    private void show() {
        for (String organization : ORGANIZATIONS) {
            veeam.on(
                    "GET /v7/Organizations/%s/Jobs".formatted(organization),
                    Answer.json(IntStream.range(0, JOBS)
                            .mapToObj(job ->
                                    "{\"id\":\"job-%d\",\"name\":\"Job %d\",\"isEnabled\":true,\"lastStatus\":\"%s\"}"
                                            .formatted(job, job, status(changes)))
                            .collect(Collectors.joining(",", "[", "]"))));
        }
    }

    private static String status(int change) {
        return STATUSES.get(change % STATUSES.size());
    }

    /** Everything that changed is in the history, and Kafka has acknowledged it. */
    boolean isUpToDate() throws Exception {
        if (statement == null) {
            connection = database.connect();
            statement = connection.prepareStatement("""
                    select (select count(*) from jobtrail.publication join jobtrail.organization_head head
                                using (organization_id) where published_seq = last_seq) = ?
                        and (select count(*) from jobtrail.job_history) = ?
                        and not exists (
                            select from jobtrail.job_state state join jobtrail.job_history line
                            on line.organization_id = state.organization_id and line.seq = state.last_seq
                            where line.last_status <> ?)
                    """);
        }
        statement.setLong(1, ORGANIZATIONS.size());
        statement.setLong(2, (long) ORGANIZATIONS.size() * JOBS * (changes + 1));
        statement.setString(3, status(changes));
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** As they are once they have been made. */
    Point.Topics topics() throws Exception {
        if (topics == null) {
            topics = find();
        }
        return topics;
    }

    private Point.Topics find() throws Exception {
        try (Admin admin = admin()) {
            Uuid id = admin.describeTopics(List.of(name + ".cursor"))
                    .allTopicNames()
                    .get()
                    .get(name + ".cursor")
                    .topicId();
            byte[] bytes = ByteBuffer.allocate(16)
                    .putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits())
                    .array();
            return new Point.Topics(name + ".cursor", new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    /** Whether a transaction of the publisher is open, as Kafka sees it. */
    boolean hasOpenTransaction() throws Exception {
        return !Set.of("Empty", "CompleteCommit", "CompleteAbort").contains(transaction());
    }

    private String transaction() throws Exception {
        try (Admin admin = admin()) {
            return admin.describeTransactions(List.of(name + ".cursor"))
                    .all()
                    .get()
                    .get(name + ".cursor")
                    .state()
                    .toString();
        }
    }

    /**
     * What the servers hold of the last change; before it all was recorded and acknowledged.
     *
     * @param ports by which PostgreSQL knows the instance's sessions
     */
    Evidence evidence(String ports) throws Exception {
        Map<String, Object> row = database.rows("""
                select (select count(*) from jobtrail.job_history) as recorded,
                    (select sum(published_seq)::bigint from jobtrail.publication) as acknowledged,
                    exists (select from pg_stat_activity where client_port in (%s) and xact_start is not null)
                        as in_transaction
                """.formatted(ports)).get(0);
        long before = (long) ORGANIZATIONS.size() * JOBS * changes;
        return new Evidence(
                JOBS,
                (Long) row.get("recorded") - before,
                (Long) row.get("acknowledged") - before,
                (Boolean) row.get("in_transaction"),
                transaction());
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    TestDatabase database() {
        return database;
    }

    /**
     * What is wrong.
     *
     * @param cutShort how many attempts may have been lost by what was done to the instances
     */
    List<String> problems(int cutShort) throws Exception {
        var problems = new ArrayList<String>();
        compareWithSource(problems);
        compareWithTopic(problems);
        countReceipts(problems, cutShort);
        database.column("select halted from jobtrail.publication where halted is not null")
                .forEach(reason -> problems.add("HALTED: " + reason));
        Report report = new Verification(read(), keys(), Scope.ALL).run();
        // 10: no checkpoint covers the last rows yet.
        boolean intact = Set.of(0, 10).contains(report.verdict().exitCode());
        if (!intact || !report.verdict().sentence().contains("all of them on the topic")) {
            problems.add("verify: " + report.verdict().sentence() + " " + report.lines());
        }
        return problems;
    }

    /** What changed stands in the history once, and in its order. */
    private void compareWithSource(List<String> problems) throws Exception {
        List<String> expected =
                IntStream.rangeClosed(0, changes).mapToObj(Installation::status).toList();
        var rows = database.rows("""
                select organization_id || '/' || job_id as job, array_agg(last_status order by seq)::text as statuses
                from jobtrail.job_history group by organization_id, job_id
                """);
        if (rows.size() != ORGANIZATIONS.size() * JOBS) {
            problems.add("the history has %d jobs".formatted(rows.size()));
        }
        for (Map<String, Object> row : rows) {
            String found = row.get("statuses").toString();
            if (!found.equals("{" + String.join(",", expected) + "}")) {
                problems.add("history of %s: %s".formatted(row.get("job"), found));
            }
        }
    }

    /** A read_committed consumer has every row once, as it is, those of a job in their order, and the present of every job. */
    private void compareWithTopic(List<String> problems) throws Exception {
        // Kafka confirms a commit before it has marked it in each partition: only then a reader gets there.
        List<String> found = compareWithTopics();
        for (int tries = 0;
                tries < 100 && found.stream().allMatch(problem -> problem.startsWith("LOST")) && !found.isEmpty();
                tries++) {
            Thread.sleep(100);
            found = compareWithTopics();
        }
        problems.addAll(found);
    }

    private List<String> compareWithTopics() throws Exception {
        var problems = new ArrayList<String>();
        compareEvents(problems);
        compareStates(problems);
        return problems;
    }

    /** Who reads the state topic ends with every job as it is now, and has not been led back on the way. */
    private void compareStates(List<String> problems) throws Exception {
        Map<String, ConsumerRecord<String, byte[]>> states = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : kafka.committedRecords(name + ".state")) {
            ConsumerRecord<String, byte[]> before = states.put(record.key(), record);
            if (before != null && sequence(before) >= sequence(record)) {
                problems.add(
                        "state REORDERED: %s %d after %d".formatted(record.key(), sequence(record), sequence(before)));
            }
        }
        for (Map<String, Object> row : database.rows("""
                select organization_id || '/' || job_id as key, last_seq as seq,
                    convert_to((select (payload::json -> 'after')::text from jobtrail.job_history line
                        where line.organization_id = state.organization_id and line.seq = state.last_seq), 'UTF8') as value
                from jobtrail.job_state state
                """)) {
            ConsumerRecord<String, byte[]> state = states.remove(row.get("key"));
            if (state == null || sequence(state) < (Long) row.get("seq")) {
                problems.add("LOST: the state of %s at %s".formatted(row.get("key"), row.get("seq")));
            } else if (sequence(state) != (Long) row.get("seq")
                    || !Arrays.equals((byte[]) row.get("value"), state.value())) {
                problems.add("another state than its row: %s %d".formatted(state.key(), sequence(state)));
            }
        }
        if (!states.isEmpty()) {
            problems.add("states of no job: " + states.keySet());
        }
    }

    private void compareEvents(List<String> problems) throws Exception {
        Map<String, Map<String, Object>> rows = new HashMap<>();
        for (Map<String, Object> row : database.rows("""
                select encode(hash, 'hex') as id, seq, organization_id || '/' || job_id as key,
                    convert_to(payload, 'UTF8') as value
                from jobtrail.job_history
                """)) {
            rows.put((String) row.get("id"), row);
        }
        Set<String> read = new HashSet<>();
        Map<String, Long> last = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : kafka.committedRecords(name + ".events")) {
            String id = header(record, "ce_id");
            Map<String, Object> row = rows.get(id);
            long seq = sequence(record);
            if (!read.add(id)) {
                problems.add("DOUBLED: %s %d".formatted(record.key(), seq));
            } else if (row == null) {
                problems.add("not in the history: %s %d".formatted(record.key(), seq));
            } else if (!row.get("key").equals(record.key())
                    || !row.get("seq").equals(seq)
                    || !Arrays.equals((byte[]) row.get("value"), record.value())) {
                problems.add("another than its row: %s %d".formatted(record.key(), seq));
            }
            Long before = last.put(record.key(), seq);
            if (before != null && before >= seq) {
                problems.add("REORDERED: %s %d after %d".formatted(record.key(), seq, before));
            }
        }
        if (read.size() < rows.size()) {
            problems.add("LOST: %d of %d rows".formatted(rows.size() - read.size(), rows.size()));
        }
    }

    /** An attempt has its outcome, or is seen to be missing; one may be under way. */
    private void countReceipts(List<String> problems, int cutShort) throws Exception {
        Map<String, Object> row = database.rows("""
                select last_attempt as attempts, (select count(*) from jobtrail.poll_receipt) as receipts
                from jobtrail.source_head
                """).get(0);
        long missing = (Long) row.get("attempts") - (Long) row.get("receipts");
        if (missing < 0 || missing > cutShort) {
            problems.add("%d of %d attempts have no receipt, %d may".formatted(missing, row.get("attempts"), cutShort));
        }
    }

    private Settings read() {
        return new SettingsReader(PropertyLookup.of(new Properties(), settings(), null)).read();
    }

    private CheckpointKeys keys() {
        return new CheckpointKeys(
                Files.exists(keyFile()) ? Optional.of(TrustedKeys.read(keyFile())) : Optional.empty());
    }

    private static long sequence(ConsumerRecord<String, byte[]> record) {
        return Long.parseLong(header(record, "ce_sequence"));
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws SQLException {
        veeam.close();
        if (connection != null) {
            connection.close();
        }
    }
}
