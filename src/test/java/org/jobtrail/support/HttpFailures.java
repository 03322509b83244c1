package org.jobtrail.support;

import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.apache.camel.http.base.HttpOperationFailedException;

/** Requests that failed, as Camel tells of them. */
public final class HttpFailures {

    private HttpFailures() {}

    public static Exception handshake(Exception cause) {
        var failure = new SSLHandshakeException("handshake failed");
        failure.initCause(cause);
        return failure;
    }

    /** With a body that must not be repeated. */
    public static HttpOperationFailedException http(int status) {
        return new HttpOperationFailedException(
                "https://vb365.example.com:4443/v8/Jobs?organizationId=1",
                status,
                "Server\nError",
                null,
                Map.of(),
                "{\"password\":\"pa55\"}");
    }
}
