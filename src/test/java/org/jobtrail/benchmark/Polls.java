package org.jobtrail.benchmark;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.benchmark.ListServer.Traffic;

/**
 * The polls of one Jobtrail, one by one. Between two it waits at the gate, so that whatever else is measured has the machine for
 * itself, and the lists can change.
 */
final class Polls implements AutoCloseable {

    private static final long PACE = 5;

    /** Of an attempt; what is wrong with it does not say that organizations are gone: we have taken them away. */
    private record Receipt(long attempt, String outcome, String trouble, int jobs) {}

    private final Stage stage;
    private final ListServer source;
    private final Duration patience;
    private final RunningJobtrail jobtrail;
    private final Connection connection;
    private EventCount events;
    private long attempts;
    private Traffic traffic;

    Polls(Stage stage, ListServer source, String memory, Path directory, Duration patience) throws Exception {
        this.stage = stage;
        this.source = source;
        this.patience = patience;
        this.traffic = source.traffic();
        this.connection = stage.connect();
        this.jobtrail = RunningJobtrail.start(stage, source, memory, directory);
    }

    /** Until Jobtrail stands at the gate. */
    void await() throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        while (!source.gate().await(100)) {
            giveUpAt(end, "Jobtrail's next poll did not begin");
        }
        if (events == null) {
            events = new EventCount(stage.servers().bootstrapServers(), stage.events());
        }
    }

    /** Lets the next poll happen, and tells of it. */
    Cycle next() throws Exception {
        await();
        long rowsBefore = rows();
        var routesBefore = RouteSeconds.read(jobtrail.metrics());
        int collectionsBefore = jobtrail.collections().lines();
        jobtrail.proc().forgetPeak();
        var cpuBefore = cpu();
        long start = System.nanoTime();
        source.gate().open();
        Receipt receipt = receipt(start);
        double recorded = (System.nanoTime() - start) / 1e9;
        long rows = rows();
        awaitEvents(start, rows);
        double delivered = rows > rowsBefore ? (events.lastNanos() - start) / 1e9 : 0;
        var cpu = new LinkedHashMap<String, Double>();
        cpu().forEach((who, seconds) -> cpu.put(who, seconds - cpuBefore.get(who)));
        Traffic before = traffic;
        traffic = source.traffic();
        if (receipt.trouble() != null) {
            throw new FailedCycleException(
                    "a poll was %s: %s%s".formatted(receipt.outcome(), receipt.trouble(), jobtrail.tail()));
        }
        return new Cycle(
                receipt.attempt(),
                recorded,
                delivered,
                receipt.jobs(),
                rows - rowsBefore,
                traffic.since(before),
                jobtrail.proc().peak(),
                jobtrail.collections().peakSince(collectionsBefore),
                cpu,
                RouteSeconds.between(routesBefore, RouteSeconds.read(jobtrail.metrics())));
    }

    private Receipt receipt(long start) throws Exception {
        while (true) {
            Optional<Receipt> receipt = newest();
            if (receipt.isPresent()) {
                attempts = receipt.get().attempt();
                return receipt.get();
            }
            giveUpAt(start + patience.toNanos(), "a poll left no receipt");
            Thread.sleep(PACE);
        }
    }

    /** That the organizations of one round are not listed in the next is as it should be, and no trouble. */
    private Optional<Receipt> newest() throws SQLException {
        try (var statement = connection.prepareStatement("""
                select attempt, outcome, jobs, coalesce(case when reason not like '% known before not in a list of %' then reason end, (
                        select entry::text from json_array_elements(not_complete::json) entry
                        where entry ->> 'cause' is distinct from 'organization-gone' limit 1))
                from jobtrail.poll_receipt where source = 'benchmark' and attempt > ?
                order by seq desc limit 1""")) {
            statement.setLong(1, attempts);
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Receipt(row.getLong(1), row.getString(2), row.getString(4), row.getInt(3)))
                        : Optional.empty();
            }
        }
    }

    private long rows() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select coalesce(sum(last_seq), 0) from jobtrail.organization_head")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void awaitEvents(long start, long rows) throws Exception {
        while (events.count() < rows) {
            giveUpAt(
                    start + patience.toNanos(),
                    "of %d events, the consumer has only %d".formatted(rows, events.count()));
            Thread.sleep(PACE);
        }
    }

    private void giveUpAt(long end, String sentence) throws FailedCycleException {
        Optional<String> why = jobtrail.end();
        if (why.isPresent() || System.nanoTime() > end) {
            throw new FailedCycleException(
                    why.orElse(sentence + " within " + patience.toSeconds() + " s") + jobtrail.tail());
        }
    }

    private Map<String, Double> cpu() {
        var cpu = new LinkedHashMap<String, Double>();
        if (Proc.exists()) {
            cpu.put("Jobtrail", jobtrail.proc().cpu());
            cpu.put("PostgreSQL", stage.servers().postgres().cpuOfAll());
            cpu.put("Kafka", stage.servers().kafka().cpu());
            cpu.put("this benchmark", new Proc(ProcessHandle.current().pid()).cpu());
        }
        return cpu;
    }

    @Override
    public void close() throws SQLException {
        jobtrail.close();
        if (events != null) {
            events.close();
        }
        connection.close();
    }
}
