package org.jobtrail.authenticate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.support.TestSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTokensTest {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Metrics metrics = new Metrics();
    private final Source source = TestSource.named("east").apiVersion("v8").settings();
    private final AccessTokens tokens = new AccessTokens(
            new ObjectMapper(),
            Clock.systemUTC(),
            LONGEST,
            metrics,
            new PollHealth(Clock.systemUTC(), LONGEST, LONGEST));
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    @ParameterizedTest
    @CsvSource({"401, credentials_refused", "400, credentials_refused", "503, failed", "200, failed"})
    void aLoginThatBringsNoTokenIsCountedAsWhatItWas(int status, String result) {
        askForAToken();
        exchange.getMessage().setBody("{}");

        assertThatThrownBy(() -> answer(status)).isInstanceOf(LoginException.class);

        assertCounted(result);
    }

    @Test
    void aLoginThatBringsATokenIsCountedToo() {
        askForAToken();
        exchange.getMessage().setBody("{\"access_token\":\"token\"}");

        answer(200);

        assertCounted("logged_in");
    }

    private void askForAToken() {
        tokens.begin(source, null, exchange);
        tokens.request(source, exchange);
    }

    private void answer(int status) {
        tokens.accept(source, exchange.getVariable("login", LoginRequest.class), status, exchange);
    }

    private void assertCounted(String result) {
        assertThat(metrics.text())
                .contains("jobtrail_logins_total{result=\"%s\",source=\"east\"} 1.0".formatted(result));
    }
}
