package org.jobtrail.crash;

import java.sql.Connection;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jobtrail.crash.Passing.Stage;
import org.jobtrail.support.Await;

/**
 * One fault with one follow-up, at every point, one after the other over one growing history. Who goes on after a fault is the one
 * that the next is done to.
 */
final class Lane implements Runnable {

    enum Fault {
        /** kill -9: what is on its way does not arrive. */
        KILL,
        /** kill -STOP for more than twice the timeout of Kafka's transactions, and until Kafka has given up an open one. */
        PAUSE,
        /** The connection on which the point was reached is reset; where another takes over, all of them are, for as long as that takes. */
        CUT
    }

    enum FollowUp {
        /** The same program: started again where it was killed, else going on. */
        SAME,
        /** Another one, which waits for the lock, takes over; then the paused or cut off one goes on. */
        OTHER
    }

    interface Installations {
        Installation create() throws Exception;
    }

    /** @param problem what was wrong, or null */
    record Result(Point point, String problem, Duration took) {}

    private static final Duration PATIENCE = Duration.ofSeconds(240);

    private final Fault fault;
    private final FollowUp followUp;
    private final List<Point> points;
    private final Running.Start start;
    private final Installations installations;
    private final Map<Point, CompletableFuture<Result>> results = new EnumMap<>(Point.class);
    private Installation installation;
    private Instance active;
    private Instance standby;
    private int done;

    Lane(Fault fault, FollowUp followUp, List<Point> points, Running.Start start, Installations installations) {
        this.fault = fault;
        this.followUp = followUp;
        this.points = points;
        this.start = start;
        this.installations = installations;
        points.forEach(point -> results.put(point, new CompletableFuture<>()));
    }

    boolean stopsAt(Point point) {
        return points.contains(point);
    }

    Result result(Point point) throws Exception {
        return results.get(point).get();
    }

    String name() {
        return fault + " " + followUp;
    }

    @Override
    public void run() {
        try {
            for (Point point : points) {
                long begun = System.nanoTime();
                String problem = null;
                try {
                    begin();
                    through(point);
                } catch (Throwable e) {
                    problem = e.toString() + (e instanceof AssertionError ? "" : List.of(e.getStackTrace()));
                    end();
                }
                results.get(point).complete(new Result(point, problem, Duration.ofNanos(System.nanoTime() - begun)));
            }
        } finally {
            end();
        }
    }

    private void begin() throws Exception {
        if (installation == null) {
            done = 0;
            installation = installations.create();
            active = new Instance(start, installation.settings());
            awaitUpToDate();
        }
        if (followUp == FollowUp.OTHER && standby == null) {
            standby = new Instance(start, installation.settings());
            // It has been refused the lock, and has polled, so it is all there.
            standby.await(0, "the lock is asked for", Lane::asksForTheLock);
            standby.await(0, "a receipt is written", Lane::receives);
        }
    }

