package org.jobtrail.authenticate;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jobtrail.veeam.ApiVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginRequestTest {

    @Test
    void whatHasAMeaningInAFormIsEncoded() {
        assertThat(LoginRequest.password(ApiVersion.V6, new Credentials.Pair("BACKUP\\réader", "é&%=+ ;\"#"))
                        .form())
                .isEqualTo("grant_type=password&username=BACKUP%5Cr%C3%A9ader&password=%C3%A9%26%25%3D%2B+%3B%22%23");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a&password=b", "100%", "=", "\\", "日本", "🚀", "a+b c", "%41", "\t"})
    void anyPasswordArrivesAsItIs(String password) {
        String form = LoginRequest.password(ApiVersion.V8, new Credentials.Pair("reader", password))
                .form();

        String sent = form.split("&")[2].substring("password=".length());
        assertThat(URLDecoder.decode(sent, StandardCharsets.UTF_8)).isEqualTo(password);
        assertThat(form.split("&")).hasSize(4);
    }

    @Test
    void aRefreshTokenIsEncodedToo() {
        assertThat(LoginRequest.refresh(ApiVersion.V5, "a+/b==").form())
                .isEqualTo("grant_type=refresh_token&refresh_token=a%2B%2Fb%3D%3D");
    }

    @Test
    void onlyVersionsThatKnowTheFieldAreAskedToDoWithoutAnAntiforgeryToken() {
        assertThat(LoginRequest.password(ApiVersion.V6, new Credentials.Pair("u", "p"))
                        .form())
                .doesNotContain("antiforgery");
        assertThat(LoginRequest.password(ApiVersion.V7, new Credentials.Pair("u", "p"))
                        .form())
                .endsWith("&disable_antiforgery_token=true");
        assertThat(LoginRequest.refresh(ApiVersion.V8, "r").form()).endsWith("&disable_antiforgery_token=true");
    }

    @Test
    void noSecretIsInItsTextForm() {
        assertThat(LoginRequest.password(ApiVersion.V8, new Credentials.Pair("u", "pa55"))
                        .toString())
                .doesNotContain("pa55");
        assertThat(LoginRequest.refresh(ApiVersion.V8, "pa55").toString()).doesNotContain("pa55");
    }
}
