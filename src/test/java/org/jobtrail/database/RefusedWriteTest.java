package org.jobtrail.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What who tried to write has to remember, as nobody who looks sees it. */
class RefusedWriteTest {

    @ParameterizedTest
    @CsvSource({"53100, true", "58030, true", "25006, false", "42501, false", "08006, false", "57014, false"})
    void onlyADiskThatIsFullOrFailsIsSeenByNobodyWhoLooks(String state, boolean refused) {
        assertThat(RefusedWrite.is(new IllegalStateException(new SQLException("refused", state))))
                .isEqualTo(refused);
        assertThat(RefusedWrite.is(new IOException("no SQL at all"))).isFalse();
    }
}
