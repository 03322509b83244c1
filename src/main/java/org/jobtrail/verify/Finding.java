package org.jobtrail.verify;

/** What is wrong, and where. */
record Finding(Kind kind, String text) {

    /** In the order in which one of several decides the exit code. */
    enum Kind {
        CHAIN_BROKEN(20),
        GAP_OR_DUPLICATE(21),
        TOPIC_CONTRADICTS(23),
        STATE_CONTRADICTS(24);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }
}
