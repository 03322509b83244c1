package org.jobtrail.http;

import java.io.InterruptedIOException;
import java.time.Duration;

/** A list was not read, or a login not ended, in time; asking again would not help before the next poll. */
final class DeadlineException extends InterruptedIOException {

    private static final long serialVersionUID = 1L;

    DeadlineException() {
        super("the server had not answered all of it when the program was told to end");
    }

    DeadlineException(Duration longest) {
        super("the server had not answered all of it in time (poll.deadline is %d s)".formatted(longest.toSeconds()));
    }
}
