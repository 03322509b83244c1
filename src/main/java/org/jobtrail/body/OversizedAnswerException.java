package org.jobtrail.body;

import java.io.IOException;

/** An answer for which there is no room; asking again would not make it smaller. */
public final class OversizedAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    public OversizedAnswerException(long largest) {
        super("the answer is larger than %d MB: %s".formatted(largest / 1_000_000, LargestList.SENTENCE));
    }

    /** The disk was filled by somebody else meanwhile, or there is no such directory. */
    OversizedAnswerException(IOException cause) {
        super("a list cannot be kept in the directory for temporary files: " + cause.getMessage(), cause);
    }
}
