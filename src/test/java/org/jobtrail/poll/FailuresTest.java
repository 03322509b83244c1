package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.support.Logged;
import org.jobtrail.support.TestSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {

    private final PollHealth health = new PollHealth(Clock.systemUTC(), Duration.ofMinutes(1), Duration.ofMinutes(2));
    private final Failures failures = new Failures(health.recording());

    @ParameterizedTest
    @CsvSource({"poll-hq, true", "take-shares@hq, true", "authenticate, false"})
    void whatFailsOnTheWayFromAPollEndsThereWhetherItsSharesAreTakenOrNot(String route, boolean ends) {
        Exchange exchange = exchange();
        exchange.getExchangeExtension().setFromRouteId(route);

        assertThat(failures.endsHere(exchange)).isEqualTo(ends);
    }

    @Test
    void aPollThatCouldNotBeginIsToldOfWithItsSource() {
        Exchange exchange = exchange();
        exchange.getExchangeExtension().setFromRouteId("poll-hq");
        exchange.setVariable("source", TestSource.named("hq").settings());
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new SQLException("the database is gone", "57P01"));

        try (var logged = new Logged("jobtrail.poll")) {
            failures.note(exchange);

            assertThat(logged.messages())
                    .containsExactly("source hq: no attempt could be made: PostgreSQL (57P01): the database is gone");
        }
    }

    private static Exchange exchange() {
        return new DefaultExchange(new DefaultCamelContext());
    }
}
