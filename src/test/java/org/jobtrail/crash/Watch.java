package org.jobtrail.crash;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Sees everything that one instance and its servers say to each other before it arrives, and stops it. When the point that is
 * wanted is reached, nothing at all passes any more: the servers see of the instance what was said until then.
 */
final class Watch {
    private final List<Passing> passed = new ArrayList<>();
    private final Deque<Predicate<Passing>> steps = new ArrayDeque<>();
    private Predicate<Passing> held = passing -> false;
    private Wire.Session alone;
    private Wire.Session reached;
    private boolean gently;
    private boolean frozen;

    /** What has an answer reach who asked. */
    interface Delivery {
        void deliver() throws IOException;
    }

    /** Called with what is about to be passed on. Returns when it may go on. */
    void pass(Passing passing, Wire.Session session) throws InterruptedException, IOException {
        pass(passing, session, () -> {});
    }

    /**
     * The same of what is passed on here: whoever is stopped where it has its answer is stopped before it says anything else, however
     * fast it is.
     */
    synchronized void pass(Passing passing, Wire.Session session, Delivery delivery)
            throws InterruptedException, IOException {
        while ((frozen || alone == session || held.test(passing)) && session.isOpen()) {
            wait();
        }
        delivery.deliver();
        // What the bytes of a request are is told by their beginning, and there are many.
        passed.add(new Passing(
                passing.stage(),
                passing.text().substring(0, Math.min(300, passing.text().length()))));
        if (session.isOpen() && !steps.isEmpty() && steps.peek().test(passing)) {
            steps.remove();
            if (steps.isEmpty()) {
                reached = session;
                frozen = !gently;
                alone = gently ? session : null;
            }
        }
        notifyAll();
        while ((frozen || alone == session) && session.isOpen()) {
            wait();
        }
    }

    /** Stops everything where the last of these has come, one after the other. */
    synchronized void stopAt(List<Predicate<Passing>> moments) {
        stop(moments, false);
    }

    /** Stops but the one connection. */
    synchronized void holdAt(List<Predicate<Passing>> moments) {
        stop(moments, true);
    }

    private void stop(List<Predicate<Passing>> moments, boolean onlyThere) {
        steps.clear();
        steps.addAll(moments);
        reached = null;
        gently = onlyThere;
    }

    /** The connection on which the point was reached. */
    synchronized Wire.Session awaitReached(Duration patience) throws InterruptedException {
        return await(patience, () -> reached != null) ? reached : null;
    }

    synchronized void freeze() {
        frozen = true;
    }

    synchronized void thaw() {
        frozen = false;
        alone = null;
        notifyAll();
    }

    /** What is not to pass until {@link #release}. */
    synchronized void hold(Predicate<Passing> messages) {
        held = messages;
    }

    synchronized void release() {
        held = passing -> false;
        notifyAll();
    }

    synchronized void woken() {
        notifyAll();
    }

    /** The last that passed, a line each, without what cannot be read. */
    synchronized String last(int count) {
        return passed.subList(Math.max(0, passed.size() - count), passed.size()).stream()
                .map(one -> "%s %s%n".formatted(one.stage(), one.text().replaceAll("[^ -~]+", " ")))
                .collect(Collectors.joining());
    }

    synchronized int mark() {
        return passed.size();
    }

    /** Waits until this has passed since the mark. */
    synchronized boolean awaitSince(int mark, Duration patience, Predicate<Passing> wanted)
            throws InterruptedException {
        int[] next = {mark};
        return await(patience, () -> {
            while (next[0] < passed.size()) {
                if (wanted.test(passed.get(next[0]++))) {
                    return true;
                }
            }
            return false;
        });
    }

    private boolean await(Duration patience, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
