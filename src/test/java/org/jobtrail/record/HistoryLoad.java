package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.page.ListElement;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.WithoutKafka;
import org.jobtrail.text.JsonText;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.veeam.Organization;

/**
 * Fills a database through the functions that the program records with, as the role that it records as: one poll after the
 * other, in each of which every job has run. Only the clock is not the database's: each poll is dated back to where it would have
 * been, had the polls been spread evenly over days. To be started by {@code src/test/scripts/load.sh}.
 */
final class HistoryLoad {

    private static final String LIST = """
            insert into organization_list (digest, organization_ids)
            select sha256(string_agg(length_prefixed(id), '' order by id collate "C")),
                array_agg(id order by id collate "C")
            from json_array_elements_text(?::json) as listed (id)
            on conflict (digest) do nothing""";

    /** As write_receipt writes them, but for their dates. One of a thousand was refused an organization, and one failed. */
    private static final String RECEIPTS = """
            with receipt as (
                select n, json_populate_record(null::poll_receipt, json_build_object(
                    'source', ?::text, 'seq', n, 'attempt', n,
                    'started_at', ?::timestamptz + (n - 1) * ?::interval,
                    'finished_at', ?::timestamptz + (n - 1) * ?::interval + least(?::interval / 4, interval '2 seconds'),
                    'outcome', case when n % 1000 = 0 then 'FAILED' when n % 1000 = 500 then 'PARTIAL' else 'COMPLETE' end,
                    'reason', case when n % 1000 = 0 then 'no connection: refused' end,
                    'period', ?::interval, 'api_version', 'v8', 'program_version', 'load',
                    'organizations', case when n % 1000 = 0 then 0 else ?::integer end, 'jobs', ?::integer, 'changes', 0,
                    'rejected', 0,
                    'organization_digest', case when n % 1000 <> 0 then (
                        select digest from organization_list where ?::text = any (organization_ids) limit 1) end,
                    'not_complete', case when n % 1000 = 500
                        then '[{"organizationId":"' || ?::text
                            || '","jobType":"backup","outcome":"FAILED","reason":"the server answered 403"}]'
                        else '[]' end)) as receipt
                from generate_series(1, ?::integer) n
            ), chained as (
                select n, receipt, chain(decode(repeat('00', 32), 'hex'), 'jobtrail/poll_receipt/1',
                    poll_receipt_item(receipt)) over (order by n rows unbounded preceding) as hash
                from receipt
            ), linked as (
                select n, receipt, hash, lag(hash, 1, decode(repeat('00', 32), 'hex')) over (order by n) as prev_hash
                from chained
            ), written as (
                insert into poll_receipt
                select (jsonb_populate_record(receipt, jsonb_build_object('prev_hash', prev_hash, 'hash', hash))).*
                from linked order by n
                returning seq, hash, started_at
            )
            insert into source_head (source, last_attempt, last_receipt, last_hash, last_complete_at)
            select ?, seq, seq, hash, started_at from written order by seq desc limit 1""";

    private static final int THREADS = 2;
    private static final long STEP = 100_000;
    private static final List<String> RESULTS =
            List.of("Success", "Success", "Success", "Success", "Warning", "Failed");

    private final Database database;
    private final String source = "load-" + UUID.randomUUID().toString().substring(0, 8);
    private final int jobs;
    private final int polls;
    private final int receipts;
    private final Instant begin;
    private final Duration span;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong nextStep = new AtomicLong(STEP);
    private final long started = System.nanoTime();
    private volatile long stepStarted = System.nanoTime();

    private HistoryLoad(Database database, int jobs, int polls, int receipts, Duration span) {
        this.database = database;
        this.jobs = jobs;
        this.polls = polls;
        this.receipts = receipts;
        this.span = span;
        this.begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(span);
    }

    /** Arguments: rows, organizations, jobs of each, days, receipts (0: one for each poll). */
    public static void main(String[] arguments) throws Exception {
        long rows = Long.parseLong(arguments[0]);
        int organizations = Integer.parseInt(arguments[1]);
        int jobs = Integer.parseInt(arguments[2]);
        Duration span = Duration.ofDays(Integer.parseInt(arguments[3]));
        int receipts = Integer.parseInt(arguments[4]);
        int polls = (int) Math.max(1, (rows + (long) organizations * jobs - 1) / ((long) organizations * jobs));
        Settings settings = new SettingsReader(PropertyLookup.of(System.getProperties(), System.getenv(), null)).read();
        try (var database = new Database(settings.database().orElseThrow(), 1)) {
            database.migration().migrate(Path.of("").toAbsolutePath());
            WithoutKafka.goOn(database);
            new HistoryLoad(database, jobs, polls, Math.max(receipts, polls), span).run(organizations);
        }
    }

