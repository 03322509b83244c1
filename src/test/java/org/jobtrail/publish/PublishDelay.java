package org.jobtrail.publish;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;
import org.jobtrail.record.SteadyPolls;
import org.jobtrail.record.SteadyPolls.Appended;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.Await;
import org.jobtrail.support.WithoutKafka;

/**
 * How long it takes from the commit of a row in PostgreSQL until a consumer that reads committed records only has its event: by a
 * running Jobtrail, and by a plain transactional producer that is handed the rows. Both write to PostgreSQL what they are asked for
 * in the same way, at the same pace; one after the other, so that they do not take the machine from each other. To be started by
 * {@code src/test/scripts/publish-delay.sh}.
 */
final class PublishDelay {

    private static final int THREADS = 4;
    private static final int ORGANIZATIONS = 20;
    private static final int WARM_UP_SECONDS = 5;
    private static final String PLAIN = "plain.job-events";

    /** Commits per second and rows in each. */
    private record Pace(int commits, int rows) {
        int rate() {
            return commits * rows;
        }
    }

    private record Delays(double recorded, double published, double p50, double p99, double max) {}

    private final Settings settings;
    private final int seconds;

    private PublishDelay(Settings settings, int seconds) {
        this.settings = settings;
        this.seconds = seconds;
    }

    /** Arguments: seconds that are measured for each, the name of a database that Jobtrail does not publish from, paces. */
    public static void main(String[] arguments) throws Exception {
        Settings settings = new SettingsReader(PropertyLookup.of(System.getProperties(), System.getenv(), null)).read();
        var paces = new ArrayList<Pace>();
        for (String pace : List.of(arguments).subList(2, arguments.length)) {
            String[] parts = pace.split("x");
            paces.add(new Pace(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
        }
        new PublishDelay(settings, Integer.parseInt(arguments[0])).run(arguments[1], paces);
    }

    private void run(String unpublished, List<Pace> paces) throws Exception {
        String bootstrap = settings.kafka().orElseThrow().bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var topic = new NewTopic(PLAIN, Optional.of(settings.topics().partitions()), Optional.empty());
            admin.createTopics(List.of(topic)).all().get();
        }
        Settings.Database published = settings.database().orElseThrow();
        var other = new Settings.Database(
                published.url().replaceAll("/[^/]*$", "/" + unpublished),
                published.username(),
                published.password(),
                published.migrationUsername(),
                published.migrationPassword());
        System.out.printf(
                "%-10s %-8s  | %33s | %33s |%n", "changes", "commits", "Jobtrail", "plain transactional producer");
        System.out.printf(
                "%-10s %-8s  | %9s %7s %7s %7s | %9s %7s %7s %7s | %s%n",
                "per s",
                "x rows",
                "reached",
                "p50 ms",
                "p99 ms",
                "max ms",
                "reached",
                "p50 ms",
                "p99 ms",
                "max ms",
                "p50, p99 are");
        try (var jobtrail = new Database(published, 1);
                var plain = new Database(other, 1)) {
            plain.migration().migrate(Path.of("").toAbsolutePath());
            WithoutKafka.goOn(plain);
            for (Pace pace : paces) {
                Delays ours;
                try (var arrivals = new Arrivals(bootstrap, settings.topics().events())) {
                    ours = measure(jobtrail, pace, arrivals, appended -> {});
                }
                Delays theirs;
                try (var arrivals = new Arrivals(bootstrap, PLAIN);
                        var producer = new PlainProducer(bootstrap, PLAIN)) {
                    theirs = measure(plain, pace, arrivals, producer::add);
                }
                print(pace, ours, theirs);
            }
        }
    }

    private static void print(Pace pace, Delays ours, Delays theirs) {
        System.out.printf(
                Locale.ROOT,
                "%-10d %-8s  | %9.0f %7.1f %7.1f %7.0f | %9.0f %7.1f %7.1f %7.0f | x%.1f, x%.1f%s%n",
                pace.rate(),
                pace.commits() + "x" + pace.rows(),
                ours.published(),
                ours.p50(),
                ours.p99(),
                ours.max(),
                theirs.published(),
                theirs.p50(),
                theirs.p99(),
                theirs.max(),
                ours.p50() / theirs.p50(),
                ours.p99() / theirs.p99(),
                ours.recorded() < 0.95 * pace.rate() || theirs.recorded() < 0.95 * pace.rate()
                        ? "; this machine records only %.0f and %.0f".formatted(ours.recorded(), theirs.recorded())
                        : "");
    }

    private Delays measure(Database database, Pace pace, Arrivals arrivals, Consumer<Appended> listener)
            throws Exception {
        List<Appended> all = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        long from = start + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
        long to = from + TimeUnit.SECONDS.toNanos(seconds);
        try {
            List<Future<List<Appended>>> loads = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                loads.add(threads.submit(load(database, pace, thread, start, to, listener)));
            }
            for (Future<List<Appended>> load : loads) {
                all.addAll(load.get());
            }
        } finally {
            threads.shutdownNow();
        }
        awaitAll(all, arrivals);
        List<Appended> measured = all.stream()
                .filter(appended -> appended.nanos() >= from && appended.nanos() < to)
                .toList();
        double[] delays = measured.stream()
                .flatMapToLong(appended -> LongStream.range(0, appended.rows().size())
                        .map(i -> arrivals.nanos(appended.organization(), appended.firstSeq() + i) - appended.nanos()))
                .mapToDouble(nanos -> nanos / 1e6)
                .sorted()
                .toArray();
        return new Delays(
                (double) delays.length / seconds,
                (double) arrivals.between(from, to) / seconds,
                delays[delays.length / 2],
                delays[(int) (delays.length * 0.99)],
                delays[delays.length - 1]);
    }

    /** Each thread has a share of the organizations and of the commits, at fixed moments: who is late does not slow the others. */
    private Callable<List<Appended>> load(
            Database database, Pace pace, int thread, long start, long end, Consumer<Appended> listener) {
        return () -> {
            var appended = new ArrayList<Appended>();
            try (Connection writer = database.connect(Role.WRITER)) {
                var polls = new ArrayList<SteadyPolls>();
                for (int i = thread; i < ORGANIZATIONS; i += THREADS) {
                    String name = "%d rows, tenant %d".formatted(pace.rows(), i);
                    polls.add(new SteadyPolls(writer, "load-" + pace.rate(), name, pace.rows()));
                }
                for (int commit = thread; ; commit += THREADS) {
                    long due = start + commit * 1_000_000_000L / pace.commits();
                    if (due >= end || System.nanoTime() >= end) {
                        return appended;
                    }
                    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                    Appended one = polls.get(commit / THREADS % polls.size()).next();
                    listener.accept(one);
                    appended.add(one);
                }
            }
        };
    }

    private static void awaitAll(List<Appended> all, Arrivals arrivals) throws Exception {
        int rows = all.stream().mapToInt(appended -> appended.rows().size()).sum();
        Await.until(
                Duration.ofMinutes(5),
                () -> "%d of %d events have come".formatted(arrivals.count(), rows),
                () -> arrivals.count() >= rows);
    }
}
