package org.jobtrail.authenticate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jobtrail.fetch.PagedList;

/**
 * Where tokens die after a few calls, lists that are read at once use each other's up, and none comes to its end. A list that
 * had to start over again and again is then read alone. All methods are called under the lock.
 */
final class LoneList {

    private final Clock clock;
    private final Condition over;
    private PagedList alone;

    LoneList(Lock lock, Clock clock) {
        this.clock = clock;
        this.over = lock.newCondition();
    }

    /** Waits until no other list is being read alone; not longer than either of the two may take. */
    void await(PagedList list) {
        while (alone != null && alone != list) {
            Instant end = alone.deadline().isBefore(list.deadline()) ? alone.deadline() : list.deadline();
            long left = Duration.between(clock.instant(), end).toNanos();
            if (left <= 0) {
                return;
            }
            try {
                over.await(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LoginException("the program was told to end");
            }
        }
    }

    void take(PagedList list) {
        await(list);
        alone = list;
    }

    void end(PagedList list) {
        if (alone == list) {
            alone = null;
            over.signalAll();
        }
    }
}
