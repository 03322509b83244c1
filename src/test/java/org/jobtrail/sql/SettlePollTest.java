package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.support.Ledger.change;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jobtrail.support.Await;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.Ledger.Portion;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Asked whether a poll was recorded, while the statement that records it may still be running. */
@ExtendWith(RealServers.class)
class SettlePollTest {

    private final TestDatabase database;
    private final Ledger ledger;

    SettlePollTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
    }

    @Test
    void aStatementThatStillRunsIsWaitedForAndItsCommitIsSeen() throws Exception {
        assertThat(settledWhileRunning("commit")).containsEntry("recorded", true);
        assertThat(database.column("select seq from jobtrail.job_history")).containsExactly(1L);
    }

    @Test
    void aStatementThatWasRolledBackIsToBeSentAgainWithAClaimOfItsOwn() throws Exception {
        assertThat(settledWhileRunning("rollback"))
                .containsEntry("recorded", false)
                .containsEntry("claimed_poll", 2L);
        assertThat(ledger.record("org", 1, List.of(change("a", "created")))).containsEntry("superseded", true);
        assertThat(ledger.record("org", 2, List.of(change("a", "created")))).containsEntry("superseded", false);
        assertThat(database.column("select seq from jobtrail.job_history")).containsExactly(1L);
    }

    @Test
    void whatWasObservedIsDatedAsItWasClaimed() throws Exception {
        ledger.claim("org");
        Object claimed = database.value("select claimed_at from jobtrail.organization_head");

        settle(1);

        assertThat(database.value("select claimed_at from jobtrail.organization_head"))
                .isEqualTo(claimed);
    }

    @Test
    void whereSomebodyElseHasClaimedNothingIsSentAgain() throws Exception {
        ledger.claim("org");
        ledger.claim("org");

        assertThat(settle(1)).containsEntry("recorded", false).containsEntry("claimed_poll", null);
        assertThat(ledger.record("org", 2, List.of(change("a", "created")))).containsEntry("superseded", false);
    }

    @Test
    void aPortionThatIsThereIsNotSentAgainThoughTheListIsNotRecordedYet() throws SQLException {
        long claim = (Long) ledger.claim("org").get("claimed_poll");
        ledger.record("org", claim, 0, List.of(change("a", "created")), null, null);

        assertThat(settle(claim)).containsEntry("recorded", true).containsEntry("last_seq", 1L);
        assertThat(ledger.claim("org")).containsEntry("first_poll", true);
    }

    private Map<String, Object> settledWhileRunning(String end) throws Exception {
        long claim = (Long) ledger.claim("org").get("claimed_poll");
        try (Connection running = database.connect();
                var statement = running.createStatement()) {
            statement.execute("begin");
            ledger.record(
                    running, 1, List.of(new Portion("org", claim, 0, List.of(change("a", "created")), null, "{}")));
            CompletableFuture<Map<String, Object>> settled = CompletableFuture.supplyAsync(() -> settle(claim));
            Await.until(
                    Duration.ofSeconds(60),
                    () -> "it waits for the statement that is running",
                    () -> (Boolean)
                            database.value(
                                    "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"));
            assertThat(settled).isNotDone();
            statement.execute(end);
            return settled.get();
        }
    }

    private Map<String, Object> settle(long claim) {
        try {
            return database.query(
                            "settle_poll",
                            Map.of("organization_id", "org", "job_type", "backup", "claimed_poll", claim, "after", 0L))
                    .get(0);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
