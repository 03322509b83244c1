package org.jobtrail.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.support.HttpFailures.handshake;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jobtrail.http.Deadline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedeliveryTest {

    private static final Instant NOW = Instant.parse("2026-11-23T14:36:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "429, true",
        "500, true",
        "503, true",
        "400, false",
        "401, false",
        "403, false",
        "404, false",
        "302, false"
    })
    void aBusyServerIsWorthAnotherTryAndARefusalIsNot(int status, boolean worth) {
        assertThat(worthAnotherTry(http(status))).isEqualTo(worth);
    }

    @Test
    void aBrokenConnectionIsWorthAnotherTryAndACertificateIsNot() {
        assertThat(worthAnotherTry(new ConnectException("Connection refused"))).isTrue();
        assertThat(worthAnotherTry(new SocketTimeoutException("Read timed out")))
                .as("a wait that was long enough")
                .isFalse();
        assertThat(worthAnotherTry(handshake(new EOFException("SSL peer shut down incorrectly"))))
                .as("a server that is restarted")
                .isTrue();
        assertThat(worthAnotherTry(handshake(new CertificateException("no")))).isFalse();
        assertThat(worthAnotherTry(new SQLException("no"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 250", "1, 0.5, 500", "1, 1, 750", "2, 0, 750", "2, 0.5, 1500", "2, 1, 2250"})
    void theWaitGrowsAndIsNeverTheSameForAll(int failures, double random, long millis) {
        assertThat(new Redelivery(CLOCK, () -> random).wait(failures, Map.of(), NOW.plusSeconds(60)))
                .contains(Duration.ofMillis(millis));
    }

    @Test
    void theThirdFailureIsTheLast() {
        assertThat(wait(3, null, 60)).isEmpty();
        assertThat(wait(3, "1", 60)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10, 120, 10", "60, 120, 60", "90, 120, 60", "119, 120, 60"})
    void theServerIsLeftAloneAsItAsksForAMinuteAtMost(String asked, long left, long seconds) {
        assertThat(wait(1, asked, left)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"120, 120", "600, 120", "10, 10", "10, 5"})
    void aWaitThatDoesNotFitIntoTheDeadlineIsNotBegun(String asked, long left) {
        assertThat(wait(1, asked, left)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-5", "0", "soon", "1000000000"})
    void whatMakesNoSenseIsTheUsualWait(String asked) {
        assertThat(wait(1, asked, 60)).contains(Duration.ofMillis(500));
    }

    @Test
    void whatWouldComeTooLateIsNotSentAgain() {
        assertThat(wait(2, null, 1)).isEmpty();
        assertThat(wait(1, null, -1)).isEmpty();
    }

    @Test
    void aBrokenConnectionAndABusyServerAreWorthAnotherRequest() {
        assertThat(delay(new ConnectException(), "2026-11-23T14:37:00Z")).isEqualTo(500L);
        assertThat(delay(http(502), "2026-11-23T14:37:00Z")).isEqualTo(500L);
        assertThat(delay(http(429, "Retry-After", "7"), "2026-11-23T14:37:00Z")).isEqualTo(7_000L);
    }

    @Test
    void aRefusalIsNot() {
        assertThat(delay(http(401), "2026-11-23T14:37:00Z")).isNull();
        assertThat(delay(http(302, "Retry-After", "7"), "2026-11-23T14:37:00Z")).isNull();
    }

    @Test
    void whatIsNoRequestIsNotSentAgain() {
        assertThat(delay(new IOException("not JSON"), null)).isNull();
    }

    private static Optional<Duration> wait(int failures, String asked, long left) {
        Map<String, String> answer = asked == null ? Map.of() : Map.of("Retry-After", asked);
        return new Redelivery(CLOCK, () -> 0.5).wait(failures, answer, NOW.plusSeconds(left));
    }

    private static Object delay(Exception failure, String deadline) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getIn().setHeader(Deadline.HEADER, deadline == null ? null : Deadline.text(Instant.parse(deadline)));
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        var redelivery = new Redelivery(CLOCK, () -> 0.5);
        redelivery.process(exchange);
        Object delay = exchange.getIn().getHeader(Exchange.REDELIVERY_DELAY);
        assertThat(redelivery.allowed(exchange)).isEqualTo(delay != null);
        return delay;
    }

    private static HttpOperationFailedException http(int status, String... header) {
        return new HttpOperationFailedException(
                "https://vb365.example.com/v8/Jobs",
                status,
                "",
                null,
                header.length == 0 ? Map.of() : Map.of(header[0], header[1]),
                "");
    }

    private static boolean worthAnotherTry(Exception failure) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        return new Redelivery(CLOCK, () -> 0.5).worthAnotherTry(exchange);
    }
}
