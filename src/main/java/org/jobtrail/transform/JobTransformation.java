package org.jobtrail.transform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobType;
import org.jobtrail.fetch.ListElement;
import org.jobtrail.fetch.Organization;

/** What {@code 5-transform-jobs} does with a list and each of its elements. Stateless. */
public final class JobTransformation {

    private final JobSnapshots snapshots;

    public JobTransformation(JobSnapshots snapshots) {
        this.snapshots = snapshots;
    }

    public Listing start(
            @Variable("organization") Organization organization,
            @Variable("jobs") JobList jobs,
            @Body List<Map<String, Object>> known) {
        return new Listing(organization, jobs, KnownJobs.of(known));
    }

    public void transform(
            @Body ListElement raw,
            @Variable("listing") Listing listing,
            @Variable("organization") Organization organization) {
        String rawDigest = HexFormat.of().formatHex(raw.digest());
        if (listing.addIfUnchanged(rawDigest)) {
            return;
        }
        ObjectNode job = JobSnapshots.read(raw);
        // Whose a copy job is was found out before its list was made.
        Optional<String> owner = listing.type() == JobType.BACKUP ? Owner.of(job, listing.version()) : Optional.empty();
        if (owner.isPresent() && !owner.get().equals(organization.id())) {
            listing.rejectForeign(owner.get(), raw);
        } else {
            listing.add(snapshots.snapshot(job, organization), raw, rawDigest);
            owner.ifPresent(own -> listing.confirmOwner());
        }
    }

    public void reject(@Body ListElement raw, @Variable("listing") Listing listing, UnreadableJobException why) {
        listing.reject(why.getMessage(), raw);
    }
}
