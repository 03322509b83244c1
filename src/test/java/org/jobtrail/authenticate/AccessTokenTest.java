package org.jobtrail.authenticate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jobtrail.veeam.ApiVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokenTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @ParameterizedTest
    @ValueSource(strings = {"3600", "\"3600\"", "3600.0", "3600.9"})
    void aTokenIsRenewedATenthOfItsLifeBeforeItsEnd(String expiresIn) throws Exception {
        AccessToken token = token("{\"access_token\":\"t\",\"expires_in\":%s}".formatted(expiresIn));

        assertThat(token.usable(NOW.plusSeconds(3239))).isTrue();
        assertThat(token.usable(NOW.plusSeconds(3240))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "-3600",
                "86401",
                "31536000",
                "9223372036854775807",
                "18446744073709551626",
                "1e300",
                "-1e300",
                "\"0\"",
                "\"-5\"",
                "\"soon\"",
                "\"\"",
                "\"99999999999999999999\"",
                "null",
                "true",
                "{}",
                "[3600]"
            })
    void aLifeThatMakesNoSenseOrIsLongIsADay(String expiresIn) throws Exception {
        AccessToken token = token("{\"access_token\":\"t\",\"expires_in\":%s}".formatted(expiresIn));

        assertThat(token.usable(NOW.plus(Duration.ofDays(1)).minusSeconds(1))).isTrue();
        assertThat(token.usable(NOW.plus(Duration.ofDays(1)))).isFalse();
    }

    @Test
    void aTokenWithoutALifeIsUsedForADay() throws Exception {
        AccessToken token = token("{\"access_token\":\"AQAAANCMnd8BFdERjHoAwE\"}");

        assertThat(token.usable(NOW.plus(Duration.ofDays(1)).minusSeconds(1))).isTrue();
        assertThat(token.refreshToken()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"access_token\":null}", "{\"access_token\":\" \"}", "{\"access_token\":7}"})
    void anAnswerWithoutATokenIsNoLogin(String body) {
        assertThatThrownBy(() -> token(body)).isInstanceOf(LoginException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "\" \"", "7"})
    void aRefreshTokenThatIsNoTextIsNone(String refreshToken) throws Exception {
        assertThat(token("{\"access_token\":\"t\",\"refresh_token\":%s}".formatted(refreshToken))
                        .refreshToken())
                .isNull();
    }

    @Test
    void noTokenIsInItsTextForm() throws Exception {
        assertThat(token("{\"access_token\":\"pa55\",\"refresh_token\":\"pa55\"}")
                        .toString())
                .contains("v8")
                .doesNotContain("pa55");
    }

    private static AccessToken token(String body) throws Exception {
        return AccessToken.of(new ObjectMapper().readValue(body, Map.class), ApiVersion.V8, NOW);
    }
}
