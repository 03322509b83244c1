package org.jobtrail.poll;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.Organization;
import org.jobtrail.poll.OrganizationOutcome.Status;
import org.jobtrail.settings.Settings.Source;

/** One attempt to poll a source, from its number to its receipt. Thread-safe: organizations are polled in parallel. */
public final class Attempt {

    private final Source source;
    private final long number;
    private final String startedAt;
    private final long startedNanos;
    private final Queue<OrganizationOutcome> outcomes = new ConcurrentLinkedQueue<>();
    private volatile List<Organization> organizations = List.of();
    private volatile ApiVersion apiVersion;
    private volatile String listDoubt;
    private volatile String failure;

    Attempt(Source source, long number, String startedAt, long startedNanos) {
        this.source = source;
        this.number = number;
        this.startedAt = startedAt;
        this.startedNanos = startedNanos;
    }

    public Source source() {
        return source;
    }

    public long number() {
        return number;
    }

    public void ended(OrganizationOutcome outcome) {
        outcomes.add(outcome);
    }

    void listed(List<Organization> listed, ApiVersion version) {
        organizations = listed;
        apiVersion = version;
    }

    /** Organizations may be missing in the list, and why. */
    void doubt(String reason) {
        listDoubt = reason;
    }

    void failed(String reason) {
        failure = reason;
    }

    String startedAt() {
        return startedAt;
    }

    long startedNanos() {
        return startedNanos;
    }

    String failure() {
        return failure;
    }

    /** What is wrong with the source as a whole. */
    String trouble() {
        return failure == null ? listDoubt : failure;
    }

    ApiVersion apiVersion() {
        return apiVersion;
    }

    List<Organization> organizations() {
        return organizations;
    }

    Collection<OrganizationOutcome> outcomes() {
        return outcomes;
    }

    /** An organization that nobody told the end of is one of them. */
    List<OrganizationOutcome> notComplete() {
        Set<String> ended =
                outcomes.stream().map(OrganizationOutcome::organizationId).collect(Collectors.toSet());
        Stream<OrganizationOutcome> brokenOff = organizations.stream()
                .filter(organization -> !ended.contains(organization.id()))
                .map(organization -> OrganizationOutcome.failed(organization.id(), "its poll broke off"));
        return Stream.concat(outcomes.stream(), brokenOff)
                .filter(outcome -> outcome.status() != Status.COMPLETE)
                .sorted(java.util.Comparator.comparing(OrganizationOutcome::organizationId))
                .toList();
    }

    /** Of all the source's lists together. */
    Status status() {
        if (failure != null) {
            return Status.FAILED;
        }
        return listDoubt == null && notComplete().isEmpty() ? Status.COMPLETE : Status.PARTIAL;
    }

    /** Why it was not complete, as far as one line can say it. */
    String reason() {
        if (trouble() != null || notComplete().isEmpty()) {
            return trouble();
        }
        OrganizationOutcome first = notComplete().get(0);
        return "%d of %d organizations not complete, among them %s: %s, %s"
                .formatted(
                        notComplete().size(),
                        organizations.size(),
                        first.organizationId(),
                        first.status(),
                        first.reason());
    }

    /** True where anything of the source could be read. */
    boolean reached() {
        return failure == null
                && (organizations.isEmpty()
                        || outcomes.stream().anyMatch(outcome -> outcome.status() != Status.FAILED));
    }

    int jobs() {
        return outcomes.stream().mapToInt(OrganizationOutcome::jobs).sum();
    }

    int rejected() {
        return outcomes.stream().mapToInt(OrganizationOutcome::rejected).sum();
    }

    int changes() {
        return outcomes.stream().mapToInt(OrganizationOutcome::changeCount).sum();
    }
}
