package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.poll.ListOutcome.Status;
import org.jobtrail.support.TestSource;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import org.junit.jupiter.api.Test;

/** What metrics count when a receipt is written. */
class ReceiptsTest {

    private static final List<Organization> TWO = List.of(new Organization("1", null), new Organization("2", null));
    private static final String STARTED = "2026-11-23T10:00:00.000000Z";

    private final Metrics metrics = new Metrics();

    @Test
    void theShareOfTheCopyJobsCountsNoOrganizationOnceMore() {
        written(
                new Attempt(TestSource.named("east").settings(), 17, STARTED, 0, new Share(1, 1, 1), TWO),
                JobType.BACKUP);
        written(
                new Attempt(TestSource.named("east").settings(), 17, STARTED, 0, new Share(2, 1, 1), TWO),
                JobType.COPY);

        assertThat(polled()).containsExactly("2.0");
    }

    @Test
    void whoPollsASourceAsAWholeCountsEachOrganizationOnce() {
        var attempt = new Attempt(TestSource.named("east").settings(), 17, STARTED, 0);
        attempt.listed(TWO, ApiVersion.V8);
        written(attempt, JobType.BACKUP, JobType.COPY);

        assertThat(polled()).containsExactly("2.0");
    }

    private void written(Attempt attempt, JobType... lists) {
        for (JobType list : lists) {
            TWO.forEach(organization ->
                    attempt.ended(new ListOutcome(organization.id(), list, Status.COMPLETE, null, 1, 0, "digest")));
        }
        var health = new PollHealth(Clock.systemUTC(), Duration.ofMinutes(1), Duration.ofMinutes(2));
        new Receipts(Duration.ofMinutes(1), "1.2.3", metrics, health).written(attempt, List.of(Map.of("seq", 1L)));
    }

    private List<String> polled() {
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith("jobtrail_organizations_polled_total"))
                .map(line -> line.substring(line.indexOf("} ") + 2))
                .toList();
    }
}
