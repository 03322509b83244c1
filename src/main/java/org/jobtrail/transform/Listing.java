package org.jobtrail.transform;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.fetch.JobList;
import org.jobtrail.page.ListElement;
import org.jobtrail.text.OneLine;
import org.jobtrail.text.Sha256;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

/**
 * A complete job list while it is transformed: which jobs stand in it, which of them differ from what is known, who of those that
 * are known does not stand in it, and which elements could not be read. Used by one thread at a time.
 */
public final class Listing {

    /** An element that could not be read. */
    public record Rejected(ListElement raw, String reason) {}

    /** So much of a list's text is kept as snapshots until it is recorded; what is beyond is read twice. */
    private static final long KEPT = 4_000_000;

    private final Organization organization;
    private final JobList jobs;
    private final Function<ListElement, JobSnapshot> reader;
    private final JobsById byId;
    private final String apiVersion;
    private final List<KnownJob> gone = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final List<JobKey> conflicting = new ArrayList<>();
    private KeptAside firstRejected;
    private String lastKnown = "";
    private boolean knowsMore = true;
    private int present;
    private int taken;
    private int own;
    private long kept;
    private String foreignOwner;
    private int foreign;
    private String recalled;
    private String digest;

    Listing(Organization organization, JobList jobs, Function<ListElement, JobSnapshot> reader) {
        this.organization = organization;
        this.jobs = jobs;
        this.reader = reader;
        this.byId = new JobsById(jobs);
        this.apiVersion = jobs.version().toString();
    }

    private void know(KnownJob job) {
        know(job, byId.get(job.id()));
    }

    private void know(KnownJob job, ListedJob listed) {
        if (!job.missing()) {
            present++;
        }
        if (listed != null) {
            listed.know(job);
        } else if (!job.missing()) {
            gone.add(job);
        }
    }

    /** The job that was told of last; empty before the first. */
    public String lastKnown() {
        return lastKnown;
    }

    /** True until a page of what is known was not full. */
    public boolean knowsMore() {
        return knowsMore;
    }

    /**
     * Takes a page of what the history knows of the organization's jobs.
     *
     * @param full of how many jobs a page is that another one may follow
     */
    void know(List<Map<String, Object>> page, int full) {
        int count = 0;
        for (Map<String, Object> alike : page) {
            count += new KnownJobs(type().toString(), alike).forEach(this::know);
            lastKnown = (String) alike.get("last");
        }
        knowsMore = count >= full;
    }

    /**
     * Takes what is known of all jobs that are not missing, where it is at hand. Of a list with a job that is not among them it is not
     * enough: that one may be missing.
     *
     * @param all in the order of their ids
     * @param digest of the list that they were
     */
    public void recall(List<KnownJob> all, String digest) {
        ListedJob[] listed = byId.of(all);
        if (Arrays.stream(listed).filter(Objects::nonNull).count() != byId.size()) {
            return;
        }
        for (int i = 0; i < listed.length; i++) {
            know(all.get(i), listed[i]);
        }
        knowsMore = false;
        recalled = digest;
    }

    /** What is known of all jobs that are not missing, as soon as this list is recorded; in the order of their ids. */
    public List<KnownJob> known() {
        return byId.stream()
                .filter(ListedJob::isListed)
                .map(ListedJob::recorded)
                .toList();
    }

    /** The elements that have to be read, when all that is known was told: whose text is another, and what is no job. */
    List<ListElement> unread() {
        List<ListElement> all = jobs.getJobs();
        int[] unread = IntStream.range(0, all.size())
                .filter(place -> !byId.isToldBy(place))
                .toArray();
        taken = all.size() - unread.length;
        // Of two that are the same, only the first: whose they are is told by that one.
        own = byId.unchanged();
        return new ElementsAt(all, unread);
    }

    /** Takes an element that was read. The same job twice is one; two that say something else leave the list in doubt. */
    void add(JobSnapshot snapshot, ListElement raw) {
        taken++;
        ListedJob job = byId.get(snapshot.id());
        byte[] snapshotDigest = snapshot.digest();
        if (!job.isListed()) {
            boolean changed = job.known() == null || job.known().isChanged(snapshotDigest, apiVersion());
            kept += changed ? raw.length() : 0;
            job.read(raw, snapshotDigest, changed && kept <= KEPT ? snapshot.utf8() : null);
        } else if (!Arrays.equals(snapshotDigest, job.lastDigest())) {
            job.conflict();
            conflicting.add(job.key());
        }
    }

