package org.jobtrail.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedJsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"after\":{}}",
                "{\"before\":null,\"after\":{\"name\":\"}, \\\"after\\\":{}\"}}",
                "{\"before\":{\"after\":{\"name\":\"not this one\"}},\"after\":{\"after\":{}}}",
                "{\"before\":{\"name\":\"é\"},\"after\":null}",
                "{\"before\":{}}",
                "{\"before\":{\"name\":\"é\",\"after\":1},\"after\":{\"name\":\"this one\"}}",
                "{\"before\":null,\"after\":{\"name\":\"x\",\"after\":{}}}",
                "{\"kind\":\"erased\"}"
            })
    void theLastMemberIsWhatTheMemberOfThatNameIs(String object) throws IOException {
        byte[] utf8 = object.getBytes(StandardCharsets.UTF_8);

        assertThat(RecordedJson.lastMember("after", utf8).map(String::new))
                .isEqualTo(RecordedJson.member("after", utf8).map(String::new));
    }

    @Test
    void whatIsCutOffBehindTheNameOfTheLastMemberIsNoJson() {
        byte[] cut = "{\"before\":null,\"after\":".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> RecordedJson.lastMember("after", cut)).isInstanceOf(IOException.class);
    }
}
