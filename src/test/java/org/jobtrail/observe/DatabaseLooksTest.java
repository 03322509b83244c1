package org.jobtrail.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jobtrail.support.Await;
import org.junit.jupiter.api.Test;

/** How often the database is looked at: once for all who ask at the same time. */
class DatabaseLooksTest {

    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicInteger taken = new AtomicInteger();
    private final DatabaseLooks looks = new DatabaseLooks(this::look, nanos::get);
    private Duration takes = Duration.ZERO;

    @Test
    void oneLookIsForAllWhoAskWithinASecond() {
        DatabaseLook first = looks.last();
        pass(Duration.ofMillis(999));

        assertThat(looks.last()).isSameAs(first);
    }

    @Test
    void afterASecondItIsLookedAtAnew() {
        looks.last();
        pass(Duration.ofSeconds(1));

        assertThat(looks.last().problem()).contains("look 2");
    }

    @Test
    void aLookThatWaitedForADeadDatabaseIsKeptFromItsEnd() {
        takes = Duration.ofSeconds(3);

        looks.last();
        looks.last();
        looks.last();

        assertThat(taken).hasValue(1);
    }

    @Test
    void whoeverComesWhileSomebodyLooksGetsTheSameAnswer() throws Exception {
        var looking = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var shared = new DatabaseLooks(
                () -> {
                    looking.countDown();
                    Await.until(goOn);
                    return look();
                },
                nanos::get);
        var threads = Executors.newFixedThreadPool(2);
        try {
            var first = threads.submit(shared::last);
            Await.until(looking);
            var second = threads.submit(shared::last);
            goOn.countDown();

            assertThat(second.get()).isSameAs(first.get());
        } finally {
            threads.shutdownNow();
        }
    }

    private DatabaseLook look() {
        pass(takes);
        return new DatabaseLook(
                Optional.of("look " + taken.incrementAndGet()), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
