package org.jobtrail.fetch;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.TreeSet;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jobtrail.text.OneLine;

/** Why something failed, as a receipt, a log and a command say it. */
public final class Reason {

    private static final int LONGEST = 500;

    /** What the driver says of a server that answers, and takes no writes. */
    private static final String NO_PRIMARY = "Could not find a server with specified targetServerType";

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
        String reason;
        if (cause instanceof HttpOperationFailedException http) {
            reason = answer(http);
        } else if (cause instanceof UnknownHostException) {
            // The JVM adds what the system's resolver said, or not.
            reason = "host %s is not known".formatted(message.split(":", -1)[0]);
        } else if (cause instanceof ConnectException) {
            reason = "no connection: %s".formatted(message);
        } else if (cause instanceof SocketTimeoutException) {
            reason = "no answer in time: %s".formatted(message);
        } else if (cause instanceof SslAuthenticationException) {
            reason = "no TLS connection to Kafka: kafka.client.ssl.* says what to trust (%s)"
                    .formatted(handshake(cause));
        } else if (cause instanceof SSLException && !aboutTrust(cause)) {
            reason = "no TLS connection: %s".formatted(message);
        } else if (cause instanceof SSLException) {
            reason =
                    "the server's certificate is not trusted: set ca-certificate of the source (%s)".formatted(message);
        } else if (cause instanceof TimeoutException && message.contains("node assignment")) {
            reason = "Kafka does not answer: look at kafka.bootstrap-servers and kafka.client.security.protocol (%s)"
                    .formatted(message);
        } else if (cause instanceof ConfigException && message.startsWith("No resolvable bootstrap urls")) {
            reason = "none of the hosts of kafka.bootstrap-servers is known";
        } else if (cause instanceof TopicAuthorizationException refused) {
            reason = "Kafka refuses this account a right on %s: %s"
                    .formatted(String.join(", ", new TreeSet<>(refused.unauthorizedTopics())), message);
        } else if (cause instanceof TransactionalIdAuthorizationException) {
            reason = "Kafka refuses this account the transactional id of kafka.transactional-id: %s".formatted(message);
        } else if (cause instanceof SQLException && message.startsWith(NO_PRIMARY)) {
            reason = "PostgreSQL is read-only: a standby, or default_transaction_read_only is on";
        } else if (cause instanceof SQLException
                && (cause.getCause() instanceof UnknownHostException
                        || cause.getCause() instanceof SocketTimeoutException)) {
            // The driver says no more than that the attempt failed.
            reason = "PostgreSQL: %s".formatted(of(cause.getCause()));
        } else if (cause instanceof SQLException sql) {
            reason = "PostgreSQL (%s): %s".formatted(sql.getSQLState(), message);
        } else if (ours(cause)) {
            reason = message;
        } else {
            reason = "%s: %s".formatted(cause.getClass().getSimpleName(), message);
        }
        return OneLine.of(reason, LONGEST);
    }

    private static String answer(HttpOperationFailedException http) {
        String more = "";
        if (http.getStatusCode() / 100 == 3) {
            more = ": redirects are not followed";
        } else if (Redelivery.busy(http)) {
            more = RetryAfter.of(http.getResponseHeaders())
                    .map(after -> " and asks " + after)
                    .orElse("");
        }
        return "the server answered %d to %s%s"
                .formatted(http.getStatusCode(), URI.create(http.getUri()).getPath(), more);
    }

    private static String handshake(Throwable failure) {
        return failure.getCause() == null
                ? failure.getMessage()
                : failure.getCause().getMessage();
    }

    /** A certificate from nobody we know; not one for another name, and not a server that speaks no TLS. */
    private static boolean aboutTrust(Throwable failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof GeneralSecurityException) {
                return true;
            }
        }
        return false;
    }

    private static boolean telling(Throwable cause) {
        return cause instanceof HttpOperationFailedException
                || (cause instanceof SQLException && !isOfThePool(cause))
                || cause instanceof SslAuthenticationException
                || (cause instanceof SSLException && !ours(cause.getCause()))
                || cause instanceof ConnectException
                || ours(cause);
    }

    /** A pool that has no connection says how many it has; why, says what it tried last. */
    private static boolean isOfThePool(Throwable cause) {
        return cause instanceof SQLTransientConnectionException && cause.getCause() instanceof SQLException;
    }

    private static boolean ours(Throwable cause) {
        return cause != null && cause.getClass().getName().startsWith("org.jobtrail");
    }
}
