package org.jobtrail.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PublishedTest {

    private final Published published = new Published(11);

    @Test
    void rowsThatWereNotFoundAreMissingUnlessTheyAreExcused() {
        published.add(0, 11);
        published.add(1, 13);

        assertThat(published.missing(11, 15, seq -> false)).isEqualTo(3);
        assertThat(published.missing(11, 15, seq -> seq == 14)).isEqualTo(2);
        assertThat(published.missing(13, 13, seq -> false)).isZero();
        assertThat(published.missing(1, 10, seq -> false)).as("sealed").isZero();
        assertThat(published.last()).isEqualTo(13);
    }

    @Test
    void aRowThatComesTwiceOrBehindALaterOneOfItsPartitionIsOutOfOrder() {
        assertThat(published.add(0, 12)).isTrue();
        assertThat(published.add(1, 11)).isTrue();
        assertThat(published.add(0, 12)).isFalse();
        assertThat(published.add(1, 14)).isTrue();
        assertThat(published.add(1, 13)).isFalse();
    }

    @Test
    void aNumberBeyondAllThatCanBeCountedIsSaidToBeOne() {
        assertThatThrownBy(() -> published.add(0, 1_000_000_000_000L))
                .isInstanceOf(UnverifiableException.class)
                .hasMessageStartingWith("row 1000000000000 comes 999999999989 numbers after the first");
    }
}
