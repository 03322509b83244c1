package org.jobtrail.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jobtrail.simulator.MovableClock;
import org.junit.jupiter.api.Test;

/** What could not be recorded of a source, and what shows that it can be again. */
class RecordingHealthTest {

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-23T06:00:00Z"));
    private final RecordingHealth recording = new RecordingHealth(clock);

    @Test
    void whyNoAttemptCouldBeMadeIsToldUntilOneIsBegun() {
        recording.notBegun("east", "no attempt could be made: the disk is full", true);

        assertThat(recording.problem("east")).contains("no attempt could be made: the disk is full");
        assertThat(recording.refusedByDatabase()).contains("source east: no attempt could be made: the disk is full");

        recording.begun("east");

        assertThat(recording.problem("east")).isEmpty();
        assertThat(recording.refusedByDatabase()).isEmpty();
    }

    @Test
    void anAttemptThatLeftNoReceiptIsNotForgottenBeforeOneDoes() {
        recording.notReceived("east", "an attempt leaves no receipt: the disk is full", true);
        recording.begun("east");

        assertThat(recording.problem("east")).isPresent();

        recording.received("east");

        assertThat(recording.problem("east")).isEmpty();
    }

    @Test
    void anyWriteThatSucceedsShowsThatTheDatabaseTakesWritesAgainWhateverSourceItIsOf() {
        recording.notReceived("east", "an attempt leaves no receipt: the disk is full", true);
        assertThat(recording.refusedByDatabase()).isPresent();
        recording.begun("east");
        assertThat(recording.refusedByDatabase()).isEmpty();

        recording.notBegun("east", "no attempt could be made: the disk is full", true);
        recording.begun("west");
        assertThat(recording.refusedByDatabase()).isEmpty();

        recording.notBegun("east", "no attempt could be made: the disk is full", true);
        recording.received("west");
        assertThat(recording.refusedByDatabase()).isEmpty();
        assertThat(recording.problem("east")).isPresent();
    }

    @Test
    void anAttemptThatAnotherInstanceBeganShowsThatOnlyIfItCameLater() {
        clock.advance(Duration.ofMinutes(10));
        recording.notReceived("east", "an attempt leaves no receipt: the disk is full", true);
        clock.advance(Duration.ofMinutes(1));

        recording.begunElsewhere("east", null);
        recording.begunElsewhere("east", Duration.ofMinutes(2));
        assertThat(recording.refusedByDatabase()).isPresent();

        recording.begunElsewhere("east", Duration.ofSeconds(20));
        assertThat(recording.refusedByDatabase()).isEmpty();
        assertThat(recording.problem("east")).isPresent();
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsNoneThatRefuses() {
        recording.notBegun("east", "no attempt could be made: no connection", false);

        assertThat(recording.problem("east")).contains("no attempt could be made: no connection");
        assertThat(recording.refusedByDatabase()).isEmpty();
    }

    @Test
    void onlyACycleOfOtherInstancesThatCameLaterShowsThatTheDatabaseTakesWritesAgain() {
        recording.notReceived("east", "an attempt leaves no receipt: the disk is full", true);
        clock.advance(Duration.ofMinutes(1));

        recording.told("east", Duration.ofMinutes(2), Duration.ofSeconds(2), "COMPLETE", null);
        assertThat(recording.refusedByDatabase()).isPresent();

        recording.told("east", Duration.ofSeconds(10), Duration.ofSeconds(2), "COMPLETE", null);
        assertThat(recording.refusedByDatabase()).isEmpty();
    }

    @Test
    void aCycleOfOtherInstancesThatEndedLaterShowsItTooWhereNoneIsEverComplete() {
        recording.told("east", null, Duration.ofSeconds(2), "PARTIAL", "no copy jobs");
        recording.notReceived("east", "an attempt leaves no receipt: the disk is full", true);
        clock.advance(Duration.ofMinutes(1));

        recording.told("east", null, Duration.ofMillis(2001), "PARTIAL", "no copy jobs");
        clock.advance(Duration.ofMinutes(1));
        recording.told("east", null, Duration.ofMillis(2001), "PARTIAL", "no copy jobs");
        assertThat(recording.refusedByDatabase())
                .as("it may have ended before that")
                .isPresent();

        recording.told("east", null, Duration.ofMillis(2002), "PARTIAL", "no copy jobs");
        assertThat(recording.refusedByDatabase()).isEmpty();
        assertThat(recording.problem("east")).isEmpty();
    }
}
