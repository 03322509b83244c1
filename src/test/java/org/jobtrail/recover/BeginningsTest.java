package org.jobtrail.recover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BeginningsTest {

    private final Beginnings beginnings = new Beginnings();

    @BeforeEach
    void twoPartitionsOfOneOrganization() {
        beginnings.add("east", 0, 2);
        beginnings.add("east", 1, 7);
        beginnings.add("east", 0, 9);
        beginnings.add("west", 1, 40);
    }

    @Test
    void aTopicThatBeginsWithItsFirstRecordsIsWholeFromTheFirstRowOn() {
        assertThat(beginnings.wholeAfter("east", Set.of())).isZero();
        assertThat(beginnings.wholeAfter("nowhere", Set.of())).isZero();
    }

    @Test
    void theOldestThatIsLeftInTheShortenedPartitionsIsWhereEachOrganizationBegins() {
        assertThat(beginnings.wholeAfter("east", Set.of(0))).isEqualTo(2);
        assertThat(beginnings.wholeAfter("east", Set.of(0, 1))).isEqualTo(7);
        assertThat(beginnings.wholeAfter("west", Set.of(1))).isEqualTo(40);
    }

    @Test
    void whereNothingIsLeftInAShortenedPartitionNothingCanBeSaid() {
        assertThat(beginnings.wholeAfter("west", Set.of(0, 1))).isEqualTo(Long.MAX_VALUE);
    }
}
