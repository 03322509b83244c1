package org.jobtrail.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class BeginningsTest {

    private final Beginnings beginnings = new Beginnings();

    @Test
    void whereNothingWasRemovedNothingIsExplained() {
        beginnings.add("east", 0, 5);

        assertThat(beginnings.isWhole()).isTrue();
        assertThat(beginnings.explains("east", 0, 4)).isFalse();
        assertThat(beginnings.explains("east", 4)).isFalse();
        assertThat(beginnings.explainedUpTo("east", 1)).isZero();
    }

    @Test
    void onlyWhatComesBeforeTheFirstThatIsLeftOfTheOrganizationInTheSamePartitionIsExplained() {
        beginnings.shortened(Set.of(0));
        beginnings.add("east", 0, 5);
        beginnings.add("east", 0, 9);
        beginnings.add("east", 1, 2);
        beginnings.add("west", 0, 1);

        assertThat(beginnings.explains("east", 0, 4)).isTrue();
        assertThat(beginnings.explains("east", 0, 7)).isFalse();
        assertThat(beginnings.explains("east", 1, 1))
                .as("nothing was removed there")
                .isFalse();
        assertThat(beginnings.explains("west", 0, 2)).isFalse();
        assertThat(beginnings.explains("east", 4)).isTrue();
        assertThat(beginnings.explains("east", 6)).isFalse();
    }

    @Test
    void whereNothingOfTheOrganizationIsLeftAllIsExplained() {
        beginnings.shortened(Set.of(0));
        beginnings.add("east", 0, 5);

        assertThat(beginnings.explains("west", 0, 1_000)).isTrue();
        beginnings.forget(0);
        assertThat(beginnings.explains("east", 0, 1_000)).isTrue();
    }

    @Test
    void whereEveryPartitionWasShortenedAllUpToTheFirstThatIsLeftIsExplained() {
        beginnings.shortened(Set.of(0, 1));
        beginnings.add("east", 0, 5);
        beginnings.add("east", 1, 8);

        assertThat(beginnings.explainedUpTo("east", 2)).isEqualTo(4);
        assertThat(beginnings.explainedUpTo("east", 3)).isZero();
    }

    @Test
    void aTopicThatBeginsWithItsFirstRecordsIsWholeFromTheFirstRowOn() {
        assertThat(twoPartitions(Set.of()).wholeAfter("east")).isZero();
        assertThat(twoPartitions(Set.of()).wholeAfter("nowhere")).isZero();
    }

    @Test
    void theOldestThatIsLeftInTheShortenedPartitionsIsWhereEachOrganizationBegins() {
        assertThat(twoPartitions(Set.of(0)).wholeAfter("east")).isEqualTo(2);
        assertThat(twoPartitions(Set.of(0, 1)).wholeAfter("east")).isEqualTo(7);
        assertThat(twoPartitions(Set.of(1)).wholeAfter("west")).isEqualTo(40);
    }

    @Test
    void whereNothingIsLeftInAShortenedPartitionNothingCanBeSaid() {
        assertThat(twoPartitions(Set.of(0, 1)).wholeAfter("west")).isEqualTo(Long.MAX_VALUE);
    }

    private static Beginnings twoPartitions(Set<Integer> shortened) {
        var beginnings = new Beginnings();
        beginnings.shortened(shortened);
        beginnings.add("east", 0, 2);
        beginnings.add("east", 1, 7);
        beginnings.add("east", 0, 9);
        beginnings.add("west", 1, 40);
        return beginnings;
    }
}
