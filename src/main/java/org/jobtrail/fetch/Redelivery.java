package org.jobtrail.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import javax.net.ssl.SSLException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jobtrail.body.OversizedAnswerException;
import org.jobtrail.failure.RetryAfter;
import org.jobtrail.http.Deadline;

/**
 * Whether and when a request that failed is sent again: three times at most, ever later, as the server asks, and never when its
 * list's deadline would pass before.
 */
public final class Redelivery implements Processor {

    private static final int REQUESTS = 3;
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final String FAILURES = "failures";

    private final Clock clock;
    private final DoubleSupplier random;

    /** @param random from 0 to 1: those who failed together do not come back together */
    public Redelivery(Clock clock, DoubleSupplier random) {
        this.clock = clock;
        this.random = random;
    }

    /** True for what may be gone in a moment: a broken connection, a busy server; not for a certificate, a refusal or a wait that has been long enough. */
    public boolean worthAnotherTry(Exchange exchange) {
        Exception failure = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        if (failure instanceof HttpOperationFailedException http) {
            return RetryAfter.isBusy(http.getStatusCode());
        }
        return failure instanceof IOException
                && (!(failure instanceof SSLException) || isBrokenConnection(failure.getCause()))
                && !(failure instanceof OversizedAnswerException)
                && !(failure instanceof InterruptedIOException);
    }

    /** What a server that is restarted does in the middle of a handshake. */
    private static boolean isBrokenConnection(Throwable cause) {
        return cause instanceof EOFException || cause instanceof SocketException;
    }

    /** Runs after each failure, and leaves the wait where Camel looks for it; none where there is no use in another request. */
    @Override
    public void process(Exchange exchange) {
        Message request = exchange.getIn();
        request.removeHeader(Exchange.REDELIVERY_DELAY);
        String deadline = request.getHeader(Deadline.HEADER, String.class);
        // Without one, no request: what was read does not become another by reading it again.
        if (deadline == null || !worthAnotherTry(exchange)) {
            return;
        }
        Map<String, String> answer =
                exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT) instanceof HttpOperationFailedException http
                        ? http.getResponseHeaders()
                        : Map.of();
        int failures = exchange.getVariable(FAILURES, 0, Integer.class) + 1;
        exchange.setVariable(FAILURES, failures);
        wait(failures, answer, Deadline.moment(deadline))
                .ifPresent(wait -> request.setHeader(Exchange.REDELIVERY_DELAY, wait.toMillis()));
    }

    /**
     * A request has failed of nothing yet, also where it is the one before with a new token. Camel's own count goes on then; that a token
     * was no longer good says nothing of how busy the server is.
     */
    static void begin(Exchange exchange) {
        exchange.removeVariable(FAILURES);
    }

    public boolean allowed(Exchange exchange) {
        return exchange.getIn().getHeader(Exchange.REDELIVERY_DELAY) != null;
    }

    /** @param failures how often this request has failed */
    Optional<Duration> wait(int failures, Map<String, String> answer, Instant deadline) {
        Instant now = clock.instant();
        Duration left = Duration.between(now, deadline);
        if (failures >= REQUESTS) {
            return Optional.empty();
        }
        Duration asked = RetryAfter.of(answer).flatMap(after -> after.from(now)).orElse(null);
        if (asked != null && asked.compareTo(left) >= 0) {
            return Optional.empty();
        }
        Duration wait = asked == null ? backOff(failures) : asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
        return wait.compareTo(left) < 0 ? Optional.of(wait) : Optional.empty();
    }

    /** Half a second, a second and a half, each shorter or longer by up to a half. */
    private Duration backOff(int failures) {
        double factor = Math.pow(3, failures - 1) * (0.5 + random.getAsDouble());
        return Duration.ofMillis(Math.round(FIRST.toMillis() * factor));
    }
}
