package org.jobtrail.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.database.Database;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.Answer;
import org.jobtrail.support.DatabaseProxy;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What health and metrics tell of the database, and that they tell it in time: also while it is away. */
@ExtendWith(RealServers.class)
class ObservationTest {

    /** Half of what Prometheus waits for all metrics. */
    private static final Duration IN_TIME = Duration.ofSeconds(5);

    private static final Set<String> OF_THE_PUBLISHER = Set.of(
            "database_id",
            "iso",
            "next_events",
            "next_states",
            "note_checkpoint",
            "recorded_hash",
            "rows_to_republish",
            "system_identifier");

    private final TestDatabase database;
    private final Metrics metrics = new Metrics();
    private final PollHealth polls = new PollHealth(Clock.systemUTC(), Duration.ofMinutes(1), Duration.ofMinutes(2));

    ObservationTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Test
    void aScrapeAndAProbeOfHealthTogetherLookOnce() throws Exception {
        recordTwoJobs();
        publishOneAndHalt();
        try (var real = new Database(database.settings(), 1)) {
            var backlog = new Backlog(real.observerPool());
            var taken = new AtomicInteger();
            var looks = new DatabaseLooks(
                    () -> {
                        taken.incrementAndGet();
                        return backlog.look();
                    },
                    () -> 0);

            Map<String, Health.Check> checks = observe(looks);

            assertThat(metrics.text())
                    .contains(
                            "jobtrail_unpublished_rows 1.0",
                            "jobtrail_halted_organizations 1.0",
                            "jobtrail_held_partitions 3.0")
                    .doesNotContain("NaN");
            assertThat(checks.get("database").up()).isTrue();
            assertThat(checks.get("unpublished").data()).containsEntry("rows", 1L);
            assertThat(taken).hasValue(1);
        }
    }

    @Test
    void aDatabaseThatRefusesEveryoneCostsAScrapeThreeSecondsAndNotThreeTimesFive() throws Exception {
        int port;
        try (var gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }

        Map<String, Health.Check> checks = observeInTime(at(port));

        assertNothingIsKnown(checks);
        assertThat(checks.get("database").data().get("reason")).asString().contains("refused");
    }

