package org.jobtrail.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final Absence ABSENCE = new Absence(3, Duration.ofHours(24));

    private final List<Organization> organizations = IntStream.range(0, 100)
            .mapToObj(i -> new Organization("o" + i, null))
            .toList();
    private long now;
    private final Batch batch = new Batch(organizations, () -> now);

    @Test
    void whatWasFoundWaitsForMore() {
        assertThat(batch.keep(recording(1))).isTrue();

        assertThat(due()).isEmpty();
        assertThat(batch.take()).hasSize(1);
        assertThat(batch.take()).isEmpty();
    }

    @Test
    void itDoesNotWaitForLong() {
        batch.keep(recording(1));
        after(Duration.ofMillis(150));
        batch.keep(recording(1));
        assertThat(due()).isEmpty();

        after(Duration.ofMillis(50));

        assertThat(due()).hasSize(2);
        assertThat(due()).isEmpty();
    }

    @Test
    void whereNoOrganizationIsToBeginNothingWaits() {
        organizations.forEach(batch::begin);

        assertThat(due()).isEmpty();
        batch.keep(recording(1));
        assertThat(due()).hasSize(1);
    }

    @Test
    void enoughForAStatementDoesNotWait() {
        IntStream.range(0, 50).forEach(i -> batch.keep(recording(1)));
        assertThat(due()).as("polls").hasSize(50);

        batch.keep(recording(300));
        assertThat(due()).isEmpty();
        batch.keep(recording(200));
        assertThat(due()).as("changes").hasSize(2);

        batch.keep(recording("x".repeat(3_000_000)));
        assertThat(due()).isEmpty();
        batch.keep(recording("x".repeat(1_000_000)));
        assertThat(due()).as("bytes").hasSize(2);
    }

    @Test
    void whatIsEnoughByItselfIsNotKept() {
        assertThat(batch.keep(recording(499))).isTrue();

        assertThat(batch.keep(recording(500))).as("changes").isFalse();
        assertThat(batch.keep(recording("x".repeat(4_000_000)))).as("bytes").isFalse();
    }

    @Test
    void whoWasNotClaimedWithTheOthersHasNoClaim() {
        Claim claim = Lists.firstClaim();
        assertThat(batch.begin(organizations.get(0))).isNull();

        batch.claimed(Map.of("o1", claim));

        assertThat(batch.begin(organizations.get(1))).isSameAs(claim);
        assertThat(batch.begin(organizations.get(2))).isNull();
    }

    private List<Recording> due() {
        return batch.isDue() ? batch.take() : List.of();
    }

    private void after(Duration time) {
        now += time.toNanos();
    }

    /** Of a list of so many new jobs. */
    private static Recording recording(int jobs) {
        return new Recording("east", new Lists().listedJobs(0, jobs), Lists.firstClaim(), ABSENCE);
    }

    /** Of a list of one new job with a long name. */
    private static Recording recording(String name) {
        return new Recording(
                "east",
                new Lists().listed("{\"id\":\"a\",\"name\":\"%s\"}".formatted(name)),
                Lists.firstClaim(),
                ABSENCE);
    }
}
