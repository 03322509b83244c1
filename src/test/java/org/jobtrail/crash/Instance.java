package org.jobtrail.crash;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jobtrail.crash.Passing.Stage;

/** The program as it is, and all the ways from it to its servers. */
final class Instance implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(240);

    private final Watch watch = new Watch();
    private final Wire postgres;
    private final List<Wire> wires;
    private final Running program;

    /** @param settings as for an instance that goes straight to the servers */
    Instance(Running.Start start, Map<String, String> settings) throws IOException {
        URI database = URI.create(settings.get("DATABASE_URL").substring("jdbc:".length()));
        URI broker = URI.create("kafka://" + settings.get("KAFKA_BOOTSTRAP_SERVERS"));
        URI veeam = URI.create(settings.get("SOURCE_VEEAM_URL"));
        postgres = new Wire(database.getHost(), database.getPort(), own -> new PostgresFraming(), watch);
        var kafka = new Wire(
                broker.getHost(),
                broker.getPort(),
                own -> new KafkaFraming(broker.getHost(), broker.getPort(), own),
                watch);
        var source = new Wire(veeam.getHost(), veeam.getPort(), own -> new HttpFraming(), watch);
        wires = List.of(postgres, kafka, source);
        var through = new HashMap<>(settings);
        through.put("DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + postgres.port() + database.getPath());
        through.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + kafka.port());
        through.put("SOURCE_VEEAM_URL", "http://127.0.0.1:" + source.port());
        program = start.with(through);
    }

    Watch watch() {
        return watch;
    }

    /** Makes the publisher start over: the session with its lock is lost. */
    void cutTheLock() {
        if (postgres.cutWhere("listen jobtrail") == 0) {
            throw new AssertionError("this instance does not publish");
        }
    }

    /** Polls what it likes, but neither asks the source nor takes the lock. */
    void stepBack() {
        watch.hold(passing -> passing.stage() == Stage.REQUEST
                && (passing.text().startsWith("GET ") || passing.text().contains("pg_try_advisory_lock")));
    }

    void stepForward() {
        watch.release();
    }

    /** As a crash: nothing that has been stopped on its way ever arrives. */
    void kill() {
        watch.freeze();
        program.kill();
        wires.forEach(Wire::close);
    }

    void pause() throws Exception {
        program.signal("STOP");
    }

    /** What it had sent before, and what was sent to it, comes late. */
    void resume() throws Exception {
        program.signal("CONT");
        watch.thaw();
    }

    /** Nothing gets through in either direction. */
    void cutOff() {
        wires.forEach(Wire::interrupt);
        watch.thaw();
    }

    void reconnect() {
        wires.forEach(Wire::heal);
    }

    /** Its sessions at PostgreSQL, as that knows them. */
    String databasePorts() {
        return postgres.portsAtTheServer().stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    void await(int mark, String what, Predicate<Passing> wanted) throws InterruptedException {
        if (!watch.awaitSince(mark, PATIENCE, wanted)) {
            throw new AssertionError(
                    "%s: it did not come within %d s; %s".formatted(what, PATIENCE.toSeconds(), program.output()));
        }
    }

    /** What it is at, and where each of its threads is. */
    String account() throws Exception {
        program.dump();
        return "last said:%n%s%s".formatted(watch.last(60), program.output());
    }

    String output() {
        return program.output();
    }

    @Override
    public void close() {
        kill();
    }
}
