package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.Await;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.Logged;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Instances that share the polling: each cycle is done once, by all of them, and told of share by share. */
@ExtendWith(RealServers.class)
// Some instances are only there to run.
@SuppressWarnings("try")
class SharedPollTest {

    private static final int ORGANIZATIONS = 8;

    private final TestDatabase database;
    private final KafkaServer kafka;

    SharedPollTest(PostgresServer server, KafkaServer kafka) throws SQLException {
        this.database = server.migratedDatabase();
        this.kafka = kafka;
    }

    @Test
    void twoInstancesReadEachOrganizationOnceInEachCycleAndItsCopyJobsAfterwards() throws Exception {
        try (FakeVeeam veeam = veeam();
                var first = TestPipeline.poll(database, settings(veeam, "twice"));
                var second = TestPipeline.poll(database, settings(veeam, "twice"))) {
            await("three cycles", () -> over(3));

            assertThat(first.context()).isNotSameAs(second.context());
            for (int organization = 0; organization < ORGANIZATIONS; organization++) {
                assertThat(veeam.calls("GET /v7/Organizations/org-%d/Jobs".formatted(organization)))
                        .as("organization %d", organization)
                        .hasSizeBetween(3, attempts());
            }
            assertThat(veeam.calls("GET /v7/CopyJobs")).hasSizeBetween(3, attempts());
        }

        assertThat(database.rows("""
                        select share, shares, outcome, organizations, jobs, organization_digest is not null as listed
                        from jobtrail.poll_receipt where attempt = 1 order by share
                        """))
                .extracting(row -> row.values().stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .containsExactly(
                        "0 4 COMPLETE 8 0 false",
                        "1 4 COMPLETE 2 2 true",
                        "2 4 COMPLETE 2 2 true",
                        "3 4 COMPLETE 2 2 true",
                        "4 4 COMPLETE 2 2 true",
                        "5 4 COMPLETE 8 0 false");
        assertThat(database.value("select count(*) from jobtrail.job_history where change_kind = 'created'"))
                .isEqualTo((long) ORGANIZATIONS);
        assertThat(database.value("""
                        select count(*) from (select attempt from jobtrail.poll_receipt
                        group by attempt having max(seq) - min(seq) > 20) torn
                        """)).isEqualTo(0L);
    }

    @Test
    void whatAnInstanceHadInHandWhenItVanishedIsPolledByAnotherInTheSameCycle() throws Exception {
        var asked = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (FakeVeeam veeam = veeam()) {
            // The first that reads this organization is never answered, until it is too late.
            var first = new Object() {
                boolean isHeld;
            };
            veeam.refuse(call -> {
                if (call.target().equals("GET /v7/Organizations/org-3/Jobs")) {
                    synchronized (first) {
                        if (first.isHeld) {
                            return false;
                        }
                        first.isHeld = true;
                    }
                    asked.countDown();
                    try {
                        goOn.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                return false;
            });
            var settings = settings(veeam, "vanished");
            settings.put("poll.period", "1h");
            settings.put("kafka.client.session.timeout.ms", "6000");
            settings.put("kafka.client.max.poll.interval.ms", "6000");
            try (var one = TestPipeline.poll(database, settings)) {
                assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
                try (var other = TestPipeline.poll(database, settings)) {
                    await("the end of the cycle, without who had the share", () -> over(1));
                    assertThat(one.context()).isNotSameAs(other.context());
                    assertThat(database.column("select taking from jobtrail.poll_share where taking > 1"))
                            .isNotEmpty();
                    goOn.countDown();
                }
            }
        }

        // Whoever came too late has added nothing.
        assertThat(database.column("select outcome from jobtrail.poll_receipt order by share"))
                .containsExactly("COMPLETE", "COMPLETE", "COMPLETE", "COMPLETE", "COMPLETE", "COMPLETE");
        assertThat(database.value("select count(*) from jobtrail.job_history where change_kind = 'created'"))
                .isEqualTo((long) ORGANIZATIONS);
    }

    @Test
    void aKafkaThatIsNotThereKeepsNobodyFromPolling() throws Exception {
        try (FakeVeeam veeam = veeam();
                var logged = new Logged("jobtrail.poll", Level.INFO)) {
            var settings = settings(veeam, "alone");
            settings.put("kafka.bootstrap-servers", "127.0.0.1:1");
            settings.put("poll.period", "1h");
            try (var alone = TestPipeline.poll(database, settings)) {
                await("a cycle", () -> over(1));
                await(
                        "the line that tells of it",
                        () -> logged.messages().stream()
                                .anyMatch(line ->
                                        line.startsWith("polled source hq, 8 organizations, 8 jobs: 8 changes in ")));
            }
        }

        assertThat(database.column("select outcome from jobtrail.poll_receipt where attempt = 1 order by share"))
                .containsExactly("COMPLETE", "COMPLETE", "COMPLETE");
        assertThat(polledOrganizations()).hasSize(ORGANIZATIONS);
    }

    @Test
    void aKafkaWhoseNameIsNotKnownYetIsLookedForAgain() throws Exception {
        try (FakeVeeam veeam = veeam()) {
            var settings = settings(veeam, "unknown");
            settings.put("kafka.bootstrap-servers", "kafka.invalid:9092");
            settings.put("poll.period", "1h");
            assertThat(threads()).as("of other instances").doesNotContain("sharing");
            try (var alone = TestPipeline.poll(database, settings)) {
                await("a cycle", () -> over(1));
                assertThat(threads()).as("who looks for Kafka").contains("sharing");
            }
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void anOrganizationThatCannotBeReadCostsOnlyItself() throws Exception {
        try (FakeVeeam veeam = veeam().on("GET /v7/Organizations/org-5/Jobs", Answer.status(403))) {
            var settings = settings(veeam, "one");
            settings.put("poll.period", "1h");
            try (var one = TestPipeline.poll(database, settings)) {
                await("a cycle", () -> over(1));
            }
        }

        assertThat(database.rows("select share, not_complete from jobtrail.poll_receipt where outcome <> 'COMPLETE'"))
                .singleElement()
                .satisfies(receipt -> assertThat((String) receipt.get("not_complete"))
                        .contains("org-5", "access-lost")
                        .doesNotContain("org-4"));
        assertThat(polledOrganizations()).hasSize(ORGANIZATIONS - 1);
    }

    @Test
    void whereTheServerGoesAwayEachShareSaysSoAndTheNextCycleComes() throws Exception {
        FakeVeeam veeam = veeam();
        veeam.refuse(call -> {
            if (call.target().contains("/Jobs")) {
                // No token is good any more, and nobody gets another.
                veeam.on("POST /v7/token", Answer.status(400));
                return true;
            }
            return false;
        });
        try (veeam;
                var pipeline = TestPipeline.poll(database, settings(veeam, "gone"))) {
            await("two cycles", () -> over(2));
        }

        assertThat(
                        database.column(
                                "select distinct outcome from jobtrail.poll_receipt where attempt = 1 and share between 1 and 4"))
                .doesNotContain("COMPLETE");
        assertThat(database.value("select count(*) from jobtrail.poll_receipt where attempt = 1"))
                .isEqualTo(6L);
        assertThat(polledOrganizations()).isEmpty();
    }

    @Test
    void aSourceThatRefusesTheLoginLeavesOneReceiptOfTheWholeAttempt() throws Exception {
        try (FakeVeeam veeam = veeam().on("POST /v7/token", Answer.status(400))) {
            var settings = settings(veeam, "refused");
            settings.put("poll.period", "1h");
            try (var refused = TestPipeline.poll(database, settings)) {
                await("a receipt", () -> over(1));
            }
        }

        assertThat(database.rows("select share, outcome from jobtrail.poll_receipt"))
                .singleElement()
                .satisfies(receipt ->
                        assertThat(receipt).containsEntry("share", null).containsEntry("outcome", "FAILED"));
    }

    private static FakeVeeam veeam() throws IOException {
        FakeVeeam veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on(
                        "GET /v7/Organizations",
                        Answer.json(IntStream.range(0, ORGANIZATIONS)
                                .mapToObj("{\"id\":\"org-%1$d\",\"name\":\"org-%1$d.com\"}"::formatted)
                                .collect(Collectors.joining(",", "[", "]"))));
        for (int organization = 0; organization < ORGANIZATIONS; organization++) {
            veeam.on(
                    "GET /v7/Organizations/org-%d/Jobs".formatted(organization),
                    Answer.json("[{\"id\":\"job-of-%d\",\"name\":\"Mailboxes\",\"lastStatus\":\"Success\"}]"
                            .formatted(organization)));
        }
        return veeam;
    }

    /** Each test has topics of its own, each in four partitions. */
    private Map<String, String> settings(FakeVeeam veeam, String test) {
        var settings = new HashMap<>(TestPipeline.source("hq", veeam.url(), "v7"));
        settings.put("poll.shared", "true");
        settings.put("poll.period", "1s");
        settings.put("poll.concurrency", "2");
        settings.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("kafka.topic.shares", "shared-poll-test." + test);
        settings.put("kafka.topic.partitions", "4");
        return settings;
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        Await.until(Duration.ofSeconds(60), () -> what, condition);
    }

    private boolean over(long attempt) throws SQLException {
        return (Boolean) database.value("select jobtrail.is_over('hq', ?)", attempt);
    }

    private int attempts() throws SQLException {
        return ((Long) database.value("select last_attempt from jobtrail.source_head")).intValue();
    }

    private Set<Object> polledOrganizations() throws SQLException {
        List<Object> polled = database.column("select organization_id from jobtrail.job_history");
        return new TreeSet<>(polled);
    }
}
