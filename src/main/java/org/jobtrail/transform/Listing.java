package org.jobtrail.transform;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobType;
import org.jobtrail.fetch.ListElement;
import org.jobtrail.fetch.OneLine;
import org.jobtrail.fetch.Organization;

/**
 * A complete job list while it is transformed: which jobs stand in it, which of them differ from what is known, and which
 * elements could not be read. Used by one thread at a time.
 */
public final class Listing {

    /** A job whose text is not the one that is known; {@code digest} is the snapshot's. */
    public record Seen(JobSnapshot snapshot, ListElement raw, String digest, String rawDigest) {}

    /** An element that could not be read. */
    public record Rejected(String digest, String reason, String raw) {}

    private static final int LONGEST_ID = 100;

    private final Organization organization;
    private final JobList jobs;
    private final KnownJobs known;
    private final Set<JobKey> listed = new LinkedHashSet<>();
    private final Map<JobKey, Seen> differing = new LinkedHashMap<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final List<JobKey> conflicting = new ArrayList<>();
    private int elements;
    private int own;
    private String foreignOwner;
    private int foreign;

    public Listing(Organization organization, JobList jobs, KnownJobs known) {
        this.organization = organization;
        this.jobs = jobs;
        this.known = known;
    }

    /** Takes an element whose text is the one that is known: nothing else has to be read of it. */
    public boolean addIfUnchanged(String rawDigest) {
        KnownJob job = known.unchanged(rawDigest, apiVersion());
        if (job == null || differing.containsKey(job.key())) {
            return false;
        }
        listed.add(job.key());
        elements++;
        own++;
        return true;
    }

    /** Takes an element that was read. The same job twice is one; two that say something else leave the list in doubt. */
    public void add(JobSnapshot snapshot, ListElement raw, String rawDigest) {
        elements++;
        var key = new JobKey(type().toString(), snapshot.id());
        String digest = HexFormat.of().formatHex(snapshot.digest());
        if (listed.add(key)) {
            differing.put(key, new Seen(snapshot, raw, digest, rawDigest));
        } else if (!digest.equals(digestOf(key))) {
            conflicting.add(key);
        }
    }

    private String digestOf(JobKey key) {
        Seen before = differing.get(key);
        return before == null ? known.find(key).digest() : before.digest();
    }

    /** An element that was added says itself that it is this organization's. */
    void confirmOwner() {
        own++;
    }

    /** Keeps an element aside that says that it is another organization's. */
    void rejectForeign(String owner, ListElement raw) {
        foreign++;
        foreignOwner = owner;
        reject("it belongs to organization " + OneLine.of(owner, LONGEST_ID), raw);
    }

    /** The organization that the whole list is about, where that is another: the answer was meant for somebody else. */
    public Optional<String> foreignOwner() {
        return foreign > 0 && own == 0 ? Optional.of(OneLine.of(foreignOwner, LONGEST_ID)) : Optional.empty();
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
        return jobs.version().toString();
    }

    public JobType type() {
        return jobs.type();
    }

    ApiVersion version() {
        return jobs.version();
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
        return !jobs.whole()
                || !rejected.isEmpty()
                || !conflicting.isEmpty()
                || jobs.doubt().isPresent();
    }

    /** Why it is partial, in one line; null where only the source's whole list is in doubt, whose own outcome says why. */
    public String doubt() {
        var doubts = new ArrayList<String>();
        jobs.doubt().ifPresent(doubts::add);
        if (!rejected.isEmpty()) {
            doubts.add("%d of %d jobs kept aside: %s"
                    .formatted(rejected.size(), elements, rejected.get(0).reason()));
        }
        if (!conflicting.isEmpty()) {
            doubts.add("job %s stands in the list twice and differs"
                    .formatted(OneLine.of(conflicting.get(0).id(), LONGEST_ID)));
        }
        return doubts.isEmpty() ? null : String.join("; ", doubts);
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
