package org.jobtrail.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jobtrail.fetch.JobList;
import org.jobtrail.transform.CopyJob;
import org.jobtrail.transform.KeptAside;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

/**
 * A source's copy jobs on their way to their organizations. Whatever could not be given to one may be of any: then the absence
 * of a copy job counts for none. Used by one thread at a time.
 */
public final class CopyJobs {

    /** The right to record an organization's copy jobs; {@code hasJobs}: some are known and not missing. */
    record Claimed(Organization organization, Claim claim, boolean hasJobs) {}

    /** An organization that somebody else holds locked. */
    record Locked(Organization organization, boolean hasJobs) {}

    /** One organization's copy jobs, as a list like that of its backup jobs. */
    public record OfOrganization(Organization organization, Claim claim, JobList jobs) {}

    /** With fewer organizations, it takes longer to read the list twice than to claim all of them. */
    private static final int MANY = 100;

    private final List<Organization> organizations;
    private final Set<String> polled;
    private final Map<String, Claimed> claimed = new LinkedHashMap<>();
    private final Map<String, Locked> locked = new LinkedHashMap<>();
    private final boolean limited;

    /** How often claims were taken: once, and again where a copy job is of somebody who was left out. */
    private final int rounds;

    private final List<CopyJob> copies = new ArrayList<>();
    private final Map<String, List<CopyJob>> owned = new HashMap<>();
    private final List<CopyJob> unreadable = new ArrayList<>();
    private final List<CopyJob> unowned = new ArrayList<>();
    private JobList list;

    /** {@code limited}: the operator named organizations, so that a copy job of another one is none of ours. */
    CopyJobs(List<Organization> organizations, boolean limited) {
        this(organizations, limited, 0);
    }

    private CopyJobs(List<Organization> organizations, boolean limited, int rounds) {
        this.organizations = organizations;
        this.polled = organizations.stream().map(Organization::id).collect(Collectors.toSet());
        this.limited = limited;
        this.rounds = rounds;
    }

    /** The copy jobs with more claims, to be read once more: whoever claims later has also read later. */
    CopyJobs with(List<Claimed> moreClaimed, List<Locked> stillLocked) {
        var next = new CopyJobs(organizations, limited, rounds + 1);
        next.claimed.putAll(claimed);
        moreClaimed.forEach(one -> next.claimed.put(one.organization().id(), one));
        next.locked.putAll(locked);
        stillLocked.forEach(one -> next.locked.put(one.organization().id(), one));
        next.locked.keySet().removeAll(next.claimed.keySet());
        return next;
    }

    /**
     * True until all are claimed that have anything to record: those that may have, then those that turn out to. One that cannot be
     * claimed is locked by somebody else, or belongs to another source: then the outcome of its backup list says so.
     */
    public boolean isOpen() {
        return rounds == 0 || rounds == 1 && isMany() && !unclaimed().isEmpty();
    }

    /** To be claimed: at first, whoever may have anything to record, then who was not claimed and has a copy job all the same. */
    List<Organization> unclaimed() {
        return organizations.stream()
                .filter(one -> rounds == 0 || owned.containsKey(one.id()))
                .filter(one -> !claimed.containsKey(one.id()))
                .toList();
    }

    /** True where organizations without any known copy job may be left out. */
    boolean sparing() {
        return rounds == 0 && isMany();
    }

    private boolean isMany() {
        return organizations.size() >= MANY;
    }

    void read(JobList jobs) {
        list = jobs;
        jobs.getJobs().forEach(raw -> copies.add(CopyJob.read(raw, jobs.version())));
    }

    /** The copy jobs, by their place in the list, that do not say whose they are. */
    Map<Integer, CopyJob> ofUnknownOwner() {
        var unknown = new LinkedHashMap<Integer, CopyJob>();
        for (int i = 0; i < copies.size(); i++) {
            CopyJob copy = copies.get(i);
            if (copy.organizationId() == null && (copy.id() != null || copy.backupJobId() != null)) {
                unknown.put(i, copy);
            }
        }
        return unknown;
    }

    public boolean needsOwners() {
        return !ofUnknownOwner().isEmpty();
    }

    void place(Map<Integer, String> owners) {
        for (int i = 0; i < copies.size(); i++) {
            CopyJob copy = copies.get(i);
            String owner = copy.organizationId() == null ? owners.get(i) : copy.organizationId();
            if (owner != null && polled.contains(owner)) {
                owned.computeIfAbsent(owner, id -> new ArrayList<>()).add(copy);
            } else if (!copy.readable() && (owner == null || !limited)) {
                unreadable.add(copy);
            } else if (!limited) {
                unowned.add(copy);
            }
        }
    }

    /**
     * The lists to record: where a copy job stands in one or is known. Once also an empty one, so that a copy job that comes later
     * is not taken for one that was there from the beginning.
     */
    List<OfOrganization> byOrganization() {
        return claimed.values().stream()
                .filter(one ->
                        hasAny(one.organization(), one.hasJobs()) || one.claim().firstPoll() && isSureOfOthers())
                .map(one -> new OfOrganization(one.organization(), one.claim(), list(one.organization())))
                .toList();
    }

    /** Those that have something to record, which we cannot, as somebody else holds them locked. */
    List<Organization> locked() {
        return locked.values().stream()
                .filter(one -> hasAny(one.organization(), one.hasJobs()))
                .map(Locked::organization)
                .toList();
    }

    private boolean hasAny(Organization organization, boolean hasJobs) {
        return hasJobs || owned.containsKey(organization.id());
    }

    /** True where none of the list can be of an organization that it does not name: what is strange says whose it is. */
    private boolean isSureOfOthers() {
        return unreadable.isEmpty()
                && list.doubt().isEmpty()
                && unowned.stream().noneMatch(copy -> copy.organizationId() == null);
    }

    private JobList list(Organization organization) {
        List<CopyJob> its = owned.getOrDefault(organization.id(), List.of());
        return list.part(organization, its.stream().map(CopyJob::raw).toList(), whole());
    }

    List<CopyJob> unreadable() {
        return unreadable;
    }

    public boolean hasUnreadable() {
        return !unreadable.isEmpty();
    }

    boolean whole() {
        return unreadable.isEmpty() && unowned.isEmpty() && list.doubt().isEmpty();
    }

    /** Why the list is not whole, as far as one line can say it. */
    String doubt() {
        var doubt = new ArrayList<String>();
        list.doubt().ifPresent(doubt::add);
        if (!unreadable.isEmpty()) {
            CopyJob first = unreadable.get(0);
            doubt.add("%d unreadable: %s"
                    .formatted(
                            unreadable.size(),
                            KeptAside.first(JobType.COPY, first.raw(), first.unreadable())
                                    .inWords(unreadable.size())));
        }
        if (!unowned.isEmpty()) {
            doubt.add(unowned.get(0).strangeness()
                    + (unowned.size() == 1 ? "" : " (and %d more like it)".formatted(unowned.size() - 1)));
        }
        return String.join("; ", doubt);
    }
}
