package org.jobtrail.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class BatchSizeTest {

    private static final Exception LATE = new ExecutionException(new TimeoutException("not acknowledged"));
    private static final Duration QUICK = Duration.ofSeconds(1);
    private static final Duration IN_TIME = Duration.ofSeconds(12);

    private final BatchSize size = new BatchSize(Duration.ofSeconds(20));

    @Test
    void aBatchThatWasLateIsTriedWithAQuarterOfItsRowsButNotWithFewerThanFifty() {
        size.failed(2_000, LATE);
        assertThat(size.rows()).isEqualTo(500);
        size.failed(500, LATE);
        size.failed(125, LATE);
        size.failed(50, LATE);
        assertThat(size.rows()).isEqualTo(50);
    }

    @Test
    void anyOtherFailureSaysNothingOfTheSize() {
        size.failed(2_000, new ProducerFencedException("another one publishes"));

        assertThat(size.rows()).isEqualTo(2_000);
    }

    @Test
    void whatIsTakenQuicklyDoublesAndWhatIsTakenInTimeGrowsSlowly() {
        size.failed(2_000, LATE);
        size.taken(499, QUICK);
        assertThat(size.rows()).as("the batch was not full").isEqualTo(500);

        for (int batch = 1; batch < 8; batch++) {
            size.taken(500, IN_TIME);
            assertThat(size.rows()).isEqualTo(500);
        }
        size.taken(500, IN_TIME);
        assertThat(size.rows()).isEqualTo(625);

        size.taken(625, QUICK);
        size.taken(1_250, QUICK);
        assertThat(size.rows()).isEqualTo(2_000);
    }

    @Test
    void theRowThatIsRefusedIsFoundByHalves() {
        size.halve(2_000);
        assertThat(size.rows()).isEqualTo(1_000);
        size.halve(3);
        size.failed(1, LATE);
        assertThat(size.rows()).isEqualTo(1);
    }
}
