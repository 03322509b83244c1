package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is concluded of the organizations that a source's list of them lacks: of twenty, unless it says otherwise. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class ListedOrganizationsTest {

    private static final String PATIENCE = "2 minutes";

    private final TestDatabase database;

    ListedOrganizationsTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @BeforeEach
    void twenty() throws SQLException {
        database.execute("truncate jobtrail.organization_head cascade");
        known(20);
    }

    @ParameterizedTest
    @CsvSource({"20, 14, 6", "4, 1, 3", "2, 1, 1"})
    void fewThatAreNotListedAreGoneAtOnceAndToldOfOnce(int known, int listed, int gone) throws SQLException {
        database.execute("truncate jobtrail.organization_head cascade");
        known(known);

        assertThat(note(listed, "1 day")).hasSize(gone).containsOnly(true);
        assertThat(note(listed, "1 day")).isEmpty();
        assertThat(gone()).isEqualTo(gone);
    }

    @ParameterizedTest
    @CsvSource({"20, 13", "20, 0", "5, 1", "2, 0"})
    void manyAreNotGoneBeforeEachListHasSaidSoForLongEnough(int known, int listed) throws SQLException {
        database.execute("truncate jobtrail.organization_head cascade");
        known(known);

        for (int poll = 0; poll < 3; poll++) {
            assertThat(note(listed, "1 day")).hasSize(known - listed).containsOnly(false);
            assertThat(gone()).isZero();
        }
        earlier("unlisted_since", "1 day");

        assertThat(note(listed, "1 day")).hasSize(known - listed).containsOnly(true);
        assertThat(gone()).isEqualTo(known - listed);
        assertThat(note(listed, "1 day")).isEmpty();
    }

    @Test
    void whoIsListedAgainMeanwhileIsThereAndWaitsAnewWhenItGoesOnceMore() throws SQLException {
        note(10, "1 day");
        earlier("unlisted_since", "23 hours");
        note(20, "1 day");
        note(10, "1 day");
        earlier("unlisted_since", "2 hours");

        assertThat(note(10, "1 day")).hasSize(10).containsOnly(false);
    }

    @Test
    void aTimeInWhichNobodyLookedCountsForNothing() throws SQLException {
        note(10, "1 day");
        earlier("unlisted_since", "2 days");
        earlier("unlisted_seen", "1 hour");

        assertThat(note(10, "1 day")).hasSize(10).containsOnly(false);
    }

    @Test
    void aListThatIsNotWholeSaysOnlyWhoIsThere() throws SQLException {
        note(10, "1 day");

        assertThat(database.rows(
                        "select * from jobtrail.note_listed('veeam', ?::json, false, '2 minutes', '1 day')", ids(12)))
                .isEmpty();
        assertThat(database.value("select count(*) from jobtrail.organization_head where unlisted_since is not null"))
                .isEqualTo(8L);
    }

    @Test
    void whomSomebodyHoldsLockedIsNotWaitedForAndToldOfWithTheNextList() throws SQLException {
        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from jobtrail.organization_head where organization_id = 'o19' for update");

            assertThat(note(18, "1 day")).hasSize(1);
            assertThat(note(10, "1 day")).as("doubt is told of all").hasSize(9).containsOnly(false);
            other.rollback();
        }

        assertThat(note(18, "1 day")).hasSize(1);
        assertThat(gone()).isEqualTo(2);
    }

    @Test
    void theProgramOfBeforeBelievesWhateverIsListed() throws SQLException {
        assertThat(database.column("select organization_id from jobtrail.note_listed('veeam', ?::json, true)", ids(5)))
                .hasSize(15);
        assertThat(gone()).isEqualTo(15);
    }

    private void known(int organizations) throws SQLException {
        new Ledger(database)
                .claimAll(
                        "veeam",
                        IntStream.range(0, organizations).mapToObj(n -> "o" + n).toArray(String[]::new));
    }

    private List<Object> note(int listed, String suspectFor) throws SQLException {
        return database.column(
                "select believed from jobtrail.note_listed('veeam', ?::json, true, ?::interval, ?::interval)",
                ids(listed),
                PATIENCE,
                suspectFor);
    }

    private static String ids(int listed) {
        return Ledger.json(IntStream.range(0, listed).mapToObj(n -> "o" + n).toList());
    }

    private void earlier(String column, String interval) throws SQLException {
        database.execute(
                "update jobtrail.organization_head set %1$s = %1$s - interval '%2$s'".formatted(column, interval));
    }

    private int gone() throws SQLException {
        return ((Number) database.value("select count(*) from jobtrail.organization_head where gone_since is not null"))
                .intValue();
    }
}
