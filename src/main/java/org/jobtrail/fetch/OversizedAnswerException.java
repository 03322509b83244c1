package org.jobtrail.fetch;

import java.io.IOException;

/** An answer that would not fit into memory beside others; asking again would not make it smaller. */
public final class OversizedAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    OversizedAnswerException(long largest) {
        super("the answer is larger than %d MB, which is an eighth of the memory that Java may use (-Xmx)"
                .formatted(largest / 1_000_000));
    }
}
