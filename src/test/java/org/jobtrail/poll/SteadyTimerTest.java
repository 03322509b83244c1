package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobtrail.support.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SteadyTimerTest {

    private final SteadyTimer timer = new SteadyTimer("test");

    @AfterEach
    void cancel() {
        timer.cancel();
    }

    @Test
    void aTaskIsRunAgainAndAgainAlsoAfterItFailed() throws InterruptedException {
        var three = new CountDownLatch(3);

        timer.schedule(
                task(() -> {
                    three.countDown();
                    throw new IllegalStateException();
                }),
                0,
                1);

        three.await();
    }

    @Test
    void aTaskThatTakesLongerThanManyPeriodsIsFollowedByOneNotByMany() throws InterruptedException {
        var begun = new ConcurrentLinkedQueue<Long>();
        var three = new CountDownLatch(3);
        var release = new CountDownLatch(1);
        timer.schedule(
                task(() -> {
                    begun.add(System.nanoTime());
                    Await.until(release);
                    three.countDown();
                }),
                0,
                200);
        Thread.sleep(1_000);
        release.countDown();
        three.await();

        begun.remove();
        long second = begun.remove();
        long third = begun.remove();
        assertThat(Duration.ofNanos(third - second)).isGreaterThan(Duration.ofMillis(100));
    }

    @Test
    void whatIsScheduledTakesThePlaceOfWhatWasBefore() throws InterruptedException {
        var ticks = new AtomicInteger();
        var first = new CountDownLatch(1);
        timer.schedule(
                task(() -> {
                    ticks.incrementAndGet();
                    first.countDown();
                }),
                0,
                1);
        first.await();

        var seen = new ConcurrentSkipListSet<Integer>();
        var many = new CountDownLatch(50);
        timer.schedule(
                task(() -> {
                    seen.add(ticks.get());
                    many.countDown();
                }),
                0,
                1);
        many.await();

        assertThat(seen).hasSize(1);
    }

    private static TimerTask task(Runnable work) {
        return new TimerTask() {
            @Override
            public void run() {
                work.run();
            }
        };
    }
}
