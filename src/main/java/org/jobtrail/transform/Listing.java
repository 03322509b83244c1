package org.jobtrail.transform;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.ListElement;
import org.jobtrail.fetch.Organization;

/**
 * A complete job list while it is transformed: which jobs stand in it, which of them differ from what is known, and which
 * elements could not be read. Used by one thread at a time.
 */
public final class Listing {

    /** Backup jobs; copy jobs are a list of their own. */
    public static final String BACKUP = "backup";

    /** A job whose text is not the one that is known; {@code digest} is the snapshot's. */
    public record Seen(JobSnapshot snapshot, ListElement raw, String digest, String rawDigest) {}

    /** An element that could not be read. */
    public record Rejected(String digest, String reason, String raw) {}

    private final Organization organization;
    private final ApiVersion version;
    private final KnownJobs known;
    private final Set<JobKey> listed = new LinkedHashSet<>();
    private final Map<JobKey, Seen> differing = new LinkedHashMap<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final List<JobKey> conflicting = new ArrayList<>();
    private int elements;

    public Listing(Organization organization, ApiVersion version, KnownJobs known) {
        this.organization = organization;
        this.version = version;
        this.known = known;
    }

    /** Takes an element whose text is the one that is known: nothing else has to be read of it. */
    public boolean addIfUnchanged(String rawDigest) {
        KnownJob job = known.unchanged(rawDigest, version.toString());
        if (job == null || differing.containsKey(job.key())) {
            return false;
        }
        listed.add(job.key());
        elements++;
        return true;
    }

    /** Takes an element that was read. The same job twice is one; two that disagree leave the list in doubt. */
    public void add(JobSnapshot snapshot, ListElement raw, String rawDigest) {
        elements++;
        var key = new JobKey(BACKUP, snapshot.id());
        Seen before = differing.get(key);
        if (before != null) {
            if (!before.rawDigest().equals(rawDigest)) {
                conflicting.add(key);
            }
        } else if (listed.add(key)) {
            differing.put(key, new Seen(snapshot, raw, HexFormat.of().formatHex(snapshot.digest()), rawDigest));
        } else {
            conflicting.add(key);
        }
    }

    public void reject(String reason, ListElement raw) {
        elements++;
        rejected.add(new Rejected(HexFormat.of().formatHex(raw.digest()), reason, raw.text()));
    }

    /** How many elements of the list were taken, one way or the other. */
    public int elements() {
        return elements;
    }

    public Organization organization() {
        return organization;
    }

    public String apiVersion() {
        return version.toString();
    }

    public KnownJobs known() {
        return known;
    }

    public Set<JobKey> listed() {
        return listed;
    }

    public Map<JobKey, Seen> differing() {
        return differing;
    }

    public List<Rejected> rejected() {
        return rejected;
    }

    public List<JobKey> conflicting() {
        return conflicting;
    }

    /** The whole list was received, but not every element says clearly what it is: absence must not count. */
    public boolean partial() {
        return !rejected.isEmpty() || !conflicting.isEmpty();
    }

    /** Equal for lists of the same jobs, in whatever state and order. */
    public String digest() {
        return HexFormat.of()
                .formatHex(Json.sha256(listed.stream()
                        .map(key -> key.type() + "/" + key.id())
                        .sorted()
                        .collect(java.util.stream.Collectors.joining("\n"))));
    }
}
