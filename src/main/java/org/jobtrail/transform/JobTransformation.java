package org.jobtrail.transform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.JobList;
import org.jobtrail.page.ListElement;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

/** What {@code 5-transform-jobs} does with a list and each of its elements. Stateless. */
public final class JobTransformation {

    /** As many as one page of what is known has at most. */
    private static final int KNOWN = 10_000;

    private final JobSnapshots snapshots;

    public JobTransformation(JobSnapshots snapshots) {
        this.snapshots = snapshots;
    }

    public Listing start(@Variable("organization") Organization organization, @Variable("jobs") JobList jobs) {
        return new Listing(organization, jobs, raw -> snapshots.snapshot(raw, organization));
    }

    /** Asks for what is known of the organization's jobs, a page of it after the other. */
    public void lookUpKnown(
            @Variable("organization") Organization organization,
            @Variable("jobs") JobList jobs,
            @Variable("listing") Listing listing,
            Exchange exchange) {
        StatementParameters.set(
                exchange,
                Map.of(
                        "organization_id",
                        organization.id(),
                        "job_type",
                        jobs.type().toString(),
                        "after",
                        listing.lastKnown(),
                        "rows",
                        KNOWN));
    }

    /** Takes a page of what is known. */
    public void know(@Variable("listing") Listing listing, @Body List<Map<String, Object>> rows) {
        listing.know(rows, KNOWN);
    }

    public List<ListElement> unread(@Variable("listing") Listing listing) {
        return listing.unread();
    }

    public void transform(
            @Body ListElement raw,
            @Variable("listing") Listing listing,
            @Variable("organization") Organization organization) {
        ObjectNode job = JobSnapshots.read(raw);
        // Whose a copy job is was found out before its list was made.
        Optional<String> owner = listing.type() == JobType.BACKUP ? Owner.of(job, listing.version()) : Optional.empty();
        if (owner.isPresent() && !owner.get().equals(organization.id())) {
            listing.rejectForeign(owner.get(), raw);
        } else {
            listing.add(snapshots.snapshot(job, raw.length(), organization), raw);
            owner.ifPresent(own -> listing.confirmOwner());
        }
    }

    public void reject(@Body ListElement raw, @Variable("listing") Listing listing, UnreadableJobException why) {
        listing.reject(why.getMessage(), raw);
    }
}