    @Test
    void aDatabaseThatSaysNothingDoesNotCostMore() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertNothingIsKnown(observeInTime(at(silent.getLocalPort())));
        }
    }

    @Test
    void aDatabaseThatFallsSilentWhileItIsLookedAtDoesNotEither() throws Exception {
        try (var proxy = DatabaseProxy.before(database)) {
            proxy.fallSilentAt("organization_head");
            String username = database.username();
            String password = database.password();

            Map<String, Health.Check> checks =
                    observeInTime(new Settings.Database(proxy.url(), username, password, username, password));

            assertThat(checks.get("unpublished").up()).isFalse();
            assertThat(metrics.text()).contains("jobtrail_unpublished_rows NaN");
        }
    }

    @Test
    void aTableThatAMigrationHasLockedKeepsNobodyWaitingAndTheProgramReady() throws Exception {
        try (var migration = database.connect();
                var statement = migration.createStatement()) {
            migration.setAutoCommit(false);
            statement.execute("lock table jobtrail.job_history in access exclusive mode");

            Map<String, Health.Check> checks = observeInTime(database.settings());

            assertThat(checks.get("database").up()).isTrue();
            assertThat(checks.get("unpublished").up()).isFalse();
            assertThat(checks.get("unpublished").data().get("reason").toString())
                    .startsWith("not known: PostgreSQL (57014)");
            assertThat(checks.get("kafka").up()).as("it is not the broker's").isTrue();
            assertThat(checks.get("kafka").data()).as("not locked").isEmpty();
            assertThat(metrics.text()).contains("jobtrail_unpublished_rows NaN");
        }
    }

    @Test
    void aDatabaseThatAnswersAndTakesNoWritesIsDownUntilItDoes() throws Exception {
        try (var real = new Database(database.settings(), 1)) {
            // The one connection of who looks: the other sessions of this server go on.
            observer(real, "set default_transaction_read_only = on");
            Health.Check readOnly = look(real);
            observer(real, "set default_transaction_read_only = off");
            Health.Check again = look(real);

            assertThat(readOnly.up()).isFalse();
            assertThat(readOnly.data().get("reason").toString()).startsWith("PostgreSQL is read-only");
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void anAccountThatMayNotCallWhatRecordsIsToldWhatToGrant() throws Exception {
        try (var real = new Database(database.settings(), 1)) {
            database.execute("revoke execute on function jobtrail.write_receipt(json) from jobtrail_writer");
            Health.Check refused = look(real);
            database.execute(
                    "revoke execute on function jobtrail.begin_attempt(text, interval, interval) from jobtrail_writer");
            Health.Check more = look(real);
            database.execute("grant execute on function jobtrail.write_receipt(json) to jobtrail_writer");
            database.execute(
                    "grant execute on function jobtrail.begin_attempt(text, interval, interval) to jobtrail_writer");
            Health.Check again = look(real);

            assertThat(refused.up()).isFalse();
            assertThat(refused.data().get("reason").toString())
                    .contains("grant execute on function jobtrail.write_receipt(json) to jobtrail_writer;");
            assertThat(more.data().get("reason").toString())
                    .contains("jobtrail.begin_attempt(text, interval, interval) to jobtrail_writer, and 1 more;");
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void aFunctionThatIsGoneIsNamed() throws Exception {
        database.execute("drop function jobtrail.write_receipt(json)");
        try (var real = new Database(database.settings(), 1)) {
            assertThat(look(real).data().get("reason").toString())
                    .startsWith("functions that record are not there, jobtrail.write_receipt(json):");
        }
    }

    @Test
    void aDatabaseThatRefusedTheLastWriteIsDownThoughItCanBeRead() throws Exception {
        try (var real = new Database(database.settings(), 1)) {
            polls.recording().notBegun("east", "no attempt could be made: the disk is full", true);
            Health.Check full = look(real);
            polls.recording().begun("east");

            assertThat(full.up()).isFalse();
            assertThat(full.data()).containsEntry("reason", "source east: no attempt could be made: the disk is full");
            assertThat(look(real).up()).isTrue();
        }
    }

    @Test
    void everyFunctionThatPollsCallIsAskedAbout() throws Exception {
        var called = new TreeSet<String>();
        try (Stream<Path> files = Files.list(Path.of("sql/query"))) {
            for (Path file : files.toList()) {
                Matcher call = Pattern.compile("\\bjobtrail\\.(\\w+)\\(").matcher(Files.readString(file));
                while (call.find()) {
                    called.add(call.group(1));
                }
            }
        }
        called.removeAll(OF_THE_PUBLISHER);

        assertThat(WriteAccess.NEEDED.stream().map(signature -> signature.replaceAll("\\(.*", "")))
                .containsExactlyInAnyOrderElementsOf(called);
    }

    private static void observer(Database real, String sql) throws SQLException {
        try (var connection = real.observerPool().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Health.Check look(Database real) {
        var looks = new DatabaseLooks(new Backlog(real.observerPool()), System::nanoTime);
        return Observation.health(List.of(), polls, looks, () -> IDLE, "here", () -> "all").ready().stream()
                .filter(check -> check.name().equals("database"))
                .findFirst()
                .orElseThrow();
    }

    private void recordTwoJobs() throws Exception {
        try (FakeVeeam veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"}]"))
                .on(
                        "GET /v7/Organizations/east/Jobs",
                        Answer.json("[{\"id\":\"a\",\"name\":\"A\"},{\"id\":\"b\",\"name\":\"B\"}]"))) {
            TestPipeline.pollOnce(database, veeam, "v7");
        }
    }

    /** As if the publisher had come so far and found another history on the topic. */
    private void publishOneAndHalt() throws SQLException {
        database.execute("""
                insert into jobtrail.publication
                    (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id, halted)
                select organization_id, seq, hash, now(), 'cluster', 'topic', 'set back' from jobtrail.job_history where seq = 1
                """);
    }

    private void assertNothingIsKnown(Map<String, Health.Check> checks) {
        assertThat(metrics.text())
                .contains(
                        "jobtrail_unpublished_rows NaN",
                        "jobtrail_unpublished_age_seconds NaN",
                        "jobtrail_halted_organizations NaN");
        assertThat(checks.get("database").up()).isFalse();
        assertThat(checks.get("unpublished").data()).containsEntry("reason", "not known: the database does not answer");
    }

    private Map<String, Health.Check> observeInTime(Settings.Database account) {
        try (var real = new Database(account, 1)) {
            long start = System.nanoTime();
            var looks = new DatabaseLooks(new Backlog(real.observerPool()), System::nanoTime);
            Map<String, Health.Check> checks = observe(looks);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IN_TIME);
            return checks;
        }
    }

    private static final Publishing IDLE = new Publishing() {
        @Override
        public boolean isPublishing() {
            return true;
        }

        @Override
        public Optional<String> problem() {
            return Optional.empty();
        }

        @Override
        public int heldPartitions() {
            return 3;
        }

        @Override
        public Optional<String> checkpointProblem() {
            return Optional.empty();
        }
    };

    /** What a scrape and a probe ask for. */
    private Map<String, Health.Check> observe(DatabaseLooks looks) {
        Observation.gauges(metrics, List.of(), polls, looks, () -> IDLE);
        metrics.text();
        return Observation.health(List.of(), polls, looks, () -> IDLE, "here", () -> "all").all().stream()
                .collect(Collectors.toMap(Health.Check::name, check -> check));
    }

    private Settings.Database at(int port) {
        String url = "jdbc:postgresql://127.0.0.1:%d/jobtrail".formatted(port);
        return new Settings.Database(url, "jobtrail", "secret", "jobtrail", "secret");
    }
}
