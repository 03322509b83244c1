package org.jobtrail.poll;

import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;

/**
 * The timer of one route, by the time that goes by. {@link Timer} itself waits until the computer's clock says so: one that is set back by
 * an hour would keep a source from being polled for an hour. Camel only calls {@link #schedule(TimerTask, long, long)} of it.
 */
public final class SteadyTimer extends Timer {

    private final ScheduledThreadPoolExecutor thread;
    private volatile TimerTask current;

    public SteadyTimer(String name) {
        super(name, true);
        // Ends the thread that comes with it.
        super.cancel();
        thread = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    var made = new Thread(task, name);
                    made.setDaemon(true);
                    return made;
                },
                new DiscardPolicy());
    }

    /**
     * In place of whatever was scheduled before. From start to start, as {@link Timer} does: a task that takes longer is followed at once by
     * one, however many would have come meanwhile.
     */
    @Override
    public void schedule(TimerTask task, long delay, long period) {
        current = task;
        thread.schedule(() -> run(task, period), delay, TimeUnit.MILLISECONDS);
    }

    private void run(TimerTask task, long period) {
        if (task != current) {
            return;
        }
        long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(period);
        try {
            task.run();
        } finally {
            thread.schedule(() -> run(task, period), next - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void cancel() {
        current = null;
        thread.shutdownNow();
    }
}
