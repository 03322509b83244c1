package org.jobtrail.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jobtrail.simulator.MovableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a source is down: three periods and a deadline after it was last read completely, whatever was tried since. */
class PollHealthTest {

    private static final String HUNG = "the server does not answer";

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-23T06:00:00Z"));
    private final PollHealth health = new PollHealth(clock, Duration.ofMinutes(1), Duration.ofMinutes(2));

    @BeforeEach
    void readCompletely() {
        health.polled("east", Duration.ofSeconds(2), "COMPLETE", null);
    }

    @Test
    void aSourceIsDownWhenThreePeriodsAndADeadlineHavePassed() {
        clock.advance(Duration.ofMinutes(5));
        assertThat(health.check("east").up()).isTrue();

        clock.advance(Duration.ofSeconds(1));

        assertThat(health.check("east").up()).isFalse();
    }

    @Test
    void anAttemptThatHungDoesNotBringASourceUpAgain() {
        clock.advance(Duration.ofMinutes(50));

        health.polled("east", Duration.ofMinutes(50), "FAILED", HUNG);

        assertDown();
    }

    @Test
    void anAttemptThatReadAPartDoesNotEither() {
        clock.advance(Duration.ofMinutes(50));

        health.polled("east", Duration.ofMinutes(50), "PARTIAL", HUNG);

        assertDown();
    }

    @Test
    void neitherDoesOneThatInstancesShared() {
        health.told("east", Duration.ZERO, Duration.ofSeconds(2), "COMPLETE", null);
        clock.advance(Duration.ofMinutes(50));

        health.told("east", Duration.ofMinutes(50), Duration.ofMinutes(50), "FAILED", HUNG);

        assertDown();
    }

    @Test
    void aSourceThatDiedIsDownThoughTheDatabaseSaysThatItIsStillToBeRead() {
        health.told("east", Duration.ofHours(-24), Duration.ofSeconds(2), "COMPLETE", null);
        for (int minute = 1; minute <= 50; minute++) {
            clock.advance(Duration.ofMinutes(1));
            health.told("east", Duration.ofHours(-24).plusMinutes(minute), Duration.ofSeconds(1), "FAILED", HUNG);
        }

        assertDown();
    }

    @Test
    void aSourceThatWasNeverReadIsDownHoweverLongAttemptsTake() {
        clock.advance(Duration.ofMinutes(50));

        health.polled("west", Duration.ofMinutes(50), "FAILED", HUNG);
        health.told("north", null, Duration.ofMinutes(50), "FAILED", HUNG);

        assertThat(health.check("west").up()).isFalse();
        assertThat(health.check("north").up()).isFalse();
    }

    @Test
    void aSourceThatWasNeverReadIsUnreadSinceTheProgramWasStarted() {
        health.polled("west", Duration.ofSeconds(2), "PARTIAL", HUNG);
        clock.advance(Duration.ofMinutes(7));
        assertThat(health.unread("west")).isEqualTo(Duration.ofMinutes(7));

        health.polled("west", Duration.ofSeconds(2), "COMPLETE", null);
        clock.advance(Duration.ofMinutes(1));
        assertThat(health.unread("west")).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aCompletePollThatTakesLongerThanAPeriodCountsByItsOwnLength() {
        health.polled("east", Duration.ofMinutes(10), "COMPLETE", null);
        health.told("west", Duration.ZERO, Duration.ofMinutes(10), "COMPLETE", null);
        clock.advance(Duration.ofMinutes(12));

        health.polled("east", Duration.ofMinutes(2), "FAILED", HUNG);
        health.told("west", Duration.ofMinutes(12), Duration.ofMinutes(2), "FAILED", HUNG);

        assertThat(health.check("east").up()).isTrue();
        assertThat(health.check("east").data()).containsEntry("staleAfterSeconds", 1920L);
        assertThat(health.check("west").up()).isTrue();
        assertThat(health.check("west").data()).containsEntry("staleAfterSeconds", 1920L);
    }

    @Test
    void whatCouldNotBeRecordedIsTheReasonOfTheSourceUntilItCan() {
        health.recording().notBegun("east", "no attempt could be made: the disk is full", true);

        assertThat(health.check("east").data())
                .containsEntry("lastOutcome", "not recorded")
                .containsEntry("reason", "no attempt could be made: the disk is full");

        health.recording().begun("east");

        assertThat(health.check("east").data())
                .containsEntry("lastOutcome", "COMPLETE")
                .doesNotContainKey("reason");
    }

    @Test
    void whatOtherInstancesRecordedEndsIt() {
        health.recording().notReceived("east", "an attempt leaves no receipt: the disk is full", true);
        clock.advance(Duration.ofMinutes(1));

        health.told("east", Duration.ofSeconds(10), Duration.ofSeconds(2), "COMPLETE", null);

        assertThat(health.check("east").data()).containsEntry("lastOutcome", "COMPLETE");
    }

    private void assertDown() {
        assertThat(health.check("east").up()).isFalse();
        assertThat(health.check("east").data())
                .containsEntry("staleAfterSeconds", 300L)
                .containsEntry("reason", HUNG);
    }
}
