package org.jobtrail.record;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jobtrail.veeam.Organization;

/**
 * What this instance found in each organization's own list of backup jobs, where it believed all of it, and under which claim. It is
 * still what is known of them as long as nobody has claimed the organization since. Thread-safe.
 */
public final class LastPolls {

    private final LongSupplier nanos;
    private final Map<String, Map<String, LastPoll>> sources = new ConcurrentHashMap<>();

    /** @param nanos a clock, as {@link System#nanoTime} */
    public LastPolls(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What a poll found, when, and with which name of the organization. */
    record LastPoll(String name, long claim, Claim.LastList list, long nanos) {

        private LastPoll claimedAgain(long number) {
            return number == claim + 1 ? new LastPoll(name, number, list, nanos) : this;
        }
    }

    long now() {
        return nanos.getAsLong();
    }

    void keep(String source, Organization organization, long claim, Claim.LastList list) {
        sources.computeIfAbsent(source, name -> new ConcurrentHashMap<>())
                .put(organization.id(), new LastPoll(organization.name(), claim, list, now()));
    }

    /** This instance claimed it once more, for something else than its backup jobs: nobody else did in between. */
    void claimedAgain(String source, String organizationId, long claim) {
        of(source).computeIfPresent(organizationId, (id, last) -> last.claimedAgain(claim));
    }

    /** Forgets whoever is none of them. */
    void retain(String source, List<Organization> organizations) {
        of(source)
                .keySet()
                .retainAll(organizations.stream().map(Organization::id).collect(Collectors.toSet()));
    }

    /** By id, without those that had another name: a claim is what tells the database the new one. */
    Map<String, LastPoll> known(String source, List<Organization> organizations) {
        Map<String, LastPoll> polls = of(source);
        var known = new HashMap<String, LastPoll>();
        for (Organization organization : organizations) {
            LastPoll last = polls.get(organization.id());
            if (last != null && Objects.equals(last.name(), organization.name())) {
                known.put(organization.id(), last);
            }
        }
        return known;
    }

    private Map<String, LastPoll> of(String source) {
        return sources.getOrDefault(source, new ConcurrentHashMap<>());
    }
}
