package org.jobtrail.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.jobtrail.observe.Backlog.Waiting;
import org.junit.jupiter.api.Test;

/** What is made of a look: nothing that is not known passes for good news. */
class DatabaseLookTest {

    private static final Waiting NOTHING = new Waiting(0, 0, 0);

    @Test
    void whereNothingIsHaltedThereIsNothingToTell() {
        assertThat(look(NOTHING, Map.of()).haltedOrNotKnown()).isEmpty();
    }

    @Test
    void whatIsHaltedIsToldWithItsReason() {
        assertThat(look(NOTHING, Map.of("east", "set back")).haltedOrNotKnown()).contains(Map.of("east", "set back"));
    }

    @Test
    void whatIsNotKnownIsToldToo() {
        DatabaseLook failed = DatabaseLook.failed("refused");

        assertThat(failed.haltedOrNotKnown()).contains("not known: the database does not answer");
        assertThat(failed.rows()).isNaN();
        assertThat(failed.databaseCheck().data()).containsEntry("reason", "refused");
        assertThat(failed.unpublishedCheck().up()).isFalse();
    }

    @Test
    void rowsThatWaitForTwoMinutesAreLate() {
        assertThat(look(new Waiting(3, 0, 119.9), Map.of()).unpublishedCheck().up())
                .isTrue();
        assertThat(look(new Waiting(3, 0, 120), Map.of()).unpublishedCheck().up())
                .isFalse();
    }

    private static DatabaseLook look(Waiting waiting, Map<String, String> halted) {
        return new DatabaseLook(Optional.empty(), Optional.of(waiting), Optional.of(halted), Optional.empty());
    }
}
