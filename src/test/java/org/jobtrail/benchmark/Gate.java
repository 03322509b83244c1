package org.jobtrail.benchmark;

import java.util.concurrent.TimeUnit;

/** Holds the first request of each cycle back until the benchmark lets it pass: a cycle begins when it shall. Thread-safe. */
final class Gate {

    private boolean waiting;
    private boolean open;

    /** Called by the thread that answers. */
    synchronized void pass() throws InterruptedException {
        waiting = true;
        notifyAll();
        while (!open) {
            wait();
        }
        open = false;
        waiting = false;
        notifyAll();
    }

    /** True where somebody waits at it. */
    synchronized boolean await(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!waiting || open) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** For one. */
    synchronized void open() {
        open = true;
        notifyAll();
    }
}
