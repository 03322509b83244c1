package org.jobtrail.poll;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jobtrail.poll.ListOutcome.Status;
import org.jobtrail.veeam.JobType;

/** How the lists of an attempt ended, and which are still expected to. Thread-safe. */
final class Outcomes {

    private final Queue<ListOutcome> told = new ConcurrentLinkedQueue<>();
    private final Set<Due> due = ConcurrentHashMap.newKeySet();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    /** A list that is expected to end. */
    private record Due(String organizationId, JobType jobType) {

        static Due of(ListOutcome outcome) {
            return new Due(outcome.organizationId(), outcome.jobType());
        }
    }

    /** From now on, the outcome of this list is expected. */
    void expect(String organizationId, JobType jobType) {
        due.add(new Due(organizationId, jobType));
    }

    /** The lists are those of others. */
    void expectNothing() {
        due.clear();
    }

    boolean isDue(String organizationId, JobType jobType) {
        return due.contains(new Due(organizationId, jobType));
    }

    void add(ListOutcome outcome) {
        told.add(outcome);
        due.remove(Due.of(outcome));
    }

    /** The server does not list the organization any more: it was not polled. */
    void addGone(ListOutcome outcome) {
        gone.add(outcome.organizationId());
        add(outcome);
    }

    /** How many organizations the server does not list any more. */
    int gone() {
        return gone.size();
    }

    Stream<ListOutcome> stream() {
        return told.stream();
    }

    boolean isAnyBut(Status status) {
        return told.stream().anyMatch(outcome -> outcome.status() != status);
    }

    /** The lists that did not end well, those without an outcome among them. */
    List<ListOutcome> notComplete() {
        Stream<ListOutcome> brokenOff = due.stream()
                .map(list -> ListOutcome.failed(list.organizationId(), list.jobType(), "its poll broke off"));
        return Stream.concat(told.stream(), brokenOff)
                .filter(outcome -> outcome.status() != Status.COMPLETE && !outcome.toldElsewhere())
                .sorted(Comparator.comparing(
                                ListOutcome::organizationId, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparing(ListOutcome::jobType))
                .toList();
    }

    /** Why not all is complete, as far as one line can say it; empty where it is. */
    Optional<String> reason(int organizations) {
        List<ListOutcome> notComplete = notComplete();
        var ofOrganizations = new ArrayList<String>();
        if (organizationsNotComplete() > 0) {
            ofOrganizations.add(
                    "%d of %d organizations not complete".formatted(organizationsNotComplete(), organizations));
        }
        if (gone() > 0) {
            ofOrganizations.add("%d not listed any more".formatted(gone()));
        }
        var reasons = new ArrayList<String>();
        if (!ofOrganizations.isEmpty()) {
            reasons.add(String.join(", ", ofOrganizations) + ", among them "
                    + notComplete.get(0).text());
        }
        notComplete.stream()
                .filter(outcome -> outcome.organizationId() == null)
                .forEach(outcome -> reasons.add(outcome.text()));
        return Optional.of(String.join("; ", reasons)).filter(text -> !text.isEmpty());
    }

    /** How each organization that was polled ended: as all its lists did, or else as the first of them that did not end well. */
    Map<String, Status> organizationStatuses() {
        var statuses = new TreeMap<String, Status>();
        told.stream()
                .filter(this::isOfOneThatWasPolled)
                .sorted(Comparator.comparing(ListOutcome::jobType))
                .forEach(outcome -> statuses.merge(
                        outcome.organizationId(),
                        outcome.status(),
                        (one, other) -> one == Status.COMPLETE ? other : one));
        return statuses;
    }

    private boolean isOfOneThatWasPolled(ListOutcome outcome) {
        return outcome.organizationId() != null && !gone.contains(outcome.organizationId());
    }

    /** How many organizations that were polled have a list that was not complete, besides the source's list of copy jobs. */
    int organizationsNotComplete() {
        return (int) notComplete().stream()
                .filter(this::isOfOneThatWasPolled)
                .map(ListOutcome::organizationId)
                .distinct()
                .count();
    }

    int jobs() {
        return told.stream().mapToInt(ListOutcome::jobs).sum();
    }

    int rejected() {
        return told.stream().mapToInt(ListOutcome::rejected).sum();
    }
}
