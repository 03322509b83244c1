package org.jobtrail.fetch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The jobs of a list of all jobs, by the organization that each says it belongs to. Their texts are not kept, but what was read of
 * them: an organization with the same jobs as in the list before need not be digested again. Used by one thread at a time.
 */
public final class OwnedJobs {

    private final ApiVersion version;
    private final Map<String, List<ElementText>> owned;
    private final Map<String, String> digests = new HashMap<>();

    private OwnedJobs(ApiVersion version, Map<String, List<ElementText>> owned) {
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
        var owned = new HashMap<String, List<ElementText>>();
        for (ListElement job : jobs) {
            if (job.owner() == null) {
                return Optional.empty();
            }
            owned.computeIfAbsent(job.owner(), owner -> new ArrayList<>()).add(job.content());
        }
        return Optional.of(new OwnedJobs(version, owned));
    }

    /** What {@link JobList#contentDigest} is of the organization's own list, where that holds the same jobs. */
    public String contentDigest(String organizationId, OwnedJobs before) {
        String known = isAsIn(before, organizationId) ? before.digests.get(organizationId) : null;
        String digest = known == null ? digest(jobs(organizationId)) : known;
        digests.put(organizationId, digest);
        return digest;
    }

    private String digest(List<ElementText> jobs) {
        return JobList.contentDigest(version, jobs.size(), OrderedTexts.ofTexts(jobs));
    }

    private boolean isAsIn(OwnedJobs before, String organizationId) {
        List<ElementText> now = jobs(organizationId);
        List<ElementText> then = before.jobs(organizationId);
        if (version != before.version || now.size() != then.size()) {
            return false;
        }
        for (int i = 0; i < now.size(); i++) {
            // What was read of the same bytes at the same place is the same object.
            if (now.get(i) != then.get(i)) {
                return false;
            }
        }
        return true;
    }

    private List<ElementText> jobs(String organizationId) {
        return owned.getOrDefault(organizationId, List.of());
    }
}
