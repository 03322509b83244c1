package org.jobtrail.record;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jobtrail.fetch.JobLists;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.JobSnapshots;
import org.jobtrail.transform.JobTransformation;
import org.jobtrail.transform.ListedJob;
import org.jobtrail.transform.Listing;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;

/** A job of a list that was read by the parts that read it in the program, where nothing was known of it. */
record ReadJob(ListedJob job, JobSnapshot snapshot) {

    private static final JobTransformation TRANSFORMATION = new JobTransformation(new JobSnapshots(900_000));

    static List<ReadJob> of(Organization organization, List<ListElement> elements) {
        var list = new JobLists(Clock.systemUTC(), Duration.ofMinutes(2), KnownPages.ofThisProcess())
                .start("hq", organization, ApiVersion.V8);
        Listing listing = TRANSFORMATION.start(organization, list.part(organization, elements, true));
        TRANSFORMATION.unread(listing).forEach(element -> TRANSFORMATION.transform(element, listing, organization));
        return listing.listed()
                .map(job -> new ReadJob(job, listing.snapshot(job)))
                .toList();
    }
}
