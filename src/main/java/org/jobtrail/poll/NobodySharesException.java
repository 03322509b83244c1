package org.jobtrail.poll;

/** No other instance would get a share of this poll. */
final class NobodySharesException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NobodySharesException(String why) {
        super(why);
    }
}
