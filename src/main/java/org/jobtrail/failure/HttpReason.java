package org.jobtrail.failure;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;

/** Why a source, or anybody, could not be reached, or a source did not answer as it should. */
final class HttpReason {

    private HttpReason() {}

    static Optional<String> of(Throwable cause, String message) {
        if (cause instanceof HttpOperationFailedException http) {
            return Optional.of("the server answered %d to %s%s"
                    .formatted(http.getStatusCode(), URI.create(http.getUri()).getPath(), more(http)));
        }
        if (cause instanceof UnknownHostException) {
            // The JVM adds what the system's resolver said, or not.
            return Optional.of("host %s is not known".formatted(message.split(":", -1)[0]));
        }
        if (cause instanceof ConnectException) {
            return Optional.of("no connection: %s".formatted(message));
        }
        if (cause instanceof SocketTimeoutException) {
            return Optional.of("no answer in time: %s".formatted(message));
        }
        if (cause instanceof SSLException) {
            return Optional.of(
                    aboutTrust(cause)
                            ? "the server's certificate is not trusted: set ca-certificate of the source (%s)"
                                    .formatted(message)
                            : "no TLS connection: %s".formatted(message));
        }
        return Optional.empty();
    }

    private static String more(HttpOperationFailedException http) {
        if (http.getStatusCode() / 100 == 3) {
            return ": redirects are not followed";
        }
        if (!RetryAfter.isBusy(http.getStatusCode())) {
            return "";
        }
        return RetryAfter.of(http.getResponseHeaders())
                .map(after -> " and asks " + after)
                .orElse("");
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
}
