package org.jobtrail.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Variable;
import org.jobtrail.database.LostAnswer;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.failure.Reason;
import org.jobtrail.fetch.JobList;
import org.jobtrail.poll.Attempt;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.text.OneLine;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Listing;
import org.jobtrail.veeam.Organization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes ask before and after the statements that record the polls of organizations. Thread-safe. */
public final class HistoryRecorder {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.record");

    private final Absence absence;
    private final KnownLists knownLists;
    private final LastPolls lastPolls;

    public HistoryRecorder(Absence absence, KnownLists knownLists, LastPolls lastPolls) {
        this.absence = absence;
        this.knownLists = knownLists;
        this.lastPolls = lastPolls;
    }

    /** Spares the question what is known of the organization's jobs, where this instance recorded it and nobody has since. */
    public void recall(@Variable("listing") Listing listing, @Variable("claim") Claim claim) {
        claim.lastList()
                .ifPresent(last -> knownLists
                        .of(listing.organization().id(), listing.type(), last.contentDigest())
                        .ifPresent(known -> listing.recall(known, last.digest())));
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

        var recording = new Recording(attempt.source().name(), listing, claim, absence);
        if (!recording.isMore()) {
            attempt.ended(recording.outcome(false));
        }
        return recording;
    }

    /** Lets it wait for others of its batch, where something is to be recorded and it may wait. */
    public void joinBatch(@Variable("recording") Recording recording, @Variable("batch") Batch batch) {
        if (recording.isMore()) {
            batch.keep(recording);
        }
    }

    /** All that wait, and do not any more. */
    public Recordings waiting(@Variable("batch") Batch batch) {
        return new Recordings(batch.take());
    }

    /** One of several that is recorded by itself; what fails is of its organization. */
    public void take(@Body Recording recording, Exchange exchange) {
        exchange.setVariable("recording", recording);
        exchange.setVariable("organization", recording.organization());
    }

    public Recordings only(@Variable("recording") Recording recording) {
        return new Recordings(List.of(recording));
    }

    /** Asks for the last snapshots of the jobs of which something can only be told with them at hand. */
    public void lookUpSnapshots(@Variable("recordings") Recordings recordings, Exchange exchange) {
        recordings.begin();
        StatementParameters.set(exchange, recordings.needed());
        exchange.getMessage().setBody(List.of());
    }

    public void compare(@Variable("recordings") Recordings recordings, @Body List<Map<String, Object>> rows) {
        var before = new HashMap<Recordings.Job, byte[]>();
        for (Map<String, Object> row : rows) {
            var key = new JobKey((String) row.get("job_type"), (String) row.get("job_id"));
            before.put(new Recordings.Job((String) row.get("organization_id"), key), (byte[]) row.get("snapshot"));
        }
        var lost = new ArrayList<Recordings.Job>();
        // One after the other: the trees of all of them at once would take several times the memory of their texts.
        recordings.detect(job -> {
            byte[] snapshot = before.get(job);
            if (snapshot == null) {
                lost.add(job);
            }
            return snapshot == null ? JobSnapshot.nothing() : JobSnapshot.parse(snapshot);
        });
        if (!lost.isEmpty()) {
            Recordings.Job first = lost.get(0);
            LOG.warn(
                    "organization {}, {} job {}{}: the last row is not there, or cannot be read: what changed is told without what was before; run verify",
                    OneLine.of(first.organizationId()),
                    first.key().type(),
                    OneLine.of(first.key().id()),
                    lost.size() == 1 ? "" : ", and %d others".formatted(lost.size() - 1));
        }
    }

    public void record(
            @Variable("recordings") Recordings recordings, @Variable("attempt") Attempt attempt, Exchange exchange) {
        StatementParameters.set(exchange, recordings.parameters(attempt.number()));
    }

    public void recorded(
            @Variable("recordings") Recordings recordings,
            @Variable("attempt") Attempt attempt,
            @Body List<Map<String, Object>> rows) {
        var ends = new HashMap<String, Map<String, Object>>();
        rows.forEach(row -> ends.put((String) row.get("organization_id"), row));
        for (Recording recording : recordings.all()) {
            Map<String, Object> row = ends.get(recording.organization().id());
            end(recording, attempt, (Boolean) row.get("superseded"), row);
        }
    }

    /** What could not be recorded together is recorded one by one; where the answer was lost, some of it may be there. */
    public void apart(@Variable("recordings") Recordings recordings, Exchange exchange) {
        Throwable failure = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        LOG.debug("{} polls are recorded one by one", recordings.all().size(), failure);
        if (LostAnswer.is(failure)) {
            var losses = new Settlement.Losses();
            recordings.getOpen().forEach(recording -> recording.getSettlement().lostWithOthers(losses));
        }
    }

    /** Where the database does not come back, or says no, it is settled: the next poll goes on from what is there. */
    public void lost(
            @Variable("recording") Recording recording,
            @Variable("organization") Organization organization,
            Exchange exchange) {
        Throwable failure = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
        Settlement settlement = recording.getSettlement();
        if (!LostAnswer.isOrGaveWay(failure) || !settlement.hasPatience()) {
            recording.endsHere();
            return;
        }
        settlement.lost();
        LOG.warn(
                "organization {}: asking whether its poll is recorded: {}",
                OneLine.of(organization.id()),
                Reason.of(failure));
    }

    public void settle(@Variable("recording") Recording recording, Exchange exchange) {
        StatementParameters.set(exchange, recording.identity());
    }

    public void settled(
            @Variable("recording") Recording recording,
            @Variable("attempt") Attempt attempt,
            @Body List<Map<String, Object>> rows) {
        Map<String, Object> row = rows.get(0);
        if (Boolean.TRUE.equals(row.get("recorded"))) {
            end(recording, attempt, false, row);
        } else if (row.get("claimed_poll") == null) {
            end(recording, attempt, true, row);
        } else {
            recording.getSettlement().again(((Number) row.get("claimed_poll")).longValue());
        }
    }

    private void end(Recording recording, Attempt attempt, boolean superseded, Map<String, Object> row) {
        if (superseded) {
            recording.endsHere();
        } else {
            attempt.appended(recording.changes().counts());
            recording.recorded(((Number) row.get("last_seq")).longValue());
        }
        if (recording.isMore()) {
            return;
        }
        attempt.ended(recording.outcome(superseded));
        if (!superseded) {
            recording.keepIn(knownLists);
            recording.keepIn(lastPolls);
        }
    }
}
