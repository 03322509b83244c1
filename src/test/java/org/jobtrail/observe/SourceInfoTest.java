package org.jobtrail.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jobtrail.veeam.ServiceInstance;
import org.junit.jupiter.api.Test;

/** What metrics and health tell of the server of a source. */
class SourceInfoTest {
    private static final ServiceInstance INSTANCE = new ServiceInstance("1f2e3d4c", "8.1.0.3503");

    private final Metrics metrics = new Metrics();
    private final PollHealth health = new PollHealth(Clock.systemUTC(), Duration.ofMinutes(1), Duration.ofMinutes(2));

    @Test
    void eachSourceHasOneLineAndItIsThatOfNow() {
        metrics.source("east", "v7", ServiceInstance.UNKNOWN);
        metrics.source("west", "v8", INSTANCE);
        metrics.source("east", "v8", INSTANCE);
        metrics.source("east", "v8", INSTANCE);

        List<String> lines = metrics.text()
                .lines()
                .filter(line -> line.startsWith("jobtrail_source_info"))
                .toList();
        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "jobtrail_source_info{api_version=\"v8\",installation_id=\"1f2e3d4c\",product_version=\"8.1.0.3503\",source=\"east\"} 1",
                        "jobtrail_source_info{api_version=\"v8\",installation_id=\"1f2e3d4c\",product_version=\"8.1.0.3503\",source=\"west\"} 1");
    }

    @Test
    void healthTellsWhoAnswers() {
        health.speaks("east", "v8", INSTANCE);

        assertThat(health.check("east").data())
                .containsEntry("apiVersion", "v8")
                .containsEntry("productVersion", "8.1.0.3503")
                .containsEntry("installationId", "1f2e3d4c");
        assertThat(health.check("west").data()).doesNotContainKeys("apiVersion", "productVersion", "installationId");
    }

    @Test
    void refusedCredentialsAreDownAtOnceAndUpAgainWithTheNextLogin() {
        health.polled("east", Duration.ofSeconds(1), "COMPLETE", null);
        assertThat(health.check("east").up()).isTrue();

        health.credentialsRefused("east", "credentials refused (status 400)");
        assertThat(health.check("east").up()).isFalse();
        assertThat(health.check("east").data()).containsEntry("reason", "credentials refused (status 400)");
        health.credentialsAccepted("east");

        assertThat(health.check("east").up()).isTrue();
        assertThat(health.check("east").data()).doesNotContainKey("reason");
    }
}
