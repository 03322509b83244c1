package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.Ledger.Portion;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** PostgreSQL keeps the plans that it makes for a session: those of a young installation have to be good for a large one. */
@ExtendWith(RealServers.class)
class PlanTest {

    private static final long FEW = 50;
    private static final long MANY = 5_000;

    private static final String CLAIM = """
            select count(*) from jobtrail.claim_polls('veeam', (
                select json_agg(json_build_object('id', 'o' || n, 'name', 'Organization ' || n)) from generate_series(1, %d) n
            ), 'backup', '1 day')""";

    private static final String READ = """
            select sum(pg_stat_get_xact_tuples_returned(oid))
            from pg_class where relnamespace = 'jobtrail'::regnamespace and relkind in ('r', 'i')""";

    private static final String SNAPSHOTS = """
            select count(snapshot) from jobtrail.last_snapshots(
                array_fill('o1'::text, array[%1$d]), array_fill('backup'::text, array[%1$d]),
                array(select 'job-' || n - 1 from generate_series(1, %1$d) n))""";

    private final TestDatabase database;

    PlanTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Test
    void whoClaimsAFewOfManyOrganizationsReadsOnlyThoseHoweverFewThereWereWhenItWasPlanned() throws SQLException {
        try (Connection young = database.connect();
                Statement statement = young.createStatement()) {
            for (int i = 0; i < 10; i++) {
                number(statement, CLAIM.formatted(FEW));
            }
            assertThat(database.value(CLAIM.formatted(MANY))).isEqualTo(MANY);
            recordAll();

            young.setAutoCommit(false);
            assertThat(number(statement, CLAIM.formatted(FEW))).isEqualTo(FEW);
            assertThat(number(statement, READ)).isBetween(FEW, MANY);
        }
    }

    @Test
    void whoLooksUpAFewSnapshotsReadsOnlyThoseHoweverFewThereWereWhenItWasPlanned() throws SQLException {
        var ledger = new Ledger(database);
        try (Connection young = database.connect();
                Statement statement = young.createStatement()) {
            ledger.poll("o1", (int) FEW);
            for (int i = 0; i < 10; i++) {
                assertThat(number(statement, SNAPSHOTS.formatted(FEW))).isEqualTo(FEW);
            }
            ledger.poll("o1", (int) MANY);

            young.setAutoCommit(false);
            assertThat(number(statement, SNAPSHOTS.formatted(FEW))).isEqualTo(FEW);
            assertThat(number(statement, READ)).isBetween(FEW, MANY);
        }
    }

    private void recordAll() throws SQLException {
        List<Portion> portions =
                database.rows("select organization_id, claimed_poll from jobtrail.organization_head").stream()
                        .map(head -> new Portion(
                                (String) head.get("organization_id"),
                                (Long) head.get("claimed_poll"),
                                0,
                                List.of(),
                                null,
                                "{}"))
                        .toList();
        assertThat(new Ledger(database).record(1, portions)).hasSize((int) MANY);
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
