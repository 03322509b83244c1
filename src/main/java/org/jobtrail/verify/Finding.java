package org.jobtrail.verify;

import org.jobtrail.text.OneLine;

/** What is wrong, and where: one line, whatever stands in the ids that it names. */
record Finding(Kind kind, String text) {

    private static final int LONGEST = 1_000;

    Finding {
        text = OneLine.of(text, LONGEST);
    }

    /** In the order in which one of several decides the exit code. */
    enum Kind {
        CHAIN_BROKEN(20),
        GAP_OR_DUPLICATE(21),
        CHECKPOINT_CONTRADICTS(22),
        TOPIC_CONTRADICTS(23),
        STATE_CONTRADICTS(24),
        RECEIPTS_BROKEN(26),
        PROTECTION_WEAKENED(25),
        /** No contradiction, but nothing is proven either. */
        UNREADABLE(30);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }
}
