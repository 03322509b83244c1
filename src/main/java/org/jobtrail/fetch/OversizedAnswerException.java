package org.jobtrail.fetch;

import java.io.IOException;

/** An answer for which there is no room; asking again would not make it smaller. */
public final class OversizedAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    OversizedAnswerException(long largest) {
        super("the answer is larger than %d MB: %s".formatted(largest / 1_000_000, Room.SENTENCE));
    }
}
