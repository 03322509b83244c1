package org.jobtrail.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import org.jobtrail.simulator.fault.Faults;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.world.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.1234567Z");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/Organizations",
                "/v5/Jobs",
                "/v7/CopyJobs",
                "/v8/Organizations",
                "/v8/Jobs",
                "/v8/ServiceInstance"
            })
    void theSameSeedAndInstantAreTheSameBytesAndAnotherSeedIsNot(String path) throws IOException {
        assertThat(body(1, path)).isEqualTo(body(1, path)).isNotEqualTo(body(2, path));
    }

    @Test
    void theJobsOfAnOrganizationAreTheSameBytesForTheSameSeedAndInstant() throws IOException {
        String path = "/v1/Organizations/"
                + new World(1, 3, 12, 1, true).organizations().get(0).id() + "/Jobs";

        assertThat(body(1, path)).isEqualTo(body(1, path)).contains("schedulePolicy");
    }

    @Test
    void tokensAreNotPartOfTheWorldAndNeverTheSame() throws IOException {
        assertThat(token(api(1))).isNotEqualTo(token(api(1)));
    }

    private static String body(long seed, String path) throws IOException {
        Api api = api(seed);
        Answer answer = api.answer(Request.of("GET", "localhost:1", path, null, "", "Bearer " + token(api)));
        assertThat(answer.status()).isEqualTo(200);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String token(Api api) throws IOException {
        String form = "grant_type=password&username=u&password=p";
        Answer answer = api.answer(Request.of("POST", "localhost:1", "/v1/token", null, form, null));
        return new ObjectMapper().readTree(answer.body()).path("access_token").textValue();
    }

    private static Api api(long seed) {
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        Faults none = new Faults(List.of());
        Tokens tokens = new Tokens("u", "p", Duration.ofHours(1), clock, none);
        return new Api(new World(seed, 3, 12, 1, true), EnumSet.allOf(ApiVersion.class), tokens, clock, none);
    }
}
