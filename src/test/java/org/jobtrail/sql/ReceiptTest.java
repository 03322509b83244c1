package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
class ReceiptTest {

    private static final String STARTED = "2026-03-01T00:00:00.000000Z";

    private final TestDatabase database;

    ReceiptTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Test
    void receiptsAreNumberedPerSourceAndEachNamesTheHashOfTheOneBefore() throws SQLException {
        for (int i = 0; i < 3; i++) {
            write("chained", open("chained"), Map.of());
        }
        write("another", open("another"), Map.of());

        List<Map<String, Object>> receipts = database.rows("""
                        select seq, encode(prev_hash, 'hex') as prev_hash, encode(hash, 'hex') as hash,
                            encode(sha256(convert_to('jobtrail/poll_receipt/1', 'UTF8')
                                || jobtrail.length_prefixed(prev_hash) || jobtrail.poll_receipt_item(receipt)), 'hex') as expected
                        from jobtrail.poll_receipt receipt where source = 'chained' order by seq
                        """);
        assertThat(receipts).extracting(row -> row.get("seq")).containsExactly(1L, 2L, 3L);
        assertThat(receipts)
                .extracting(row -> row.get("prev_hash"))
                .containsExactly(
                        "0".repeat(64),
                        receipts.get(0).get("hash"),
                        receipts.get(1).get("hash"));
        assertThat(receipts).allSatisfy(row -> assertThat(row.get("hash")).isEqualTo(row.get("expected")));
        assertThat(database.value("select seq from jobtrail.poll_receipt where source = 'another'"))
                .isEqualTo(1L);
    }

    @Test
    void anAttemptWithoutAReceiptLeavesAGap() throws SQLException {
        write("crashed", open("crashed"), Map.of());
        open("crashed");
        write("crashed", open("crashed"), Map.of());

        assertThat(database.rows(
                        "select seq, attempt from jobtrail.poll_receipt where source = 'crashed' order by seq"))
                .containsExactly(Map.of("seq", 1L, "attempt", 1L), Map.of("seq", 2L, "attempt", 3L));
    }

    @Test
    void whatTheAttemptSaidIsKept() throws SQLException {
        write(
                "kept",
                open("kept"),
                Map.of("outcome", "PARTIAL", "reason", "a \"reason\" w\u00fcrdig", "jobs", 12, "rejected", 2));

        assertThat(database.rows("""
                        select outcome, reason, extract(epoch from period)::text as period, api_version, program_version, jobs,
                            rejected, jobtrail.iso(started_at) as started_at, finished_at >= started_at as after
                        from jobtrail.poll_receipt where source = 'kept'
                        """).get(0))
                .containsEntry("outcome", "PARTIAL")
                .containsEntry("reason", "a \"reason\" w\u00fcrdig")
                .containsEntry("period", "60.000000")
                .containsEntry("api_version", "v7")
                .containsEntry("program_version", "test")
                .containsEntry("jobs", 12)
                .containsEntry("rejected", 2)
                .containsEntry("started_at", STARTED)
                .containsEntry("after", true);
    }

    @Test
    void theSameOrganizationsInAnyOrderAreOneList() throws SQLException {
        write("lists", open("lists"), Map.of("organization_ids", List.of("b", "a")));
        write("lists", open("lists"), Map.of("organization_ids", List.of("a", "b")));
        write("lists", open("lists"), Map.of("organization_ids", List.of("a", "b", "c")));

        assertThat(database.column("""
                        select organization_ids::text from jobtrail.poll_receipt
                        join jobtrail.organization_list on digest = organization_digest where source = 'lists' order by seq
                        """)).containsExactly("{a,b}", "{a,b}", "{a,b,c}");
        assertThat(database.value("select count(*) from jobtrail.organization_list"))
                .isEqualTo(2L);
    }

    @Test
    void onlyACompleteAttemptMovesTheTimeOfTheLastCompleteOne() throws SQLException {
        write("complete", open("complete"), Map.of());
        write("complete", open("complete"), Map.of("outcome", "FAILED", "started_at", "2026-03-01T01:00:00.000000Z"));

        assertThat(database.value(
                        "select jobtrail.iso(last_complete_at) from jobtrail.source_head where source = 'complete'"))
                .isEqualTo(STARTED);
    }

    @Test
    void theNumberOfAnAttemptThatHasItsReceiptIsNotGivenAwayAgain() throws SQLException {
        write("failed-over", open("failed-over"), Map.of());
        // Opened on the server that was lost; this one has not heard of attempts 2 and 3.
        write("failed-over", 3, Map.of("jobs", 1));

        long next = open("failed-over");
        write("failed-over", next, Map.of("jobs", 2));

        assertThat(next).isEqualTo(4);
        assertThat(
                        database.column(
                                "select attempt || ' ' || jobs from jobtrail.poll_receipt where source = 'failed-over' order by seq"))
                .containsExactly("1 0", "3 1", "4 2");
    }

    @Test
    void aReceiptThatComesLateDoesNotSetTheNumbersBack() throws SQLException {
        long first = open("late");
        open("late");
        write("late", first, Map.of());

        assertThat(open("late")).isEqualTo(3);
    }

    private long open(String source) throws SQLException {
        return (Long) database.rows("select attempt, started_at from jobtrail.open_attempt('%s')".formatted(source))
                .get(0)
                .get("attempt");
    }

    private void write(String source, long attempt, Map<String, ?> members) throws SQLException {
        database.query("write_receipt", Map.of("receipt", Ledger.json(receipt(source, attempt, members))));
    }

    static Map<String, Object> receipt(String source, long attempt, Map<String, ?> members) {
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("source", source);
        receipt.put("attempt", attempt);
        receipt.put("started_at", STARTED);
        receipt.put("outcome", "COMPLETE");
        receipt.put("period", "60000 milliseconds");
        receipt.put("api_version", "v7");
        receipt.put("program_version", "test");
        receipt.put("organizations", 0);
        receipt.put("jobs", 0);
        receipt.put("changes", 0);
        receipt.put("rejected", 0);
        receipt.put("not_complete", "[]");
        receipt.putAll(members);
        return receipt;
    }
}
