package org.jobtrail.fetch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.page.ElementDigest;
import org.jobtrail.page.ElementList;
import org.jobtrail.page.ElementOrder;
import org.jobtrail.page.ListElement;
import org.jobtrail.veeam.ApiVersion;

/**
 * The jobs of a list of all jobs, by the organization that each says it belongs to. Their texts are not kept, but what was read of
 * them. Immutable.
 */
public final class OwnedJobs {

    private final ApiVersion version;
    private final Map<String, List<ElementDigest>> owned;

    private OwnedJobs(ApiVersion version, Map<String, List<ElementDigest>> owned) {
        this.version = version;
        this.owned = owned;
    }

    public static OwnedJobs none() {
        return new OwnedJobs(null, Map.of());
    }

    /** Nothing where a job does not say whose it is. */
    static Optional<OwnedJobs> of(ApiVersion version, ElementList jobs) {
        // Of packed ones, it is not kept whose they are.
        if (jobs.isPacked()) {
            return Optional.empty();
        }
        var owned = new HashMap<String, List<ElementDigest>>();
        for (ListElement job : jobs) {
            if (job.owner() == null) {
                return Optional.empty();
            }
            owned.computeIfAbsent(job.owner(), owner -> new ArrayList<>()).add(job.content());
        }
        return Optional.of(new OwnedJobs(version, owned));
    }

    /** What {@link JobList#contentDigest} is of the organization's own list, where that holds the same jobs. */
    public String contentDigest(String organizationId) {
        List<ElementDigest> jobs = jobs(organizationId);
        return JobList.contentDigest(version, jobs.size(), ElementOrder.of(jobs));
    }

    /** True where the organization has the same jobs there, at the same places: they need not be digested again. */
    public boolean isAsIn(OwnedJobs before, String organizationId) {
        return version == before.version
                && ElementDigest.areIdentical(jobs(organizationId), before.jobs(organizationId));
    }

    private List<ElementDigest> jobs(String organizationId) {
        return owned.getOrDefault(organizationId, List.of());
    }
}
