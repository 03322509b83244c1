package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.support.Ledger.change;

import java.sql.SQLException;
import java.util.List;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class ClaimPollTest {

    private final TestDatabase database;
    private final Ledger ledger;

    ClaimPollTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
    }

    @Test
    void claimsOfAnOrganizationAreNumberedFromOne() throws SQLException {
        assertThat(ledger.claim("numbered")).containsEntry("claimed_poll", 1L).containsEntry("last_seq", 0L);
        assertThat(ledger.claim("numbered")).containsEntry("claimed_poll", 2L);
    }

    @Test
    void aPollIsTheFirstUntilOneHasRecorded() throws SQLException {
        assertThat(ledger.claim("first")).containsEntry("first_poll", true);
        assertThat(ledger.claim("first")).containsEntry("first_poll", true);
        ledger.poll("first", 0);

        assertThat(ledger.claim("first")).containsEntry("first_poll", false);
    }

    @Test
    void anOlderClaimRecordsNothingAndSaysSuperseded() throws SQLException {
        long older = (Long) ledger.claim("fenced").get("claimed_poll");
        long newer = (Long) ledger.claim("fenced").get("claimed_poll");

        assertThat(ledger.record("fenced", older, List.of(change("late", "created"))))
                .containsEntry("superseded", true)
                .containsEntry("last_seq", 0L);
        assertThat(database.column("select job_id from jobtrail.job_history where organization_id = 'fenced'"))
                .isEmpty();
        assertThat(database.column("select job_id from jobtrail.job_state where organization_id = 'fenced'"))
                .isEmpty();
        assertThat(database.value(
                        "select recorded_poll from jobtrail.organization_head where organization_id = 'fenced'"))
                .isEqualTo(0L);

        assertThat(ledger.record("fenced", newer, List.of(change("in time", "created"))))
                .containsEntry("superseded", false)
                .containsEntry("last_seq", 1L);
    }

    @Test
    void theOldClaimIsStillSupersededAfterTheNewerHasRecorded() throws SQLException {
        long older = (Long) ledger.claim("overtaken").get("claimed_poll");
        ledger.poll("overtaken", 2);

        assertThat(ledger.record("overtaken", older, List.of(change("late", "created"))))
                .containsEntry("superseded", true)
                .containsEntry("last_seq", 2L);
    }

    @Test
    void anotherSourceWithTheSameOrganizationIsRefusedNamingBoth() throws SQLException {
        ledger.claim("berlin", "shared");

        assertThatThrownBy(() -> ledger.claim("munich", "shared"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("organization shared is presented by source munich but belongs to source berlin");
        assertThat(ledger.claim("berlin", "shared")).containsEntry("claimed_poll", 2L);
    }

    @Test
    void theOrganizationHasTheNameOfTheLastPoll() throws SQLException {
        ledger.claim("renamed");
        database.execute(
                "update jobtrail.organization_head set organization_name = 'old' where organization_id = 'renamed'");
        ledger.claim("renamed");

        assertThat(database.value(
                        "select organization_name from jobtrail.organization_head where organization_id = 'renamed'"))
                .isEqualTo("renamed Ltd");
    }

    @Test
    void aClaimIsNeverBeforeTheLastRowHoweverTheClockWasSet() throws SQLException {
        ledger.poll("clock", 1);
        database.execute("""
                update jobtrail.organization_head set last_observed_at = '2199-01-01T00:00:00Z'
                where organization_id = 'clock'
                """);

        assertThat(ledger.claim("clock")).containsEntry("observed_at", "2199-01-01T00:00:00.000000Z");
    }
}
