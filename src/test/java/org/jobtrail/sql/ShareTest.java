package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.support.Ledger.change;

import java.sql.SQLException;
import java.util.HashMap;
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

/** What keeps instances that share the polling from doing anything twice, or not at all. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class ShareTest {

    private static final String TWO_SHARES =
            "[[{\"id\":\"a\",\"name\":\"a [\\u0000]\"},{\"id\":\"b\"}],[{\"id\":\"c\"}]]";

    private final TestDatabase database;

    ShareTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Test
    void aCycleIsBegunOnceWhoeverAsksFirstAndOthersAreToldWhenToAskAgain() throws SQLException {
        assertThat(begin("first", "1 hour", "1 hour")).containsEntry("attempt", 1L);

        assertThat(begin("first", "1 hour", "1 hour"))
                .containsEntry("attempt", null)
                .hasEntrySatisfying("due_in", left -> assertThat((Double) left).isBetween(3_500.0, 3_600.0));
        assertThat(begin("another", "1 hour", "1 hour")).containsEntry("attempt", 1L);
    }

    @Test
    void whoPollsAloneBeginsWhenItLikes() throws SQLException {
        assertThat(begin("alone", null, "1 hour")).containsEntry("attempt", 1L);
        assertThat(begin("alone", null, "1 hour")).containsEntry("attempt", 2L);
    }

    @Test
    void aCycleThatIsDueWaitsUntilTheOneBeforeHasAllItsReceipts() throws SQLException {
        shareOut("slow");
        write("slow", 1, 0, 0);
        finish("slow", 1);

        assertThat(begin("slow", "0 seconds", "1 hour"))
                .containsEntry("attempt", null)
                .containsEntry("due_in", 0.0);

        finish("slow", 2);
        // The copy jobs are missing.
        assertThat(begin("slow", "0 seconds", "1 hour")).containsEntry("attempt", null);
        assertThat(take("slow", 2, true)).containsEntry("share", 3);
        write("slow", 1, 3, 1);

        assertThat(begin("slow", "0 seconds", "1 hour")).containsEntry("attempt", 2L);
    }

    @Test
    void anAttemptOfWhichNobodyTellsAnythingIsGivenUp() throws SQLException {
        shareOut("dead");

        assertThat(begin("dead", "0 seconds", "1 hour")).containsEntry("attempt", null);
        assertThat(begin("dead", "0 seconds", "0 seconds")).containsEntry("attempt", 2L);
    }

    @Test
    void whoGivesSignsOfLifeIsNotGivenUp() throws SQLException {
        begin("alive", "0 seconds", "1 hour");
        shareOutOf("alive");
        take("alive", 1, false);
        old("alive");
        giveSign("alive", 1, 1, 1);

        assertThat(begin("alive", "0 seconds", "1 hour")).containsEntry("attempt", null);

        old("alive");
        // Of a share that somebody else has taken since, nobody gives signs.
        giveSign("alive", 1, 1, 7);
        assertThat(begin("alive", "0 seconds", "1 hour"))
                .containsEntry("attempt", 2L)
                .containsEntry("given_up", true)
                .containsEntry("untaken", false);

        old("alive");
        giveSign("alive", 2, 0, 0);
        assertThat(begin("alive", "0 seconds", "1 hour")).containsEntry("attempt", null);
    }

    @Test
    void whoVanishedBeforeItHandedTheSharesOutIsWaitedForAThirdOfTheTime() throws SQLException {
        begin("beginner", "0 seconds", "3 hours");
        begin("holder", "0 seconds", "3 hours");
        shareOutOf("holder");
        old("beginner");
        old("holder");

        assertThat(begin("beginner", "0 seconds", "3 hours")).containsEntry("attempt", 2L);
        assertThat(begin("holder", "0 seconds", "3 hours")).containsEntry("attempt", null);
    }

    @Test
    void aCycleOfWhichNobodyTookAShareIsToldOf() throws SQLException {
        begin("untaken", "0 seconds", "1 hour");
        shareOutOf("untaken");

        assertThat(begin("untaken", "0 seconds", "0 seconds"))
                .containsEntry("given_up", true)
                .containsEntry("untaken", true);
    }

    @Test
    void aClockThatWasSetBackKeepsNobodyWaiting() throws SQLException {
        begin("clock", "1 hour", "1 hour");
        database.execute("update jobtrail.source_head set opened_at = opened_at + interval '1 day',"
                + " seen_at = seen_at + interval '1 day' where source = 'clock'");

        assertThat(begin("clock", "1 hour", "1 hour")).containsEntry("attempt", 2L);
    }

    @Test
    void whoIsAliveIsNotGivenUpBecauseAClockWasSetBack() throws SQLException {
        begin("living", "0 seconds", "1 hour");
        share("living", 1);
        database.execute("update jobtrail.source_head set opened_at = opened_at + interval '1 day',"
                + " seen_at = seen_at + interval '1 day' where source = 'living'");
        database.execute("update jobtrail.poll_share set seen_at = clock_timestamp() + interval '1 day'"
                + " where source = 'living' and share = 1");

        assertThat(begin("living", "0 seconds", "1 hour")).containsEntry("attempt", null);
        old("living");
        assertThat(begin("living", "0 seconds", "1 hour")).containsEntry("given_up", true);
    }

    @Test
    void whoeverComesWithAnEarlierAttemptHandsNothingOut() throws SQLException {
        begin("behind", "0 seconds", "0 seconds");
        begin("behind", "0 seconds", "0 seconds");
        share("behind", 2);

        assertThat(database.query("share_out", Map.of("source", "behind", "attempt", 1L, "shares", TWO_SHARES)))
                .singleElement()
                .satisfies(row -> assertThat(row.get("shares")).isNull());
        assertThat(database.column("select distinct attempt from jobtrail.poll_share where source = 'behind'"))
                .containsExactly(2L);
    }

    @Test
    void aWholeAttemptWithItsReceiptKeepsNobodyWaiting() throws SQLException {
        begin("whole", "0 seconds", "1 hour");
        assertThat(begin("whole", "0 seconds", "1 hour")).containsEntry("attempt", null);

        write("whole", 1, null, 0);

        assertThat(begin("whole", "0 seconds", "1 hour")).containsEntry("attempt", 2L);
    }

    @Test
    void aShareIsTakenWithItsOrganizationsAsTheyWereWritten() throws SQLException {
        shareOut("taken");

        assertThat(take("taken", 1, false))
                .containsEntry("share", 1)
                .containsEntry("shares", 2)
                .containsEntry("taking", 1)
                .containsEntry("organizations", "[{\"id\":\"a\",\"name\":\"a [\\u0000]\"},{\"id\":\"b\"}]");
        assertThat(take("taken", 2, false)).containsEntry("organizations", "[{\"id\":\"c\"}]");
    }

    @Test
    void onlyWhoTookAShareLastMayWriteItsReceipt() throws SQLException {
        shareOut("fenced");
        take("fenced", 1, false);
        assertThat(take("fenced", 1, false)).containsEntry("taking", 2);

        assertThat(write("fenced", 1, 1, 1)).isNull();
        assertThat(receipts("fenced")).isEmpty();
        // And who lost it does not take it back.
        assertThat(take("fenced", 1, true)).isNull();

        assertThat(write("fenced", 1, 1, 2)).isEqualTo(1L);
        // Whoever lost the answer asks again.
        assertThat(write("fenced", 1, 1, 2)).isEqualTo(1L);
        assertThat(receipts("fenced")).containsExactly(1);
        assertThat(write("fenced", 1, 1, 1))
                .as("the receipt is not of the instance that lost the share")
                .isNull();
    }

    @Test
    void theReceiptOfAShareThatWasTakenOverCountsTheRowsOfAllWhoHadIt() throws SQLException {
        var backup = new Ledger(database);
        shareOut(Ledger.SOURCE);
        take(Ledger.SOURCE, 1, false);
        backup.poll("a", 3);
        take(Ledger.SOURCE, 1, false);
        backup.poll("b", 2);
        backup.poll("c", 1);
        var copy = new Ledger(database, "copy");
        long claim = (Long) copy.claim("a").get("claimed_poll");
        copy.record(
                1,
                List.of(new Ledger.Portion(
                        "a", claim, 3, List.of(change("copy", "created", Map.of("job_type", "copy"))), null, "{}")));

        write(Ledger.SOURCE, 1, 2, Map.of("organization_ids", List.of("a", "b")));
        take(Ledger.SOURCE, 2, false);
        write(Ledger.SOURCE, 2, 1, Map.of("organization_ids", List.of("c"), "changes", 1));
        take(Ledger.SOURCE, 2, true);
        take(Ledger.SOURCE, 2, true);
        write(Ledger.SOURCE, 3, 2, Map.of());

        assertThat(database.column("select changes from jobtrail.poll_receipt where source = 'veeam' order by share"))
                .containsExactly(5, 1, 1);
    }

    @Test
    void theCopyJobsOfAllComeOnceAfterTheLastShare() throws SQLException {
        shareOut("copies");
        finish("copies", 2);
        assertThat(take("copies", 2, true)).isNull();
        take("copies", 1, false);
        write("copies", 1, 1, 1);

        assertThat(take("copies", 1, true))
                .containsEntry("share", 3)
                .containsEntry(
                        "organizations", "[{\"id\":\"a\",\"name\":\"a [\\u0000]\"},{\"id\":\"b\"},{\"id\":\"c\"}]");
        // The other one ended at the same moment.
        assertThat(take("copies", 2, true)).isNull();
        // Whoever had them died, or is not heard of: the message of its share comes to somebody else.
        assertThat(take("copies", 1, false)).containsEntry("share", 3).containsEntry("taking", 2);
        write("copies", 1, 3, 2);

        assertThat(take("copies", 1, true)).isNull();
        assertThat(take("copies", 1, false)).isNull();
    }

    @Test
    void whatBelongsToAnEarlierAttemptIsNotBegunAnyMoreAndItsLateReceiptIsKept() throws SQLException {
        shareOut("late");
        take("late", 1, false);
        assertThat(begin("late", "0 seconds", "0 seconds")).containsEntry("attempt", 2L);
        share("late", 2);

        assertThat(take("late", 2, false)).containsEntry("taking", 1);
        assertThat(database.query(
                        "take_share",
                        Map.of("source", "late", "attempt", 1L, "share", 2, "polled", false, "instance", "b")))
                .isEmpty();
        assertThat(write("late", 1, 1, 1)).isEqualTo(1L);
    }

    @Test
    void whoLostAShareIsNotToldThatTheReceiptIsItsOwnWhenTheNextCycleHasBegun() throws SQLException {
        shareOut("lost");
        take("lost", 1, false);
        take("lost", 1, false);
        assertThat(write("lost", 1, 1, 2)).isEqualTo(1L);
        begin("lost", "0 seconds", "0 seconds");
        share("lost", 2);

        assertThat(write("lost", 1, 1, 1)).isNull();
        assertThat(receipts("lost")).hasSize(1);
    }

    @Test
    void aCompletePollThatBeganWhenTheClockWasAheadIsForgottenWithTheNextOne() throws SQLException {
        for (String ahead : List.of("1 day", "0 days")) {
            var attempt = (Long) begin("ahead", null, "0 seconds").get("attempt");
            var startedAt = database.value("select jobtrail.iso(now() + ?::interval)", ahead);
            write("ahead", attempt, null, 0, Map.of("started_at", startedAt));
        }

        assertThat((Double) database.query("last_cycle", Map.of("source", "ahead"))
                        .get(0)
                        .get("complete_seconds_ago"))
                .isBetween(0.0, 3_600.0);
    }

    @Test
    void theLastCycleIsToldByTheReceiptsOfAllShares() throws SQLException {
        shareOut("told");
        write("told", 1, 0, 0);
        assertThat(database.query("last_cycle", Map.of("source", "told"))).isEmpty();
        finish("told", 1);
        finish("told", 2);
        take("told", 2, true);
        write("told", 1, 3, 1);

        assertThat(database.query("last_cycle", Map.of("source", "told")))
                .singleElement()
                .satisfies(last -> assertThat(last)
                        .containsEntry("outcome", "COMPLETE")
                        .containsEntry("organizations", 3L)
                        .containsEntry("jobs", 12L)
                        .containsEntry("instances", 1L));
        assertThat(database.value(
                        "select last_complete_at is not null from jobtrail.source_head where source = 'told'"))
                .isEqualTo(true);
    }

    @Test
    void aProgramOfBeforeGoesOnBesideThis() throws SQLException {
        assertThat(database.value("select attempt from jobtrail.open_attempt('old')"))
                .isEqualTo(1L);
        database.query("write_receipt", Map.of("receipt", Ledger.json(ReceiptTest.receipt("old", 1, Map.of()))));

        assertThat(begin("old", "1 hour", "1 hour")).containsEntry("attempt", null);
        assertThat(begin("old", "0 seconds", "1 hour")).containsEntry("attempt", 2L);
    }

    private Map<String, Object> begin(String source, String period, String patience) throws SQLException {
        var parameters = new HashMap<String, Object>();
        parameters.put("source", source);
        parameters.put("period", period);
        parameters.put("patience", patience);
        return database.query("begin_attempt", parameters).get(0);
    }

    /** The first attempt of a source, in two shares. */
    private void shareOut(String source) throws SQLException {
        begin(source, "1 hour", "1 hour");
        share(source, 1);
    }

    private void shareOutOf(String source) throws SQLException {
        share(source, 1);
    }

    /** As if nothing had been heard for two hours. */
    private void old(String source) throws SQLException {
        database.execute("update jobtrail.source_head set opened_at = opened_at - interval '2 hours',"
                + " seen_at = seen_at - interval '2 hours' where source = '%s'".formatted(source));
        database.execute("update jobtrail.poll_share set seen_at = seen_at - interval '2 hours' where source = '%s'"
                .formatted(source));
    }

    private void giveSign(String source, long attempt, int share, int taking) throws SQLException {
        database.rows(
                "select jobtrail.give_sign(?::json)::text",
                "[{\"source\":\"%s\",\"attempt\":%d,\"share\":%d,\"taking\":%d}]"
                        .formatted(source, attempt, share, taking));
    }

    private void share(String source, long attempt) throws SQLException {
        assertThat(database.query("share_out", Map.of("source", source, "attempt", attempt, "shares", TWO_SHARES)))
                .containsExactly(Map.of("shares", 2));
    }

    private Map<String, Object> take(String source, int share, boolean polled) throws SQLException {
        Object attempt = database.value("select last_attempt from jobtrail.source_head where source = ?", source);
        List<Map<String, Object>> taken = database.query(
                "take_share",
                Map.of("source", source, "attempt", attempt, "share", share, "polled", polled, "instance", "a"));
        return taken.isEmpty() ? null : taken.get(0);
    }

    private void finish(String source, int share) throws SQLException {
        take(source, share, false);
        write(source, 1, share, 1);
    }

    private Object write(String source, long attempt, Integer share, int taking) throws SQLException {
        return write(source, attempt, share, taking, Map.of());
    }

    private Object write(String source, int share, int taking, Map<String, Object> more) throws SQLException {
        return write(source, 1, share, taking, more);
    }

    private Object write(String source, long attempt, Integer share, int taking, Map<String, Object> more)
            throws SQLException {
        var members = new HashMap<String, Object>(more);
        members.put("share", share);
        members.put("shares", share == null ? null : 2);
        members.put("taking", taking);
        members.put("organizations", 3);
        members.put("jobs", share != null && share == 0 ? 0 : 4);
        return database.query(
                        "write_receipt", Map.of("receipt", Ledger.json(ReceiptTest.receipt(source, attempt, members))))
                .get(0)
                .get("seq");
    }

    private List<Object> receipts(String source) throws SQLException {
        return database.column("select share from jobtrail.poll_receipt where source = ? order by seq", source);
    }
}
