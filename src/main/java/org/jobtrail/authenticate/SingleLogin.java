package org.jobtrail.authenticate;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets one login at a source go on at a time, where polls of it overlap: versions are tried one after the other, and a refresh token is
 * good once. Whoever has waited mostly finds a token. Thread-safe.
 */
final class SingleLogin {

    private final Semaphore permit = new Semaphore(1, true);

    /** A login that is under way. */
    final class UnderWay {

        private final AtomicBoolean over = new AtomicBoolean();

        /** The next one may begin; more than once does no harm. */
        void end() {
            if (over.compareAndSet(false, true)) {
                permit.release();
            }
        }
    }

    /** Waits until no other is under way. */
    UnderWay begin(Duration longest) {
        try {
            if (permit.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                return new UnderWay();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoginException("the program was told to end");
        }
        throw new LoginException("another login at the source has not ended in %d s".formatted(longest.toSeconds()));
    }
}
