package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.JobList;
import org.jobtrail.poll.Attempt;
import org.jobtrail.poll.ListOutcome;
import org.jobtrail.text.JsonText;
import org.jobtrail.transform.Listing;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

/** What the routes ask on the way of a source's copy jobs to the histories of its organizations. Thread-safe. */
public final class CopyJobRecorder {

    private final Duration patience;
    private final LastPolls lastPolls;

    /** @param patience for how long a suspicion lives that no poll has seen */
    public CopyJobRecorder(Duration patience, LastPolls lastPolls) {
        this.patience = patience;
        this.lastPolls = lastPolls;
    }

    public boolean wanted(@Variable("attempt") Attempt attempt, @Variable("apiVersion") ApiVersion version) {
        return version.hasCopyJobs()
                && attempt.readsCopyJobs()
                && !attempt.organizations().isEmpty();
    }

    public CopyJobs start(@Variable("attempt") Attempt attempt) {
        boolean limited = !attempt.source().include().isEmpty()
                || !attempt.source().exclude().isEmpty();
        return new CopyJobs(attempt.organizations(), limited);
    }

    public void claim(
            @Variable("copyJobs") CopyJobs copyJobs, @Variable("attempt") Attempt attempt, Exchange exchange) {
        var parameters =
                new HashMap<>(Claim.request(attempt.source().name(), copyJobs.unclaimed(), JobType.COPY, patience));
        parameters.put("all", !copyJobs.sparing());
        StatementParameters.set(exchange, parameters);
    }

    public CopyJobs claimed(
            @Variable("copyJobs") CopyJobs copyJobs,
            @Variable("attempt") Attempt attempt,
            @Body List<Map<String, Object>> rows) {
        var asked = new HashMap<String, Map<String, Object>>();
        rows.forEach(row -> asked.put((String) row.get("organization_id"), row));
        var claimed = new ArrayList<CopyJobs.Claimed>();
        var locked = new ArrayList<CopyJobs.Locked>();
        for (Organization organization : attempt.organizations()) {
            Map<String, Object> row = asked.get(organization.id());
            if (row != null && row.get("claimed_poll") == null) {
                locked.add(new CopyJobs.Locked(organization, (Boolean) row.get("has_jobs")));
            } else if (row != null) {
                Claim claim = Claim.of(row);
                lastPolls.claimedAgain(attempt.source().name(), organization.id(), claim.number());
                claimed.add(new CopyJobs.Claimed(organization, claim, (Boolean) row.get("has_jobs")));
            }
        }
        return copyJobs.with(claimed, locked);
    }

    /** Asks whose the copy jobs are that do not say so themselves. */
    public void lookUpOwners(
            @Variable("copyJobs") CopyJobs copyJobs,
            @Variable("jobs") JobList jobs,
            @Variable("attempt") Attempt attempt,
            Exchange exchange) {
        copyJobs.read(jobs);
        ArrayNode asked = JsonNodeFactory.instance.arrayNode();
        copyJobs.ofUnknownOwner()
                .forEach((n, copy) -> asked.addObject()
                        .put("n", n)
                        .put("job_id", copy.id())
                        .put("backup_job_id", copy.backupJobId()));
        StatementParameters.set(
                exchange,
                asked.isEmpty()
                        ? Map.of()
                        : Map.of(
                                "organizations",
                                Claim.organizations(attempt.organizations()),
                                "source",
                                attempt.source().name(),
                                "copies",
                                JsonText.of(asked)));
        exchange.getMessage().setBody(List.of());
    }

    public void place(@Variable("copyJobs") CopyJobs copyJobs, @Body List<Map<String, Object>> rows) {
        var owners = new HashMap<Integer, String>();
        for (Map<String, Object> row : rows) {
            owners.put((Integer) row.get("n"), (String) row.get("organization_id"));
        }
        copyJobs.place(owners);
    }

    /** Keeps the elements of which nobody can tell whose they are. */
    public void keepAside(
            @Variable("copyJobs") CopyJobs copyJobs, @Variable("attempt") Attempt attempt, Exchange exchange) {
        List<Listing.Rejected> rejected = copyJobs.unreadable().stream()
                .map(copy -> new Listing.Rejected(copy.raw(), copy.unreadable()))
                .toList();
        StatementParameters.set(
                exchange,
                Map.of(
                        "source", attempt.source().name(),
                        "attempt", attempt.number(),
                        "rejected", Recording.rejectedJson(JobType.COPY, rejected)));
    }

    public List<CopyJobs.OfOrganization> byOrganization(
            @Variable("copyJobs") CopyJobs copyJobs, @Variable("attempt") Attempt attempt) {
        if (!copyJobs.whole()) {
            attempt.ended(ListOutcome.partialCopyJobs(
                    copyJobs.doubt(), copyJobs.unreadable().size()));
        }
        copyJobs.locked()
                .forEach(organization -> attempt.ended(ListOutcome.failed(
                        organization.id(),
                        JobType.COPY,
                        "somebody else holds its history locked, as retain does for as long as it removes rows")));
        List<CopyJobs.OfOrganization> all = copyJobs.byOrganization();
        all.forEach(one -> attempt.due(one.organization(), JobType.COPY));
        return all;
    }

    /** The organizations that are recorded together. */
    public Batch batch(@Body List<CopyJobs.OfOrganization> all) {
        return new Batch(all.stream().map(CopyJobs.OfOrganization::organization).toList(), System::nanoTime);
    }

    /** One organization's copy jobs are recorded as its backup jobs are. */
    public void take(@Body CopyJobs.OfOrganization copies, @Variable("batch") Batch batch, Exchange exchange) {
        batch.begin(copies.organization());
        exchange.setVariable("organization", copies.organization());
        exchange.setVariable("claim", copies.claim());
        exchange.setVariable("jobs", copies.jobs());
    }
}
