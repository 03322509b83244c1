package org.jobtrail.record;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Variable;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobType;
import org.jobtrail.fetch.OneLine;
import org.jobtrail.fetch.Organization;
import org.jobtrail.poll.Attempt;
import org.jobtrail.poll.LostAnswer;
import org.jobtrail.poll.StatementParameters;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Json;
import org.jobtrail.transform.Listing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes ask before and after the statements that claim an organization and record its poll. Stateless. */
public final class HistoryRecorder {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.record");

    private final Absence absence;
    private final Duration patience;

    /** @param patience for how long a suspicion lives that no poll has seen */
    public HistoryRecorder(Absence absence, Duration patience) {
        this.absence = absence;
        this.patience = patience;
    }

    public void claim(
            @Variable("attempt") Attempt attempt,
            @Variable("organization") Organization organization,
            Exchange exchange) {
        var parameters = new HashMap<String, Object>();
        parameters.put("source", attempt.source().name());
        parameters.put("organization_id", organization.id());
        parameters.put("organization_name", organization.name() == null ? null : Json.storable(organization.name()));
        parameters.put("job_type", JobType.BACKUP.toString());
        parameters.put("patience", Claim.patience(patience));
        StatementParameters.set(exchange, parameters);
    }

    public Claim claimed(@Body List<Map<String, Object>> rows) {
        return Claim.of(rows.get(0));
    }

    public void known(
            @Variable("organization") Organization organization, @Variable("jobs") JobList jobs, Exchange exchange) {
        StatementParameters.set(
                exchange,
                Map.of(
                        "organization_id",
                        organization.id(),
                        "job_type",
                        jobs.type().toString()));
    }

    public Recording judge(
            @Variable("attempt") Attempt attempt,
            @Variable("jobs") JobList jobs,
            @Variable("listing") Listing listing,
            @Variable("claim") Claim claim) {
        // A job that was lost on the way here would pass for one that is not listed any more.
        if (listing.elements() != jobs.getJobs().size()) {
            throw new IllegalStateException("%d of %d jobs were transformed"
                    .formatted(listing.elements(), jobs.getJobs().size()));
        }

        return new Recording(attempt.source().name(), listing, claim, absence);
    }

    /** Asks for the last snapshots of the jobs of which something can only be told with them at hand. */
    public void lookUp(
            @Variable("recording") Recording recording,
            @Variable("organization") Organization organization,
            Exchange exchange) {
        StatementParameters.set(
                exchange, Map.of("organization_id", organization.id(), "changed", recording.neededJson()));
        exchange.getMessage().setBody(null);
    }

    public void compare(@Variable("recording") Recording recording, @Body Object rows) {
        var before = new HashMap<JobKey, JobSnapshot>();
        if (rows instanceof List<?> list) {
            for (Object element : list) {
                Map<?, ?> row = (Map<?, ?>) element;
                before.put(
                        new JobKey((String) row.get("job_type"), (String) row.get("job_id")),
                        JobSnapshot.parse((String) row.get("snapshot")));
            }
        }
        recording.detect(before);
    }

    public void record(
            @Variable("recording") Recording recording, @Variable("attempt") Attempt attempt, Exchange exchange) {
        StatementParameters.set(exchange, recording.parameters(attempt.number()));
    }

    public void recorded(
            @Variable("recording") Recording recording,
            @Variable("attempt") Attempt attempt,
            @Body List<Map<String, Object>> rows) {
        end(recording, attempt, (Boolean) rows.get(0).get("superseded"));
    }

    /** Where the database does not come back, or says no, it is settled: the next poll goes on from what is there. */
    public void lost(
            @Variable("recording") Recording recording,
            @Variable("organization") Organization organization,
            Exchange exchange) {
        Throwable failure = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        Settlement settlement = recording.getSettlement();
        if (!LostAnswer.is(failure) || !settlement.hasPatience()) {
            settlement.settled();
            return;
        }
        settlement.lost();
        LOG.warn(
                "organization {}: the database did not answer whether its poll is recorded, asking again: {}",
                OneLine.of(organization.id()),
                failure.getMessage());
    }

    public void ask(@Variable("recording") Recording recording, Exchange exchange) {
        StatementParameters.set(exchange, recording.identity());
    }

    public void settled(
            @Variable("recording") Recording recording,
            @Variable("attempt") Attempt attempt,
            @Body List<Map<String, Object>> rows) {
        Map<String, Object> row = rows.get(0);
        if (Boolean.TRUE.equals(row.get("recorded"))) {
            end(recording, attempt, false);
        } else if (row.get("claimed_poll") == null) {
            end(recording, attempt, true);
        } else {
            recording.getSettlement().again(((Number) row.get("claimed_poll")).longValue());
        }
    }

    private static void end(Recording recording, Attempt attempt, boolean superseded) {
        recording.getSettlement().settled();
        attempt.ended(recording.outcome(superseded));
    }
}
