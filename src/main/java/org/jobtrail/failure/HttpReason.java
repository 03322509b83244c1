package org.jobtrail.failure;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;

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
        if (cause instanceof NoHttpResponseException) {
            return Optional.of("the server closed the connection without an answer: %s".formatted(message));
        }
        if (cause instanceof SocketException) {
            return Optional.of("the connection broke: %s".formatted(message));
        }
        return answer(cause).map(what -> "%s: %s".formatted(what, message));
    }

    /** What is wrong with an answer that had begun. */
    private static Optional<String> answer(Throwable cause) {
        if (cause instanceof ConnectionClosedException
                || cause instanceof TruncatedChunkException
                || cause instanceof EOFException) {
            return Optional.of("the answer broke off");
        }
        if (cause instanceof ZipException || cause instanceof MalformedChunkCodingException) {
            return Optional.of("the answer is damaged");
        }
        return cause instanceof HttpException ? Optional.of("the answer cannot be read") : Optional.empty();
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
