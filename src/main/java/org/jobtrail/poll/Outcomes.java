package org.jobtrail.poll;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jobtrail.poll.ListOutcome.Status;
import org.jobtrail.veeam.JobType;

/** How the lists of an attempt ended, and of which somebody has still to tell that. Thread-safe. */
final class Outcomes {

    private final Queue<ListOutcome> told = new ConcurrentLinkedQueue<>();
    private final Set<Due> due = ConcurrentHashMap.newKeySet();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    /** A list of which somebody has to tell the end. */
    private record Due(String organizationId, JobType jobType) {

        static Due of(ListOutcome outcome) {
            return new Due(outcome.organizationId(), outcome.jobType());
        }
    }

    /** From now on this list is to be told the end of. */
    void expect(String organizationId, JobType jobType) {
        due.add(new Due(organizationId, jobType));
    }

    /** Whoever expects the lists is somebody else. */
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

    /** The lists that did not end well. One that nobody told the end of is one of them. */
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
