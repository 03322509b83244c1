package org.jobtrail.fetch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jobtrail.body.Body;
import org.jobtrail.page.ElementList;
import org.jobtrail.page.ElementOrder;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.page.PackedOrder;
import org.jobtrail.text.Sha256;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

/**
 * An organization's job list, or a source's list of all jobs or of copy jobs, while it is fetched, page by page. Used by one thread
 * at a time.
 */
public final class JobList extends PagedList {

    private final JobType type;
    private final Organization organization;
    private final ElementList jobs;
    private boolean whole = true;
    private String content;
    private ElementOrder order;

    JobList(String source, Organization organization, ApiVersion version, Instant deadline, KnownPages known) {
        this(source, JobType.BACKUP, organization, version, deadline, known);
    }

    private JobList(
            String source,
            JobType type,
            Organization organization,
            ApiVersion version,
            Instant deadline,
            KnownPages known) {
        super(source, version, deadline, known);
        this.type = type;
        this.organization = organization;
        this.jobs = paging.elements();
    }

    private JobList(JobList all, Organization owner) {
        super(all);
        this.type = all.type;
        this.organization = owner;
        this.jobs = paging.elements();
    }

    static JobList ofCopyJobs(String source, ApiVersion version, Instant deadline, KnownPages known) {
        return new JobList(source, JobType.COPY, null, version, deadline, known);
    }

    static JobList ofAllJobs(String source, ApiVersion version, Instant deadline, KnownPages known) {
        return new JobList(source, JobType.BACKUP, null, version, deadline, known);
    }

    /**
     * One organization's part of a list that was read, and which has to stay until all of its parts are recorded: the pages are the
     * whole list's. Not whole: what could not be given to anybody may be of it.
     */
    public JobList part(Organization owner, List<ListElement> elements, boolean isWhole) {
        var part = new JobList(this, owner);
        part.jobs.addAll(elements);
        part.whole = isWhole;
        return part;
    }

    public List<ListElement> getJobs() {
        return jobs;
    }

    public JobType type() {
        return type;
    }

    /** False where absence must not count, whatever the elements look like. */
    public boolean whole() {
        return whole;
    }

    public ApiVersion version() {
        return version;
    }

    /** Why the list may lack a job, though all of its pages were read. */
    public Optional<String> doubt() {
        return paging.moved() ? Optional.of("the list changed while it was read") : Optional.empty();
    }

    @Override
    public String path() {
        if (type == JobType.COPY) {
            return version.copyJobsPath();
        }
        return organization == null ? version.allJobsPath() : version.jobsPath(organization);
    }

    @Override
    public String query() {
        return paging.query(organization == null ? "" : version.jobsQuery(organization));
    }

    /** Equal for lists whose jobs say the same, read with the same version, in whatever order. */
    public String contentDigest() {
        if (content == null) {
            // Those of a page stay in memory with it; those of several would be as large as they are.
            content = contentDigest(
                    version, jobs.size(), paging.orderOfPage().isPresent() || jobs.isPacked() ? order() : jobs.order());
        }
        return content;
    }

    static String contentDigest(ApiVersion version, int size, ElementOrder elements) {
        MessageDigest sha256 = Sha256.begin();
        sha256.update((version + " " + size).getBytes(StandardCharsets.US_ASCII));
        elements.addDigests(sha256);
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** The jobs of a list of all jobs by whose they are; empty where one of them does not say so, or there are too many. */
    public Optional<OwnedJobs> byOwner() {
        return OwnedJobs.of(version, jobs);
    }

    /** Where the elements stand that have an id, in the order of the ids; of several with one, the first. */
    public int[] firstById() {
        return order().firstById();
    }

    /** Which of {@link #firstById} has this id; negative where none has. */
    public int find(String id) {
        return order().find(id);
    }

    private ElementOrder order() {
        if (order == null) {
            order = paging.orderOfPage().orElseGet(jobs::order);
        }
        return order;
    }

    /** True where its jobs can be read for as long as anybody holds on to them; false where they are in a file, which goes before. */
    public boolean isInMemory() {
        return paging.isInMemory();
    }

    /** From now on, only the texts of these can be read, and take memory; of all others, ids and digests. */
    public void keepOnly(List<ListElement> elements) {
        paging.keepOnly(elements);
    }

    @Override
    void received(Body page) {
        content = null;
        order = null;
        super.received(page);
        if (!paging.more()) {
            lookForContradictions();
        }
    }

    /** A job that stands twice in the list was looked at twice by the server: read once more, it may stand there once. */
    private void lookForContradictions() {
        int[] alike = perhapsAlike();
        var lastById = new HashMap<String, Integer>(2 * alike.length);
        boolean differs = false;
        for (int place : alike) {
            String id = jobs.id(place);
            Integer before = id == null ? null : lastById.put(id, place);
            if (before == null) {
                continue;
            }
            if (!paging.stoodTogether(before, place)) {
                // It changed places with another, which may now be on none.
                paging.startOverOrDoubt();
                return;
            }
            differs |= !Arrays.equals(jobs.digest(before), jobs.digest(place));
        }
        if (differs) {
            // Where they still differ, the reader of what they say knows whether that matters.
            paging.startOver();
        }
    }

    /** In order, but for those that are known to have an id that no other one has. */
    private int[] perhapsAlike() {
        if (jobs.isPacked() && order() instanceof PackedOrder packed) {
            return packed.repeated();
        }
        // To sort the ids of several pages, each time, would take longer than to look each one up.
        return paging.orderOfPage().filter(page -> !page.repeatsAnId()).isPresent()
                ? new int[0]
                : IntStream.range(0, jobs.size()).toArray();
    }
}