    /** What an element says that was read; the first one, where a job stands there twice. */
    public JobSnapshot snapshot(ListedJob job) {
        return job.snapshot(reader);
    }

    /** An element that was added says itself that it is this organization's. */
    void confirmOwner() {
        own++;
    }

    /** Keeps an element aside that says that it is another organization's. */
    void rejectForeign(String owner, ListElement raw) {
        foreign++;
        foreignOwner = owner;
        reject("it belongs to organization " + OneLine.who(owner), raw);
    }

    /** The organization that the whole list is about, where that is another: the answer was meant for somebody else. */
    public Optional<String> foreignOwner() {
        return foreign > 0 && own == 0 ? Optional.of(OneLine.who(foreignOwner)) : Optional.empty();
    }

    public void reject(String reason, ListElement raw) {
        taken++;
        if (rejected.isEmpty()) {
            firstRejected = KeptAside.first(type(), raw, reason);
        }
        rejected.add(new Rejected(raw, reason));
    }

    /** False where its jobs cannot be read any more when the list's poll has ended. */
    public boolean isInMemory() {
        return jobs.isInMemory();
    }

    /** From now on, only the texts of these can be read. */
    public void keepOnly(List<ListElement> elements) {
        jobs.keepOnly(elements);
    }

    /** How many elements of the list were taken, one way or the other. */
    public int elements() {
        return taken;
    }

    public Organization organization() {
        return organization;
    }

    public String apiVersion() {
        return apiVersion;
    }

    public JobType type() {
        return jobs.type();
    }

    ApiVersion version() {
        return jobs.version();
    }

    /** How many jobs are known, without those that are missing. */
    public int present() {
        return present;
    }

    /** Those of them that do not stand in the list. */
    public List<KnownJob> gone() {
        return gone;
    }

    /** The jobs that stand in the list, each once, in its order. */
    public Stream<ListedJob> listed() {
        return IntStream.range(0, jobs.getJobs().size())
                .filter(byId::isListedBy)
                .mapToObj(byId::at);
    }

    /** The known jobs that stand in the list, of which it says nothing that can be believed. */
    public Stream<KnownJob> unclear() {
        if (rejected.isEmpty() && conflicting.isEmpty()) {
            return Stream.empty();
        }
        return byId.stream()
                .filter(job -> !job.isListed() || job.isConflicting())
                .map(ListedJob::known)
                .filter(Objects::nonNull);
    }

    public int jobs() {
        return byId.listed();
    }

    public List<Rejected> rejected() {
        return rejected;
    }

    List<JobKey> conflicting() {
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
                    .formatted(rejected.size(), taken, firstRejected.inWords(rejected.size())));
        }
        if (!conflicting.isEmpty()) {
            doubts.add("job %s stands in the list twice and differs"
                    .formatted(OneLine.who(conflicting.get(0).id())));
        }
        return doubts.isEmpty() ? null : String.join("; ", doubts);
    }

    /** Equal for lists of the same jobs, in whatever state and order. To be asked when all elements were taken. */
    public String digest() {
        if (digest == null) {
            digest = isOfTheJobsThatWereRecalled() ? recalled : HexFormat.of().formatHex(keys());
        }
        return digest;
    }

    private boolean isOfTheJobsThatWereRecalled() {
        return recalled != null && gone.isEmpty() && jobs() == byId.size();
    }

    private byte[] keys() {
        byte[] first = (type() + "/").getBytes(StandardCharsets.UTF_8);
        byte[] next = ("\n" + type() + "/").getBytes(StandardCharsets.UTF_8);
        var sha256 = Sha256.begin();
        boolean any = false;
        for (ListedJob job : (Iterable<ListedJob>) byId.stream().filter(ListedJob::isListed)::iterator) {
            sha256.update(any ? next : first);
            sha256.update(job.id().getBytes(StandardCharsets.UTF_8));
            any = true;
        }
        return sha256.digest();
    }

    /** Equal where every job says the same, and nothing else: what was concluded from the one holds for the other. */
    public String contentDigest() {
        return jobs.contentDigest();
    }
}
