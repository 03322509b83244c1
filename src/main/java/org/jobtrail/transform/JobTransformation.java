package org.jobtrail.transform;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.jobtrail.fetch.JobList;
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
        return new Listing(organization, jobs.version(), KnownJobs.of(known));
    }

    public void transform(
            @Body ListElement raw,
            @Variable("listing") Listing listing,
            @Variable("organization") Organization organization) {
        String rawDigest = HexFormat.of().formatHex(raw.digest());
        if (!listing.addIfUnchanged(rawDigest)) {
            listing.add(snapshots.snapshot(raw, organization), raw, rawDigest);
        }
    }

    public void reject(@Body ListElement raw, @Variable("listing") Listing listing, UnreadableJobException why) {
        listing.reject(why.getMessage(), raw);
    }
}
