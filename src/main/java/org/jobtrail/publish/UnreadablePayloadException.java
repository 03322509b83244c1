package org.jobtrail.publish;

/** A row's payload is not what was recorded: it would be in the way as often as it is read. */
final class UnreadablePayloadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadablePayloadException(String organizationId, Object seq, Throwable cause) {
        super("the payload of row %s of organization %s is no JSON".formatted(seq, organizationId), cause);
    }
}
