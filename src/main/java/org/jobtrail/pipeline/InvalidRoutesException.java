package org.jobtrail.pipeline;

/** The route files cannot be worked with; the message says which and why. */
public final class InvalidRoutesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidRoutesException(String problem) {
        super("the folder routes is not in order: " + problem);
    }

    /** Camel names the file in one exception, the parser the line in one of its causes. */
    InvalidRoutesException(String problem, Exception cause) {
        super("the folder routes is not in order: %s: %s".formatted(problem, messages(cause)), cause);
    }

    private static String messages(Throwable exception) {
        var messages = new StringBuilder();
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
            // Who wraps an exception often repeats what it says.
            if (messages.indexOf(message) < 0) {
                messages.append(messages.isEmpty() ? "" : ": ").append(message);
            }
        }
        return messages.toString();
    }
}
