package org.jobtrail.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class RefusedContentTest {

    @Test
    void aRecordThatIsTooLargeIsRefusedForEver() {
        assertThat(RefusedContent.of(new ExecutionException(new RecordTooLargeException("1 MB"))))
                .contains("RecordTooLargeException: 1 MB");
    }

    @Test
    void whatAClockOrTheNetworkIsToBlameForIsNot() {
        assertThat(RefusedContent.of(new ExecutionException(new InvalidTimestampException("a day ahead"))))
                .isEmpty();
        assertThat(RefusedContent.of(new TimeoutException())).isEmpty();
    }
}
