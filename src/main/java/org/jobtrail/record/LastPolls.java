package org.jobtrail.record;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jobtrail.fetch.Organization;

/**
 * What this instance found in each organization's list of backup jobs, where it believed all of it, and under which claim. It is still
 * what is known of them as long as nobody has claimed the organization since. Thread-safe.
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

    void keep(String source, Organization organization, long claim, Claim.LastList list) {
        sources.computeIfAbsent(source, name -> new ConcurrentHashMap<>())
                .put(organization.id(), new LastPoll(organization.name(), claim, list, nanos.getAsLong()));
    }

    /** This instance claimed it once more, for something else than its backup jobs: nobody else did in between. */
    void claimedAgain(String source, String organizationId, long claim) {
        of(source).computeIfPresent(organizationId, (id, last) -> last.claimedAgain(claim));
    }

    /** Of those of the organizations, by id, whose list was read lately; who is none of them is forgotten. */
    Map<String, LastPoll> of(String source, List<Organization> organizations, long longestNanos) {
        Map<String, LastPoll> polls = of(source);
        Set<String> listed =
                organizations.stream().map(Organization::id).collect(Collectors.toCollection(HashSet::new));
        polls.keySet().retainAll(listed);
        long now = nanos.getAsLong();
        return organizations.stream()
                .filter(organization -> Optional.ofNullable(polls.get(organization.id()))
                        .filter(last -> now - last.nanos() < longestNanos)
                        .filter(last -> Objects.equals(last.name(), organization.name()))
                        .isPresent())
                .collect(Collectors.toMap(Organization::id, organization -> polls.get(organization.id())));
    }

    private Map<String, LastPoll> of(String source) {
        return sources.getOrDefault(source, new ConcurrentHashMap<>());
    }
}
