package org.jobtrail.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileBodyTest {

    private static final int SIZE = 1_000_000;

    private final Random dice = new Random(1);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 1_000})
    void isReadOneAfterTheOtherAsItWasWritten(int gap) throws Exception {
        byte[] written = bytes();
        try (FileBody body = body(written)) {
            var read = new ArrayList<Body.Slice>();
            var places = new ArrayList<Integer>();
            for (int at = 0; at < SIZE; ) {
                int length = Math.min(SIZE - at, 1 + dice.nextInt(5_000));
                places.add(at);
                read.add(body.slice(at, length));
                at += length + gap;
            }

            // Also those that were read long ago: who holds on to a slice may read it later.
            assertSame(read, places, written);
        }
    }

    @Test
    void aDiskThatIsFullIsNoReasonToAskTheServerAgain() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        try (var body = new FileBody(FileChannel.open(full, StandardOpenOption.WRITE))) {
            assertThatThrownBy(() -> body.append(new byte[10], 10))
                    .isInstanceOf(OversizedAnswerException.class)
                    .hasMessage("a list cannot be kept in the directory for temporary files: No space left on device");
        }
    }

    @Test
    void isReadInAnyOrderAsItWasWritten() throws Exception {
        byte[] written = bytes();
        try (FileBody body = body(written)) {
            var read = new ArrayList<Body.Slice>();
            var places = new ArrayList<Integer>();
            for (int i = 0; i < 1_000; i++) {
                int length = dice.nextInt(5_000);
                places.add(dice.nextInt(SIZE - length));
                read.add(body.slice(places.get(i), length));
            }

            assertSame(read, places, written);
        }
    }

    @Test
    void whoLooksForAFewPartsHoldsLittleMore() throws Exception {
        try (FileBody body = body(bytes())) {
            for (int at = 0; at < SIZE - 4_000; at += 10_000) {
                assertThat(body.slice(at, 2_000).bytes()).hasSize(2_000);
                assertThat(body.slice(at + 2_001, 1_000).bytes()).hasSizeLessThanOrEqualTo(4_000);
            }
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        dice.nextBytes(bytes);
        return bytes;
    }

    private static FileBody body(byte[] bytes) throws Exception {
        FileBody body = FileBody.create();
        body.append(bytes, bytes.length);
        return body;
    }

    private static void assertSame(List<Body.Slice> read, List<Integer> places, byte[] written) {
        for (int i = 0; i < read.size(); i++) {
            Body.Slice slice = read.get(i);
            assertThat(slice.bytes()).hasSizeGreaterThanOrEqualTo(slice.from() + slice.length());
            int place = places.get(i);
            assertThat(Arrays.equals(
                            slice.bytes(),
                            slice.from(),
                            slice.from() + slice.length(),
                            written,
                            place,
                            place + slice.length()))
                    .isTrue();
        }
    }
}