    private void through(Point point) throws Exception {
        if (standby != null) {
            standby.stepBack();
        }
        try (Connection holder = installation.database().connect()) {
            Wire.Session where = reach(point, holder);
            if (standby != null) {
                standby.stepForward();
            }
            switch (fault) {
                case KILL -> kill(holder);
                case PAUSE -> pause(point, holder);
                case CUT -> cut(where, holder);
            }
        }
        done++;
        awaitUpToDate();
        // One attempt of whom the fault was done to, and what each is at.
        List<String> problems = installation.problems(2 * done + 2);
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join("; ", problems));
        }
    }

    /** Returns when nothing passes any more from or to the active instance. */
    private Wire.Session reach(Point point, Connection holder) throws Exception {
        Watch watch = active.watch();
        // A poll that is under way may have passed the point already, and see the change all the same.
        active.await(watch.mark(), "a receipt is written", Lane::receives);
        if (point.heldTable().isPresent()) {
            watch.holdAt(point.moments(installation.topics()));
        } else {
            watch.stopAt(point.moments(installation.topics()));
        }
        if (point.isOfAStart()) {
            active.cutTheLock();
        }
        installation.change();
        Wire.Session where = watch.awaitReached(PATIENCE);
        if (where == null) {
            throw new AssertionError("NOT REACHED: %s%n%s%n%s"
                    .formatted(
                            installation.evidence(active.databasePorts()),
                            active.account(),
                            standby == null ? "" : standby.account()));
        }
        if (point.heldTable().isPresent()) {
            waitIn(point.heldTable().get(), holder);
        }
        var seen = new Evidence[1];
        try {
            await("the servers hold what is there at " + point, () -> {
                seen[0] = installation.evidence(active.databasePorts());
                return seen[0].isOf(point);
            });
        } catch (AssertionError e) {
            throw new AssertionError("NOT REACHED: " + seen[0], e);
        }
        return where;
    }

    /** The statement is let go, and comes to a table that somebody else holds. */
    private void waitIn(String table, Connection holder) throws Exception {
        holder.setAutoCommit(false);
        try (var statement = holder.createStatement()) {
            statement.execute("lock table jobtrail.%s in share mode".formatted(table));
        }
        active.watch().thaw();
        await(
                "a statement waits for " + table,
                () -> installation
                        .database()
                        .value("""
                select count(*) > 0 from pg_locks wanted join pg_stat_activity using (pid)
                where not granted and relation = ('jobtrail.' || ?)::regclass and query like '%record_polls(%'
                    -- Locked first, and only then written to.
                    and exists (select from pg_locks has where has.pid = wanted.pid and has.granted
                        and has.relation = 'jobtrail.organization_head'::regclass)
                    and exists (select from pg_locks has where has.pid = wanted.pid and has.granted
                        and has.relation = 'jobtrail.job_history'::regclass and has.mode = 'RowExclusiveLock')
                        = (wanted.relation <> 'jobtrail.job_history'::regclass)
                    and client_port in (""" + active.databasePorts() + ")", table)
                        .equals(true));
        active.watch().freeze();
    }

    private void kill(Connection holder) throws Exception {
        int mark = standby == null ? 0 : standby.watch().mark();
        active.kill();
        letGo(holder);
        if (followUp == FollowUp.SAME) {
            active = new Instance(start, installation.settings());
        } else {
            awaitTakeOver(mark);
            active = standby;
            standby = null;
        }
    }

    private void pause(Point point, Connection holder) throws Exception {
        active.pause();
        letGo(holder);
        int mark = active.watch().mark();
        if (followUp == FollowUp.SAME) {
            Thread.sleep(2 * Installation.timeoutMillis());
            if (point.leavesATransaction()) {
                await("Kafka gives up the transaction", () -> !installation.hasOpenTransaction());
            }
            active.resume();
            active.await(mark, "a new attempt", Lane::attempts);
        } else {
            int other = standby.watch().mark();
            // A stopped process still answers on its connections. A frozen machine would lose those that hold a lock;
            // what it wanted to say on the rest, it says when it goes on.
            installation.database().column("""
                    select pg_terminate_backend(pid) from pg_stat_activity activity
                    where client_port in (%s)
                        and exists (select from pg_locks lock where lock.pid = activity.pid and lock.granted
                            and (locktype = 'advisory' or mode in ('RowShareLock', 'RowExclusiveLock')))
                    """.formatted(active.databasePorts()));
            Thread.sleep(2 * Installation.timeoutMillis());
            awaitTakeOver(other);
            awaitUpToDate();
            active.resume();
            awaitReturn(mark);
        }
    }

    private void cut(Wire.Session where, Connection holder) throws Exception {
        int mark = active.watch().mark();
        if (followUp == FollowUp.SAME) {
            where.cut();
            active.watch().thaw();
            letGo(holder);
            active.await(mark, "a new attempt", Lane::attempts);
        } else {
            int other = standby.watch().mark();
            active.cutOff();
            letGo(holder);
            awaitTakeOver(other);
            awaitUpToDate();
            mark = active.watch().mark();
            active.reconnect();
            awaitReturn(mark);
        }
    }

    private void awaitTakeOver(int mark) throws Exception {
        standby.await(
                mark,
                "another takes over",
                Point.kafka(Stage.ANSWERED, "InitProducerId").apply(installation.topics()));
    }

    /** Who believed to publish and to poll goes on, finds out, and the two change their roles. */
    private void awaitReturn(int mark) throws Exception {
        active.await(mark, "a new attempt", Lane::attempts);
        active.await(mark, "the lock is asked for", Lane::asksForTheLock);
        Instance back = active;
        active = standby;
        standby = back;
    }

    private static boolean receives(Passing passing) {
        return passing.is(Stage.ANSWERED, "jobtrail.write_receipt(");
    }

    private static boolean attempts(Passing passing) {
        return passing.is(Stage.ANSWERED, "jobtrail.begin_attempt(");
    }

    private static boolean asksForTheLock(Passing passing) {
        return passing.is(Stage.ANSWERED, "pg_try_advisory_lock");
    }

    private static void letGo(Connection holder) throws Exception {
        if (!holder.getAutoCommit()) {
            holder.rollback();
        }
    }

    private void awaitUpToDate() throws Exception {
        await("all is recorded and acknowledged", () -> installation.isUpToDate());
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        Await.until(
                PATIENCE,
                () -> "%s%n%s%n%s".formatted(what, active.output(), standby == null ? "" : standby.output()),
                condition);
    }

    private void end() {
        for (AutoCloseable part : new AutoCloseable[] {active, standby, installation}) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        active = null;
        standby = null;
        installation = null;
    }
}
