package org.jobtrail.poll;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.observe.ServerClock;
import org.jobtrail.poll.ListOutcome.Cause;
import org.jobtrail.poll.ListOutcome.Status;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import org.jobtrail.veeam.ServiceInstance;

/** One attempt to poll a source, or a share of one, from its number to its receipt. Thread-safe: organizations are polled in parallel. */
public final class Attempt implements ServerClock {

    private final Source source;
    private final long number;
    private final String startedAt;
    private final long startedNanos;
    private final Outcomes outcomes = new Outcomes();
    private final Map<String, Integer> changes = new ConcurrentHashMap<>();
    private volatile List<Organization> organizations = List.of();
    private volatile ApiVersion apiVersion;
    private volatile ServiceInstance instance = ServiceInstance.UNKNOWN;
    private volatile String listDoubt;
    private volatile boolean foundNobody;
    private volatile String replacement;
    private volatile String failure;
    private volatile Duration clockOffset;
    private volatile Share share;
    private volatile boolean receipt;

    Attempt(Source source, long number, String startedAt, long startedNanos) {
        this.source = source;
        this.number = number;
        this.startedAt = startedAt;
        this.startedNanos = startedNanos;
    }

    /** A share of an attempt that some instance has begun. */
    Attempt(Source source, long number, String startedAt, long startedNanos, Share share, List<Organization> polled) {
        this(source, number, startedAt, startedNanos);
        this.share = share;
        organizations = polled;
        getToPoll().forEach(organization -> due(organization, JobType.BACKUP));
    }

    public Source source() {
        return source;
    }

    public long number() {
        return number;
    }

    public void ended(ListOutcome outcome) {
        outcomes.add(outcome);
    }

    /** Rows of the history, by kind; told portion by portion, as they stay there where the rest of the list fails. */
    public void appended(Map<String, Integer> rows) {
        rows.forEach((kind, count) -> changes.merge(kind, count, Integer::sum));
    }

    void answeredBy(ApiVersion version, ServiceInstance who) {
        apiVersion = version;
        instance = who;
    }

    void listed(List<Organization> listed, ApiVersion version) {
        organizations = listed;
        apiVersion = version;
        listed.forEach(organization -> due(organization, JobType.BACKUP));
    }

    /** What is left to tell of the attempt itself, when its organizations are polled in shares. */
    void divided(int shares) {
        outcomes.expectNothing();
        share = Share.ofTheAttempt(shares);
    }

    void received() {
        receipt = true;
    }

    /** It has its receipt, and no other instance wrote it. */
    boolean hasReceipt() {
        return receipt;
    }

    /** Null where the attempt is polled as a whole. */
    Share share() {
        return share;
    }

    /** The organizations whose backup jobs are to be read. */
    public List<Organization> getToPoll() {
        return share == null || share.isOfOrganizations() ? organizations : List.of();
    }

    /** Those of them of whose backup jobs nobody has told the end yet. */
    public List<Organization> getLeft() {
        return getToPoll().stream()
                .filter(organization -> outcomes.isDue(organization.id(), JobType.BACKUP))
                .toList();
    }

    /** The copy jobs of all organizations come after all backup jobs. */
    public boolean readsCopyJobs() {
        return share == null || share.isOfCopyJobs();
    }

    /** From now on this list of the organization is to be told the end of. */
    public void due(Organization organization, JobType jobType) {
        outcomes.expect(organization.id(), jobType);
    }

    /** Organizations may be missing in the list, and why. */
    void doubt(String reason) {
        listDoubt = listDoubt == null ? reason : listDoubt + "; " + reason;
    }

    /** The server lists none of those that the operator wants polled. */
    void foundNobody() {
        foundNobody = true;
    }

    /** Another installation answers than before. */
    void replaced(String reason) {
        replacement = reason;
    }

    /** The server does not list it any more. That says nothing of its jobs. */
    void gone(String organizationId) {
        outcomes.addGone(
                replacement == null
                        ? ListOutcome.failed(
                                organizationId,
                                JobType.BACKUP,
                                "the server does not list it any more",
                                Cause.ORGANIZATION_GONE)
                        : ListOutcome.failed(
                                organizationId,
                                JobType.BACKUP,
                                "the server was replaced by one that does not list it",
                                Cause.SERVER_REPLACED));
    }

    void failed(String reason) {
        failure = reason;
    }

    @Override
    public void offBy(Duration offset) {
        clockOffset = offset;
    }

    /** The server's clock less ours; null where it did not tell. */
    Duration clockOffset() {
        return clockOffset;
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
        if (failure != null) {
            return failure;
        }
        String doubts = Stream.of(Optional.ofNullable(replacement), Optional.ofNullable(listDoubt))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
        return doubts.isEmpty() ? null : doubts;
    }

    /** The list of organizations was read, but it may lack some, or be another installation's. */
    boolean isDoubtful() {
        return failure == null && trouble() != null;
    }

    ServiceInstance instance() {
        return instance;
    }

    ApiVersion apiVersion() {
        return apiVersion;
    }

    public List<Organization> organizations() {
        return organizations;
    }

    Outcomes outcomes() {
        return outcomes;
    }

    /** Of all the source's lists together. */
    Status status() {
        if (failure != null) {
            return Status.FAILED;
        }
        return trouble() == null && outcomes.notComplete().isEmpty() ? Status.COMPLETE : Status.PARTIAL;
    }

    /** Why it was not complete, as far as one line can say it. */
    String reason() {
        if (trouble() != null || outcomes.notComplete().isEmpty()) {
            return trouble();
        }
        List<ListOutcome> notComplete = outcomes.notComplete();
        var ofOrganizations = new ArrayList<String>();
        if (outcomes.organizationsNotComplete() > 0) {
            ofOrganizations.add("%d of %d organizations not complete"
                    .formatted(outcomes.organizationsNotComplete(), organizations.size()));
        }
        if (outcomes.gone() > 0) {
            ofOrganizations.add("%d not listed any more".formatted(outcomes.gone()));
        }
        var reasons = new ArrayList<String>();
        if (!ofOrganizations.isEmpty()) {
            reasons.add(String.join(", ", ofOrganizations) + ", among them "
                    + notComplete.get(0).text());
        }
        notComplete.stream()
                .filter(outcome -> outcome.organizationId() == null)
                .forEach(outcome -> reasons.add(outcome.text()));
        return String.join("; ", reasons);
    }

    /** True where anything of the source could be read, or where the operator wants nothing of what it lists. */
    boolean reached() {
        return failure == null && (organizations.isEmpty() ? !foundNobody : outcomes.isAnyBut(Status.FAILED));
    }

    /** How many rows were appended to the history, by kind. */
    Map<String, Integer> changes() {
        return new TreeMap<>(changes);
    }

    int changeCount() {
        return changes.values().stream().mapToInt(Integer::intValue).sum();
    }
}
