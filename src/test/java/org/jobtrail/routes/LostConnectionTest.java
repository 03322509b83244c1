package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.DatabaseProxy;
import org.jobtrail.support.DatabaseProxy.Moment;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The connection to PostgreSQL is cut around a commit, so that nobody tells whether it happened: rows once, not twice, not never. */
@ExtendWith(RealServers.class)
class LostConnectionTest {

    private static final String ORGANIZATION = "b2d9414d-c417-4a94-be3b-b38a3c2e8a7b";

    private final TestDatabase database;
    private FakeVeeam veeam;
    private DatabaseProxy proxy;

    LostConnectionTest(PostgresServer server) throws Exception {
        database = server.migratedDatabase();
    }

    @BeforeEach
    void aLedgerWithOnePollInIt() throws Exception {
        proxy = DatabaseProxy.before(database);
        veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"%s\"}]".formatted(ORGANIZATION)))
                .on(
                        "GET /v7/Organizations/%s/Jobs".formatted(ORGANIZATION),
                        jobs("Success"),
                        jobs("Failed"),
                        jobs("Warning"));
        TestPipeline.pollOnce(database, veeam, "v7");
    }

    @AfterEach
    void stop() throws Exception {
        veeam.close();
        proxy.close();
    }

    static Stream<Arguments> everyCut() {
        return Stream.of("jobtrail.record_polls", "jobtrail.write_receipt")
                .flatMap(statement -> Stream.of(Moment.values()).map(moment -> Arguments.of(statement, moment)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyCut")
    void whatThePollSawIsRecordedOnceAndTheReceiptSaysSo(String statement, Moment moment) throws Exception {
        proxy.cut(statement, moment);

        poll();

        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(history()).containsExactly("a created", "b created", "a status-changed", "b status-changed");
        assertThat(receipts()).containsExactly("1 COMPLETE 2", "2 COMPLETE 2");
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void whereTheClaimOfAShareIsCutEachOfItIsClaimedByItself(Moment moment) throws Exception {
        proxy.cut("jobtrail.claim_polls", moment);

        poll();

        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(history()).containsExactly("a created", "b created", "a status-changed", "b status-changed");
        assertThat(receipts()).containsExactly("1 COMPLETE 2", "2 COMPLETE 2");
    }

    private void poll() throws Exception {
        var source = new HashMap<>(TestPipeline.source("veeam", veeam.url(), "v7"));
        TestPipeline.pollOnce(
                new TestDatabase(proxy.url(), database.username(), database.password()), Map.copyOf(source));
    }

    private List<Object> history() throws Exception {
        return database.column("select job_id || ' ' || change_kind from jobtrail.job_history order by seq");
    }

    private List<Object> receipts() throws Exception {
        return database.column(
                "select attempt || ' ' || outcome || ' ' || changes from jobtrail.poll_receipt order by seq");
    }

    private static Answer jobs(String status) {
        return Answer.json(
                "[{\"id\":\"a\",\"name\":\"A\",\"lastStatus\":\"%1$s\"},{\"id\":\"b\",\"name\":\"B\",\"lastStatus\":\"%1$s\"}]"
                        .formatted(status));
    }
}