    private void run(int organizations) throws Exception {
        List<Organization> all = new ArrayList<>();
        for (int i = 0; i < organizations; i++) {
            all.add(new Organization(UUID.randomUUID().toString(), "tenant-%04d.onmicrosoft.com".formatted(i)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<Void>> loads = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            List<Organization> share = new ArrayList<>();
            for (int i = thread; i < organizations; i += THREADS) {
                share.add(all.get(i));
            }
            loads.add(threads.submit(load(share)));
        }
        threads.shutdown();
        for (Future<Void> load : loads) {
            load.get();
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(Locale.ROOT, "%d rows in %.0f s: %.0f rows/s%n", rows.get(), seconds, rows.get() / seconds);
        writeReceipts(all);
    }

    private Callable<Void> load(List<Organization> organizations) {
        return () -> {
            try (Connection writer = database.connect(Role.WRITER);
                    Connection owner = database.connectToMigrate(Role.OWNER)) {
                var loading = new ArrayList<Loading>();
                organizations.forEach(organization -> loading.add(new Loading(organization)));
                for (int poll = 0; poll < polls; poll++) {
                    for (Loading one : loading) {
                        one.poll(writer, owner, poll);
                        progress();
                    }
                }
                return null;
            }
        };
    }

    private void progress() {
        long now = rows.get();
        long step = nextStep.get();
        if (now >= step && nextStep.compareAndSet(step, step + STEP)) {
            long time = System.nanoTime();
            System.out.printf(Locale.ROOT, "%10d rows, %.0f rows/s%n", now, STEP / ((time - stepStarted) / 1e9));
            stepStarted = time;
        }
    }

    private Instant at(double share) {
        return begin.plusMillis((long) (span.toMillis() * share));
    }

    private final class Loading {

        private final Organization organization;
        private final JobSnapshot[] last = new JobSnapshot[jobs];
        private final String[] ids = new String[jobs];
        private final Random random;

        private Loading(Organization organization) {
            this.organization = organization;
            this.random = new Random(organization.id().hashCode());
            for (int job = 0; job < jobs; job++) {
                ids[job] = UUID.randomUUID().toString();
            }
        }

        private void poll(Connection writer, Connection owner, int poll) throws SQLException {
            Instant observed = at((double) poll / polls);
            ClaimedPoll claimed = ClaimedPoll.by(writer, source, organization);
            dateBack(owner, observed);
            var changes =
                    new Changes(source, organization, Claim.ofAnOperator(claimed.number(), observed.toString()), "v8");
            var elements = new ArrayList<ListElement>();
            for (int job = 0; job < jobs; job++) {
                elements.add(ListElements.of(job(job, poll, observed)));
            }
            List<ReadJob> read = ReadJob.of(organization, elements);
            for (int job = 0; job < jobs; job++) {
                JobSnapshot snapshot = read.get(job).snapshot();
                changes.append(
                        read.get(job).job(),
                        last[job] == null
                                ? List.of(new Kinds.Kind(ChangeKind.CREATED, List.of()))
                                : Kinds.between(last[job], snapshot),
                        last[job],
                        snapshot);
                last[job] = snapshot;
            }
            new RecordedPoll(organization, claimed, changes).by(writer, 1 + (long) poll * receipts / polls);
            rows.addAndGet(changes.count());
        }

        private void dateBack(Connection owner, Instant observed) throws SQLException {
            try (var statement = owner.prepareStatement(
                    "update jobtrail.organization_head set claimed_at = ? where organization_id = ?")) {
                statement.setTimestamp(1, Timestamp.from(observed));
                statement.setString(2, organization.id());
                statement.executeUpdate();
            }
        }

        private String job(int job, int poll, Instant observed) {
            String status = RESULTS.get(random.nextInt(RESULTS.size()));
            Instant run = observed.minusSeconds(60 + random.nextInt(600)).plusNanos(random.nextInt(1_000_000) * 1_000L);
            return new SampleJob(organization.id(), ids[job], job).shown(poll, status, run, random.nextInt(60));
        }
    }

    private void writeReceipts(List<Organization> organizations) throws SQLException {
        String ids = JsonText.of(JsonNodeFactory.instance
                .arrayNode()
                .addAll(organizations.stream()
                        .map(Organization::id)
                        .map(TextNode::valueOf)
                        .toList()));
        try (Connection owner = database.connectToMigrate(Role.OWNER)) {
            owner.setNetworkTimeout(Runnable::run, 0);
            owner.setAutoCommit(false);
            try (var statement = owner.createStatement()) {
                statement.execute("set local search_path = jobtrail");
            }
            try (var statement = owner.prepareStatement(LIST)) {
                statement.setString(1, ids);
                statement.executeUpdate();
            }
            try (var statement = owner.prepareStatement(RECEIPTS)) {
                String period = span.toMillis() / receipts + " milliseconds";
                String first = organizations.get(0).id();
                Object[] parameters = {
                    source,
                    begin.toString(),
                    period,
                    begin.toString(),
                    period,
                    period,
                    period,
                    organizations.size(),
                    organizations.size() * jobs,
                    first,
                    first,
                    receipts,
                    source
                };
                for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                }
                statement.executeUpdate();
            }
            owner.commit();
        }
        System.out.printf("%d receipts of source %s%n", receipts, source);
    }
}
