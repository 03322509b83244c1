package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whose erasure a new epoch believes the topic: rows 3 to 5 of a history of which this database has the first two. */
@ExtendWith(RealServers.class)
class ErasedOnTopicTest {

    private final TestDatabase database;

    ErasedOnTopicTest(PostgresServer server) throws SQLException {
        this.database = server.migratedDatabase();
    }

    @BeforeEach
    void recordTwoRows() throws SQLException {
        new Ledger(database).poll("east", 2);
    }

    @Test
    void whatIsInTheChainThatTheCursorEndsIsErased() throws SQLException {
        String end = put(5, "status-changed", put(4, "erased", put(3, "status-changed", hash(2))));

        assertThat(erased(5, end)).containsExactly("job-4");
    }

    @Test
    void aRowThatAgreesOnlyWithItselfErasesNothing() throws SQLException {
        String real = put(3, "status-changed", hash(2));
        put(3, "erased", hash(2));
        put(4, "erased", real);
        String end = put(4, "status-changed", real);

        assertThat(erased(4, end)).isEmpty();
    }

    @Test
    void norDoesOneBeyondTheCursor() throws SQLException {
        String end = put(3, "status-changed", hash(2));
        put(4, "erased", end);

        assertThat(erased(3, end)).isEmpty();
    }

    @Test
    void beforeARowThatTheTopicHasLostNothingIsKnown() throws SQLException {
        String lost = put(4, "status-changed", put(3, "erased", hash(2)));
        database.execute("delete from jobtrail.recovered_event where seq = 4");
        String end = put(5, "erased", lost);

        assertThat(erased(5, end)).containsExactly("job-5");
    }

    @Test
    void whatBothHaveWasSeenTo() throws SQLException {
        String end = put(3, "erased", hash(2));
        database.execute("""
                set search_path = jobtrail;
                insert into job_history
                select line.* from recovered_event event, json_populate_record(null::job_history, event.line) line where event.seq = 3
                """);

        assertThat(erased(3, end)).isEmpty();
    }

    private List<Object> erased(long seq, String hash) throws SQLException {
        return database.column("select job_id from jobtrail.erased_on_topic('east', ?, ?)", seq, hash);
    }

    private String hash(long seq) throws SQLException {
        return (String) database.value("select encode(hash, 'hex') from jobtrail.job_history where seq = ?", seq);
    }

    /** As the second row, but for what is said; its hash is right. */
    private String put(long seq, String kind, String previous) throws SQLException {
        return (String) database.value("""
                with row as (
                    select jsonb_populate_record(history, jsonb_build_object(
                        'seq', ?::bigint, 'change_kind', ?::text, 'job_id', 'job-' || ?::bigint,
                        'prev_hash', '\\x' || ?::text)) as line
                    from jobtrail.job_history history where seq = 2
                ), hashed as (
                    select line, jobtrail.chain_step(
                        null, (line).prev_hash, 'jobtrail/job_history/1', jobtrail.job_history_item(line)) as hash
                    from row
                ), staged as (
                    insert into jobtrail.recovered_event (organization_id, seq, hash, line)
                    select 'east', (line).seq, hash, to_jsonb(line) || jsonb_build_object('hash', hash) from hashed
                    returning hash
                )
                select encode(hash, 'hex') from staged""", seq, kind, seq, previous);
    }
}
