package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobtrail.support.HttpFailures.handshake;
import static org.jobtrail.support.HttpFailures.http;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class FailuresTest {

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
    @CsvSource({"poll-hq, true", "take-shares@hq, true", "authenticate, false"})
    void whatFailsOnTheWayFromAPollEndsThereWhetherItsSharesAreTakenOrNot(String route, boolean ends) {
        Exchange exchange = exchange();
        exchange.getExchangeExtension().setFromRouteId(route);

        assertThat(new Failures().endsHere(exchange)).isEqualTo(ends);
    }

    @Test
    void aPollThatCouldNotBeginIsToldOfWithItsSource() {
        var logger = (Logger) LoggerFactory.getLogger("jobtrail.poll");
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        logger.addAppender(logged);
        Exchange exchange = exchange();
        exchange.getExchangeExtension().setFromRouteId("poll-hq");
        exchange.setVariable("source", CycleTest.source("hq"));
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new SQLException("the database is gone", "57P01"));

        new Failures().note(exchange);

        logger.detachAppender(logged);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("source hq: no attempt could be made: PostgreSQL (57P01): the database is gone");
    }

    private static boolean worthAnotherTry(Exception failure) {
        Exchange exchange = exchange();
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
        return new Failures().worthAnotherTry(exchange);
    }

    private static Exchange exchange() {
        return new DefaultExchange(new DefaultCamelContext());
    }
}
