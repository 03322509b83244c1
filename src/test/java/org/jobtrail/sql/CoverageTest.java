package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** Times are seconds since some morning; the period is a minute. */
@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class CoverageTest {

    private static final Instant MORNING = Instant.parse("2026-03-01T00:00:00Z");
    private static final String NOT_COMPLETE =
            "[{\"organizationId\":\"%s\",\"jobType\":\"backup\",\"outcome\":\"FAILED\",\"reason\":\"500\"}]";

    private final TestDatabase database;

    CoverageTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    private record Poll(long started, long finished, boolean complete) {}

    @Test
    void timeIsCoveredFromTheEndOfOnePollToTheBeginningOfAnotherThatIsSurelyNearEnough() throws SQLException {
        polls("plain", new Poll(0, 5, true), new Poll(60, 65, true), new Poll(120, 125, true));

        assertThat(view("plain")).containsExactly("5-120 true", "120-null false");
        assertThat(coverage("plain", -100, 300)).containsExactly("-100-5 false", "5-120 true", "120-300 false");
        assertThat(coverage("plain", 30, 100)).containsExactly("30-100 true");
        assertThat(coverage("plain", 5, 120)).containsExactly("5-120 true");
        assertThat(coverage("plain", 0, 5)).containsExactly("0-5 false");
        assertThat(coverage("plain", 500, 600)).containsExactly("500-600 false");
        assertThat(coverage("plain", 62, 62)).isEmpty();
    }

    @Test
    void twoPeriodsAreMeasuredFromTheBeginningOfTheOneToTheEndOfTheOther() throws SQLException {
        polls("exact", new Poll(0, 5, true), new Poll(110, 120, true));
        polls("longer", new Poll(0, 5, true), new Poll(110, 121, true));

        assertThat(view("exact")).containsExactly("5-110 true", "110-null false");
        assertThat(view("longer")).containsExactly("0-null false");
    }

    @Test
    void pollsThatTakeLongerThanAPeriodCoverTheTimeWhereTheyFollowOneAnother() throws SQLException {
        Poll first = new Poll(0, 300, true);
        polls("slow", first, new Poll(300, 620, true), new Poll(680, 900, true), new Poll(961, 1_200, true));
        sharedPolls("slow shares", first, new Poll(300, 620, true), new Poll(621, 900, true));
        polls("slow and broken", first, new Poll(300, 500, false), new Poll(500, 800, true));

        assertThat(view("slow")).containsExactly("300-680 true", "680-null false");
        assertThat(coverage("slow", 310, 1_000)).containsExactly("310-680 true", "680-1000 false");
        assertThat(view("slow shares")).containsExactly("300-621 true", "621-null false");
        assertThat(view("slow and broken")).containsExactly("0-null false");
    }

    @Test
    void pollsThatTakeLongerAndLongerCoverNoTimeEither() throws SQLException {
        polls(
                "longer and longer",
                new Poll(0, 30, true),
                new Poll(31, 91, true),
                new Poll(92, 212, true),
                new Poll(213, 453, true),
                new Poll(454, 934, true),
                new Poll(935, 1_400, true),
                new Poll(1_401, 1_860, true));

        assertThat(coverage("longer and longer", 0, 1_500))
                .containsExactly("0-30 false", "30-31 true", "31-1400 false", "1400-1401 true", "1401-1500 false");
    }

    @Test
    void aPollThatStoodStillForHoursCoversNoneOfThem() throws SQLException {
        polls(
                "still",
                new Poll(0, 10, true),
                new Poll(60, 28_870, true),
                new Poll(28_880, 28_890, true),
                new Poll(28_940, 28_950, true));

        assertThat(view("still")).containsExactly("0-28890 false", "28890-28940 true", "28940-null false");
        assertThat(coverage("still", 20, 28_880)).containsExactly("20-28880 false");
    }

    @Test
    void aPollThatDidNotReadTheOrganizationCompletelyIsNone() throws SQLException {
        polls(
                "patchy",
                new Poll(0, 5, true),
                new Poll(60, 65, false),
                new Poll(100, 105, true),
                new Poll(160, 165, false),
                new Poll(220, 225, false),
                new Poll(280, 285, true),
                new Poll(340, 345, true));

        assertThat(view("patchy")).containsExactly("5-100 true", "100-285 false", "285-340 true", "340-null false");
        assertThat(coverage("patchy", 50, 300)).containsExactly("50-100 true", "100-285 false", "285-300 true");
    }

    @Test
    void aListOfTheWholeSourceThatWasNotReadIsOneOfEachOrganization() throws SQLException {
        polls("copies", new Poll(0, 5, true), new Poll(60, 65, true), new Poll(100, 105, true));
        database.execute("alter table jobtrail.poll_receipt disable trigger poll_receipt_append_only");
        database.execute("""
                update jobtrail.poll_receipt set not_complete = '[{"jobType":"copy","outcome":"FAILED","reason":"404"}]'
                where source = 'source of copies' and seq = 2
                """);
        database.execute("alter table jobtrail.poll_receipt enable always trigger poll_receipt_append_only");

        assertThat(view("copies")).startsWith("5-100 true");
        assertThat(coverage("copies", 0, 105)).containsExactly("0-5 false", "5-100 true", "100-105 false");
    }

    @Test
    void anOrganizationThatWasNeverReadIsBlindSinceItWasFirstListed() throws SQLException {
        polls("refused", new Poll(0, 5, false), new Poll(60, 65, false));
        polls("late", new Poll(0, 5, false), new Poll(60, 65, true), new Poll(120, 125, true));

        assertThat(view("refused")).containsExactly("0-null false");
        assertThat(view("late")).containsExactly("0-65 false", "65-120 true", "120-null false");
        assertThat(coverage("refused", 0, 100)).containsExactly("0-100 false");
        assertThat(coverage("nobody", 0, 100)).containsExactly("0-100 false");
    }

    @Test
    void twoInstancesMayPollAtTheSameTime() throws SQLException {
        // The second began long before it ended: it does not break the chain of the first.
        polls(
                "overlapping",
                new Poll(0, 5, true),
                new Poll(60, 65, true),
                new Poll(2, 110, true),
                new Poll(120, 125, true),
                new Poll(121, 124, true),
                new Poll(180, 190, true));

        assertThat(view("overlapping")).containsExactly("5-180 true", "180-null false");
    }

    @Test
    void whileTheNextPollIsNotOverdueTheTimeSinceTheLastIsNotCalledBlind() throws SQLException {
        long now = java.time.Duration.between(MORNING, Instant.now()).toSeconds();
        polls("fresh", new Poll(now - 100, now - 95, true), new Poll(now - 50, now - 45, true));
        polls("single", new Poll(now - 50, now - 45, true));
        polls("stale", new Poll(now - 300, now - 295, true), new Poll(now - 250, now - 245, true));

        assertThat(view("fresh")).containsExactly((now - 95) + "-" + (now - 50) + " true");
        assertThat(view("single")).isEmpty();
        assertThat(view("stale"))
                .containsExactly((now - 295) + "-" + (now - 250) + " true", (now - 250) + "-null false");
    }

    @Test
    void whileALongPollIsOnItsWayTheTimeSinceTheLastIsNotCalledBlind() throws SQLException {
        long now = java.time.Duration.between(MORNING, Instant.now()).toSeconds();
        polls("on its way", back(now, 1_100, 800), back(now, 800, 500), back(now, 500, 200));
        sharedPolls("shares on their way", back(now, 1_100, 800), back(now, 800, 500), back(now, 500, 200));
        polls("does not come", back(now, 1_200, 900), back(now, 900, 600), back(now, 600, 370));
        polls("stood still", back(now, 50_700, 50_695), back(now, 50_640, 50_635), back(now, 50_580, 25_000));

        assertThat(view("on its way")).containsExactly((now - 800) + "-" + (now - 500) + " true");
        assertThat(view("shares on their way")).containsExactly((now - 800) + "-" + (now - 500) + " true");
        assertThat(view("does not come"))
                .containsExactly((now - 900) + "-" + (now - 600) + " true", (now - 600) + "-null false");
        assertThat(view("stood still"))
                .containsExactly((now - 50_695) + "-" + (now - 50_640) + " true", (now - 50_640) + "-null false");
    }

    private static Poll back(long now, long started, long finished) {
        return new Poll(now - started, now - finished, true);
    }

    @Test
    void anOrganizationOfAShareIsCoveredWithTheCopyJobsThatCameAfterAllShares() throws SQLException {
        sharedPolls("shared", new Poll(0, 10, true), new Poll(60, 70, true), new Poll(120, 130, true));
        sharedPolls("shares too far", new Poll(0, 10, true), new Poll(110, 121, true));

        assertThat(view("shared")).containsExactly("10-120 true", "120-null false");
        assertThat(coverage("shared", 6, 200)).containsExactly("6-10 false", "10-120 true", "120-200 false");
        assertThat(view("shares too far")).containsExactly("0-null false");
    }

    /** By the share's own receipt, by that of the copy jobs, because these failed as a whole, and because nobody read them. */
    @Test
    void aShareCountsForNothingWhereItOrTheCopyJobsWereNotComplete() throws SQLException {
        for (int way = 0; way < 4; way++) {
            // What is not complete is so in another way at each place.
            var polls = new ArrayList<>(List.of(new Poll(0, 10, true)));
            for (int n = 1; n <= way; n++) {
                polls.add(new Poll(60 * n, 60 * n + 10, true));
            }
            long last = 60 * way;
            polls.add(new Poll(last + 90, last + 100, false));
            polls.add(new Poll(last + 180, last + 190, true));
            sharedPolls("way " + way, polls.toArray(new Poll[0]));

            assertThat(coverage("way " + way, last + 1, last + 300))
                    .containsExactly((last + 1) + "-" + (last + 300) + " false");
        }
    }

    /** What is said to be covered was, wherever in each poll the organization was read; and both ways of asking agree. */
    @Test
    void coverageNeverOverstatesAndEachRangeIsTiledWithoutGapOrOverlap() throws SQLException {
        var random = new Random(20261123);
        for (int history = 0; history < 6; history++) {
            String id = "random-" + history;
            var polls = new ArrayList<Poll>();
            for (long start = 0; start < 3_000; start += random.nextInt(10) == 0 ? 200 : 20 + random.nextInt(60)) {
                long lasted = random.nextInt(8) == 0 ? random.nextInt(150) : 1 + random.nextInt(10);
                polls.add(new Poll(start, start + lasted, random.nextInt(5) != 0));
            }
            if (history % 2 == 0) {
                polls(id, polls.toArray(new Poll[0]));
            } else {
                sharedPolls(id, polls.toArray(new Poll[0]));
            }

            List<long[]> whole = tiles(id, -200, 3_500);
            assertTiled(whole, -200, 3_500);
            for (int guess = 0; guess < 20; guess++) {
                long[] read = polls.stream()
                        .filter(Poll::complete)
                        .mapToLong(
                                poll -> poll.started() + random.nextInt((int) (poll.finished() - poll.started() + 1)))
                        .sorted()
                        .toArray();
                for (long[] tile : whole) {
                    if (tile[2] == 1) {
                        assertCovered(tile, read, polls);
                    }
                }
            }
            for (int range = 0; range < 10; range++) {
                long from = random.nextInt(3_200) - 100;
                long to = Math.min(from + 1 + random.nextInt(800), 3_500);
                List<long[]> part = tiles(id, from, to);
                assertTiled(part, from, to);
                assertThat(points(part)).isEqualTo(points(cut(whole, from, to)));
            }
            List<long[]> seen = new ArrayList<>();
            for (Map<String, Object> row : database.rows("""
                    select from_time, to_time, covered from report.coverage where organization_id = ? and covered
                    """, id)) {
                seen.add(new long[] {seconds(row.get("from_time")), seconds(row.get("to_time")), 1});
            }
            assertThat(points(seen))
                    .isEqualTo(
                            points(whole.stream().filter(tile -> tile[2] == 1).toList()));
        }
        assertThat(database.rows("""
                        select * from (
                            select *, lead(from_time) over (partition by organization_id order by from_time) as next_from,
                                lead(covered) over (partition by organization_id order by from_time) as next_covered
                            from report.coverage where organization_id like 'random-%'
                        ) time
                        where to_time is distinct from next_from or covered and next_covered
                        """)).isEmpty();
    }

    @Test
    void onlyWhatIsAroundTheRangeIsRead() throws SQLException {
        polls("indexed", new Poll(0, 5, true), new Poll(60, 65, true));

        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("set enable_seqscan = off");
            var plan = new StringBuilder();
            try (var row = statement.executeQuery("""
                    explain select started_at from jobtrail.poll_receipt where source = 'source of indexed'
                        and started_at <= now() and finished_at <= now() order by started_at desc limit 1
                    """)) {
                while (row.next()) {
                    plan.append(row.getString(1)).append('\n');
                }
            }
            assertThat(plan.toString()).contains("poll_receipt_by_time").doesNotContain("Sort");
        }
    }

    @Test
    void whoReadsReportsMayAskAndWhoWritesMayNot() throws SQLException {
        polls("asked", new Poll(0, 5, true), new Poll(60, 65, true));
        String ask = "select count(*) from report.coverage_of('asked', now() - interval '1 hour', now())";

        for (String role : List.of("jobtrail_reader", "jobtrail_auditor")) {
            as(role, ask);
            for (String view : List.of("current_job", "job_version", "status_change", "daily_status", "coverage")) {
                as(role, "select count(*) from report." + view);
            }
        }
        assertThatThrownBy(() -> as("jobtrail_writer", ask)).hasMessageContaining("permission denied");
        assertThatThrownBy(() -> as("jobtrail_reader", "select * from jobtrail.job_history"))
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> as("jobtrail_reader", "select jobtrail.covered_time('a', 'b', now(), now())"))
                .hasMessageContaining("permission denied");
    }

    private void as(String role, String sql) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("set role " + role);
            statement.execute(sql);
        }
    }

    private static void assertCovered(long[] tile, long[] read, List<Poll> polls) {
        long[] before = LongStream.of(read).filter(moment -> moment <= tile[0]).toArray();
        long[] after = LongStream.of(read).filter(moment -> moment >= tile[1]).toArray();
        assertThat(before).as("read before %d", tile[0]).isNotEmpty();
        assertThat(after).as("read after %d", tile[1]).isNotEmpty();
        long last = before[before.length - 1];
        for (long moment : read) {
            if (moment > last && last < tile[1]) {
                if (moment - last > 120) {
                    assertThat(idle(last, moment, polls))
                            .as("from %d to %d", last, moment)
                            .isLessThanOrEqualTo(60);
                }
                last = moment;
            }
        }
    }

    /** How many seconds in a row no poll was on its way that read the organization completely. */
    private static long idle(long from, long to, List<Poll> polls) {
        long longest = 0;
        long idle = 0;
        for (long second = from; second < to; second++) {
            long moment = second;
            boolean polled = polls.stream()
                    .anyMatch(poll -> poll.complete() && poll.started() <= moment && moment < poll.finished());
            idle = polled ? 0 : idle + 1;
            longest = Math.max(longest, idle);
        }
        return longest;
    }

    private static void assertTiled(List<long[]> tiles, long from, long to) {
        long at = from;
        for (long[] tile : tiles) {
            assertThat(tile[0]).isEqualTo(at);
            assertThat(tile[1]).isGreaterThan(at);
            at = tile[1];
        }
        assertThat(at).isEqualTo(to);
    }

    private static List<long[]> cut(List<long[]> tiles, long from, long to) {
        return tiles.stream()
                .filter(tile -> tile[0] < to && tile[1] > from)
                .map(tile -> new long[] {Math.max(tile[0], from), Math.min(tile[1], to), tile[2]})
                .toList();
    }

    private static List<String> points(List<long[]> tiles) {
        return tiles.stream()
                .map(tile -> tile[0] + "-" + tile[1] + " " + (tile[2] == 1))
                .toList();
    }

    private List<long[]> tiles(String organization, long from, long to) throws SQLException {
        var tiles = new ArrayList<long[]>();
        for (Map<String, Object> row :
                database.rows("select * from report.coverage_of(?, ?, ?)", organization, moment(from), moment(to))) {
            tiles.add(new long[] {
                seconds(row.get("from_time")), seconds(row.get("to_time")), (Boolean) row.get("covered") ? 1 : 0
            });
        }
        return tiles;
    }

    private List<String> coverage(String organization, long from, long to) throws SQLException {
        return points(tiles(organization, from, to));
    }

    private List<String> view(String organization) throws SQLException {
        return database
                .rows(
                        "select from_time, to_time, covered from report.coverage where organization_id = ? order by from_time",
                        organization)
                .stream()
                .map(row -> seconds(row.get("from_time"))
                        + "-"
                        + (row.get("to_time") == null ? "null" : seconds(row.get("to_time")))
                        + " "
                        + row.get("covered"))
                .toList();
    }

    /** Receipts are written in the order in which the polls ended. */
    private void polls(String organization, Poll... polls) throws SQLException {
        String source = "source of " + organization;
        new Ledger(database).claim(source, organization);
        database.execute("""
                insert into jobtrail.organization_list values (decode(md5('%1$s'), 'hex'), array['another', '%1$s'])
                """.formatted(organization));
        if (polls.length == 0) {
            return;
        }
        var values = new ArrayList<String>();
        List<Poll> ended = java.util.stream.Stream.of(polls)
                .sorted(java.util.Comparator.comparing(Poll::finished))
                .toList();
        for (int i = 0; i < ended.size(); i++) {
            Poll poll = ended.get(i);
            values.add(
                    "('%s', %d, %d, '%s', '%s', 'COMPLETE', '1 minute', 'test', 2, 0, 0, 0, decode(md5('%s'), 'hex'), '%s', '', '')"
                            .formatted(
                                    source,
                                    i + 1,
                                    i + 1,
                                    MORNING.plusSeconds(poll.started()),
                                    MORNING.plusSeconds(poll.finished()),
                                    organization,
                                    poll.complete() ? "[]" : NOT_COMPLETE.formatted(organization)));
        }
        database.execute("""
                insert into jobtrail.poll_receipt (source, seq, attempt, started_at, finished_at, outcome, period,
                    program_version, organizations, jobs, changes, rejected, organization_digest, not_complete, prev_hash, hash)
                values %s""".formatted(String.join(",", values)));
    }

    /** The same by instances that share the polling: half of the time for the share, then the copy jobs. */
    private void sharedPolls(String organization, Poll... polls) throws SQLException {
        polls(organization);
        String source = "source of " + organization;
        var values = new ArrayList<String>();
        for (int attempt = 1; attempt <= polls.length; attempt++) {
            Poll poll = polls[attempt - 1];
            long between = (poll.started() + poll.finished()) / 2;
            int wrong = poll.complete() ? -1 : attempt % 4;
            String notComplete = NOT_COMPLETE.formatted(organization);
            values.add(receipt(source, attempt, 0, poll.started(), poll.started(), "COMPLETE", null, "[]"));
            values.add(receipt(
                    source,
                    attempt,
                    1,
                    poll.started(),
                    between,
                    "COMPLETE",
                    organization,
                    wrong == 0 ? notComplete : "[]"));
            if (wrong != 1) {
                values.add(receipt(
                        source,
                        attempt,
                        2,
                        between,
                        poll.finished(),
                        wrong == 2 ? "FAILED" : "PARTIAL",
                        null,
                        wrong == 3 ? notComplete : "[]"));
            }
        }
        database.execute("""
                insert into jobtrail.poll_receipt (source, seq, attempt, share, shares, started_at, finished_at, outcome, period,
                    program_version, organizations, jobs, changes, rejected, organization_digest, not_complete, prev_hash, hash)
                values %s""".formatted(String.join(",", values)));
    }

    private static String receipt(
            String source,
            int attempt,
            int share,
            long started,
            long finished,
            String outcome,
            String list,
            String lacks) {
        return "('%s', %d, %d, %d, 1, '%s', '%s', '%s', '1 minute', 'test', 2, 0, 0, 0, %s, '%s', '', '')"
                .formatted(
                        source,
                        3 * attempt + share,
                        attempt,
                        share,
                        MORNING.plusSeconds(started),
                        MORNING.plusSeconds(finished),
                        outcome,
                        list == null ? "null" : "decode(md5('%s'), 'hex')".formatted(list),
                        lacks);
    }

    private static Timestamp moment(long seconds) {
        return Timestamp.from(MORNING.plusSeconds(seconds));
    }

    private static long seconds(Object moment) {
        return ((Timestamp) moment).toInstant().getEpochSecond() - MORNING.getEpochSecond();
    }
}
