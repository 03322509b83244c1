package org.jobtrail.failure;

import java.net.ConnectException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.jobtrail.text.OneLine;

/** Why something failed, as a receipt, a log and a command say it. */
public final class Reason {

    private static final int LONGEST = 500;

    private Reason() {}

    /** One line that an operator can act on; never the body of an answer, which may be anything. */
    public static String of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause && !telling(cause)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null
                ? cause.getClass().getSimpleName()
                : cause.getMessage().lines().findFirst().orElse("");
        return OneLine.of(sentence(cause, message), LONGEST);
    }

    private static String sentence(Throwable cause, String message) {
        if (ours(cause)) {
            return message;
        }
        return HttpReason.of(cause, message)
                .or(() -> KafkaReason.of(cause, message))
                .or(() -> PostgresReason.of(cause, message))
                .orElseGet(() -> "%s: %s".formatted(cause.getClass().getSimpleName(), message));
    }

    /** What lies below says less, or only how. */
    private static boolean telling(Throwable cause) {
        return cause instanceof HttpOperationFailedException
                || (cause instanceof SQLException sql && !PostgresReason.isOfThePool(sql))
                || cause instanceof AuthenticationException
                || (cause instanceof SSLException && !ours(cause.getCause()))
                || cause instanceof ConnectException
                || ours(cause);
    }

    private static boolean ours(Throwable cause) {
        return cause != null && cause.getClass().getName().startsWith("org.jobtrail");
    }
}
