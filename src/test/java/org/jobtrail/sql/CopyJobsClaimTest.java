package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.support.Ledger.change;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** The list of copy jobs beside that of the backup jobs: claimed for all organizations at once, judged by itself. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class CopyJobsClaimTest {

    private final TestDatabase database;
    private final Ledger backups;
    private final Ledger copies;

    CopyJobsClaimTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        backups = new Ledger(database);
        copies = new Ledger(database, "copy");
    }

    @Test
    void allOrganizationsAreClaimedAtOnceAndWhoClaimedBeforeRecordsNothing() throws SQLException {
        long before = (Long) backups.claim("all-1").get("claimed_poll");

        assertThat(copies.claimAll(Ledger.SOURCE, "all-2", "all-1"))
                .extracting(row -> row.get("organization_id") + " " + row.get("claimed_poll"))
                .containsExactlyInAnyOrder("all-1 2", "all-2 1");

        assertThat(backups.record("all-1", before, List.of(change("late", "created"))))
                .containsEntry("superseded", true);
        assertThat(copies.record("all-1", 2, List.of(copy("in time", "created"))))
                .containsEntry("superseded", false);
    }

    @Test
    void anOrganizationOfAnotherSourceIsLeftOutAndNotTouched() throws SQLException {
        backups.claim("berlin", "foreign");

        assertThat(copies.claimAll("munich", "foreign", "own"))
                .extracting(row -> row.get("organization_id"))
                .containsExactly("own");
        assertThat(
                        database.rows(
                                "select source, claimed_poll from jobtrail.organization_head where organization_id = 'foreign'"))
                .containsExactly(Map.of("source", "berlin", "claimed_poll", 1L));
    }

    @Test
    void anOrganizationThatSomebodyHoldsLockedComesWithoutAClaimAndCostsNoOther() throws SQLException {
        copies.poll("held", List.of(copy("a", "created")));
        backups.claim("held too");
        backups.claim("free");

        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from jobtrail.organization_head where organization_id like 'held%' for update");

            assertThat(copies.claimAll(Ledger.SOURCE, "free", "held", "held too", "new"))
                    .extracting(row -> row.get("organization_id") + " " + row.get("claimed_poll"))
                    .containsExactlyInAnyOrder("free 2", "new 1", "held null", "held too null");
            other.rollback();
        }

        assertThat(copies.claimAll(Ledger.SOURCE, "free", "held"))
                .extracting(row -> row.get("claimed_poll"))
                .containsExactlyInAnyOrder(3L, 2L);
    }

    @Test
    void anOrganizationOfAnotherSourceThatSomebodyHoldsLockedIsNotWaitedForEither() throws SQLException {
        backups.claim("berlin", "theirs");
        backups.claim("ours");

        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from jobtrail.organization_head where organization_id = 'theirs' for update");

            assertThat(copies.claimAll(Ledger.SOURCE, "ours", "theirs"))
                    .extracting(row -> row.get("organization_id") + " " + row.get("claimed_poll"))
                    .containsExactly("ours 2");
            other.rollback();
        }
    }

    @Test
    void theProgramOfBeforeIsGivenTheClaimsThatCouldBeTakenAndNoOther() throws SQLException {
        backups.claim("there");
        backups.claim("not there");

        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from jobtrail.organization_head where organization_id = 'not there' for update");

            assertThat(database.rows("""
                            select organization_id, claimed_poll from jobtrail.claim_polls(
                                'veeam', '[{"id":"there"},{"id":"not there"}]', 'backup', '2 minutes')""")).containsExactly(Map.of("organization_id", "there", "claimed_poll", 2L));
            other.rollback();
        }
    }

    @Test
    void noOrganizationIsNoClaim() throws SQLException {
        assertThat(copies.claimAll(Ledger.SOURCE)).isEmpty();
    }

    @Test
    void instancesThatClaimTheSameOrganizationsInAnyOrderDoNotDeadlock() throws Exception {
        List<String> organizations =
                IntStream.range(0, 200).mapToObj(i -> "contended-" + i).toList();
        ExecutorService instances = Executors.newFixedThreadPool(4);
        List<Future<Integer>> claims = new ArrayList<>();
        for (int instance = 0; instance < 4; instance++) {
            claims.add(instances.submit(claims(organizations)));
        }
        for (Future<Integer> claimed : claims) {
            assertThat(claimed.get()).isEqualTo(10 * 200);
        }
        instances.shutdown();

        assertThat(database.column("""
                        select distinct claimed_poll from jobtrail.organization_head where organization_id like 'contended-%'
                        """)).containsExactly(40L);
    }

    private Callable<Integer> claims(List<String> organizations) {
        return () -> {
            int claimed = 0;
            for (int i = 0; i < 10; i++) {
                List<String> shuffled = new ArrayList<>(organizations);
                Collections.shuffle(shuffled);
                claimed += copies.claimAll(Ledger.SOURCE, shuffled.toArray(new String[0]))
                        .size();
            }
            return claimed;
        };
    }

    @Test
    void eachListHasAFirstPollOfItsOwn() throws SQLException {
        backups.poll("first", 1);
        assertThat(copies.claim("first")).containsEntry("first_poll", true);

        copies.poll("first", List.of());

        assertThat(copies.claim("first")).containsEntry("first_poll", false);
        assertThat(backups.claim("first")).containsEntry("first_poll", false);
    }

    @Test
    void aClaimSaysWhetherAnyJobOfTheListIsThereThatCouldBeAbsent() throws SQLException {
        backups.poll("known", 1);
        assertThat(claimedHasJobs("known")).isFalse();
        copies.poll("known", List.of(copy("c", "created")));
        assertThat(claimedHasJobs("known")).isTrue();
        copies.poll("known", List.of(copy("c", "missing")));
        assertThat(claimedHasJobs("known")).isFalse();
    }

    private boolean claimedHasJobs(String organization) throws SQLException {
        return (Boolean) database.value(
                "select has_jobs from jobtrail.claim_polls(?, json_build_array(json_build_object('id', ?)), 'copy', '2 minutes')",
                Ledger.SOURCE,
                organization);
    }

    @Test
    void aSuspicionOfOneListIsNoneOfTheOther() throws SQLException {
        backups.poll("suspect", 1);
        Map<String, Object> claim = copies.claim("suspect");
        copies.record("suspect", (Long) claim.get("claimed_poll"), List.of(), "few copies");
        backups.poll("suspect", 0);

        assertThat(backups.claim("suspect"))
                .containsEntry("suspect_digest", null)
                .containsEntry("suspect_since", null);
        assertThat(copies.claim("suspect"))
                .containsEntry("suspect_digest", "few copies")
                .containsEntry("suspect_since", claim.get("observed_at"));
    }

    /** Several instances may poll by themselves: an attempt that has begun may see it yet, as may one of which no receipt tells how it went. */
    @Test
    void aSuspicionIsForgottenWhenAnAttemptHasEndedThatDidNotSeeIt() throws SQLException {
        Map<String, Object> claim = copies.claim("patchy", "interrupted");
        copies.record("interrupted", (Long) claim.get("claimed_poll"), List.of(), "few");
        begun("patchy", 4);
        Map<String, Object> again = copies.claim("patchy", "interrupted");
        assertThat(again)
                .containsEntry("suspect_digest", "few")
                .containsEntry("suspect_since", claim.get("observed_at"));
        copies.record("interrupted", (Long) again.get("claimed_poll"), List.of(), "few");

        ended("patchy", 4, Instant.now());
        assertThat(copies.claim("patchy", "interrupted"))
                .as("the newest one may be the one that claims")
                .containsEntry("suspect_digest", "few")
                .containsEntry("suspect_since", claim.get("observed_at"));
        ended("patchy", 3, Instant.now());
        assertThat(copies.claim("patchy", "interrupted")).containsEntry("suspect_digest", null);
    }

    private void begun(String source, int attempts) throws SQLException {
        for (int attempt = 1; attempt <= attempts; attempt++) {
            database.rows("select attempt, started_at from jobtrail.open_attempt('%s')".formatted(source));
        }
    }

    private void ended(String source, long attempt, Instant started) throws SQLException {
        Map<String, Object> receipt = ReceiptTest.receipt(source, attempt, Map.of("started_at", started.toString()));
        database.query("write_receipt", Map.of("receipt", Ledger.json(receipt)));
    }

    @Test
    void aSuspicionIsKeptWhereAttemptsTakeLongerThanAPeriodAndForgottenWhereNobodyLooked() throws SQLException {
        begun("slow", 3);
        Map<String, Object> claim = copies.claim("slow", "tenant");
        copies.record("tenant", (Long) claim.get("claimed_poll"), List.of(), "few");
        String back = "update jobtrail.job_list set suspect_seen = suspect_seen - interval '%s', suspect_attempt = 2";
        database.execute(back.formatted("400 seconds"));
        for (long attempt = 1; attempt <= 2; attempt++) {
            ended("slow", attempt, Instant.now().minusSeconds(300));
        }

        assertThat(copies.claim("slow", "tenant")).containsEntry("suspect_digest", "few");
        database.execute(back.formatted("300 seconds"));
        assertThat(copies.claim("slow", "tenant")).containsEntry("suspect_digest", null);
    }

    @Test
    void aSuspicionOfAMomentThatIsStillToComeBeginsAnew() throws SQLException {
        Map<String, Object> claim = copies.claim("ahead", "clock");
        copies.record("clock", (Long) claim.get("claimed_poll"), List.of(), "few");
        assertThat(copies.claim("ahead", "clock")).containsEntry("suspect_digest", "few");
        database.execute("update jobtrail.job_list set suspect_since = suspect_since + interval '3 hours'");

        assertThat(copies.claim("ahead", "clock")).containsEntry("suspect_digest", null);
    }

    @Test
    void backupAndCopyJobsOfOneIdAreTwoJobsInOneChain() throws SQLException {
        backups.poll("mixed", List.of(change("same", "created")));
        copies.poll("mixed", List.of(copy("same", "created")));

        assertThat(database.column("""
                        select job_type || ' ' || last_seq from jobtrail.job_state where organization_id = 'mixed'
                        order by last_seq
                        """)).containsExactly("backup 1", "copy 2");
        assertThat(database.query(
                        "known_jobs", Map.of("organization_id", "mixed", "job_type", "copy", "after", "", "rows", 10)))
                .extracting(row -> row.get("last") + " of " + row.get("job_ids"))
                .containsExactly("same of {same}");
    }

    @Test
    void anElementOfNobodyIsKeptOncePerSource() throws SQLException {
        String rejected = Ledger.json(List.of(
                Map.of("job_type", "copy", "digest", "0b", "reason", "no object", "raw", "1"),
                Map.of("job_type", "copy", "digest", "0a", "reason", "no id", "raw", "{}"),
                Map.of("job_type", "copy", "digest", "0b", "reason", "no object", "raw", "1")));
        for (String source : new String[] {"east", "east", "west"}) {
            database.query("keep_rejected", Map.of("source", source, "attempt", 7L, "rejected", rejected));
        }

        assertThat(database.column("""
                        select source || organization_id || ' ' || raw from jobtrail.rejected_job order by source, digest
                        """)).containsExactly("east {}", "east 1", "west {}", "west 1");
    }

    private static Map<String, Object> copy(String id, String kind) {
        return change(id, kind, Map.of("job_type", "copy"));
    }
}
