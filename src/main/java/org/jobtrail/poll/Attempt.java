package org.jobtrail.poll;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Trouble trouble = new Trouble();
    private final Map<String, Integer> changes = new ConcurrentHashMap<>();
    private volatile List<Organization> organizations = List.of();
    private volatile ApiVersion apiVersion;
    private volatile ServiceInstance instance = ServiceInstance.UNKNOWN;
    private volatile boolean foundNobody;
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

    /** Takes note of rows of the history, by kind, portion by portion: they stay there where the rest of the list fails. */
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

    /** Those of them whose backup jobs have no outcome yet. */
    public List<Organization> getLeft() {
        return getToPoll().stream()
                .filter(organization -> outcomes.isDue(organization.id(), JobType.BACKUP))
                .toList();
    }

    /** The copy jobs of all organizations come after all backup jobs. */
    public boolean readsCopyJobs() {
        return share == null || share.isOfCopyJobs();
    }

    /** From now on, an outcome of this list of the organization is expected. */
    public void due(Organization organization, JobType jobType) {
        outcomes.expect(organization.id(), jobType);
    }

    /** The server lists none of those that the operator wants polled. */
    void foundNobody() {
        foundNobody = true;
    }

    /** The server does not list it any more. That says nothing of its jobs. */
    void gone(String organizationId) {
        outcomes.addGone(
                trouble.isReplacement()
                        ? ListOutcome.failed(
                                organizationId,
                                JobType.BACKUP,
                                "the server was replaced by one that does not list it",
                                Cause.SERVER_REPLACED)
                        : ListOutcome.failed(
                                organizationId,
                                JobType.BACKUP,
                                "the server does not list it any more",
                                Cause.ORGANIZATION_GONE));
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

    /** What is wrong with the source, besides its lists. */
    Trouble trouble() {
        return trouble;
    }

    /** How the source and all its lists ended together. */
    Status status() {
        if (trouble.isFailure()) {
            return Status.FAILED;
        }
        return trouble.isDoubt() || !outcomes.notComplete().isEmpty() ? Status.PARTIAL : Status.COMPLETE;
    }

    /** Why it was not complete, as far as one line can say it; null where it was. */
    String reason() {
        return trouble.text().or(() -> outcomes.reason(organizations.size())).orElse(null);
    }

    /** True where anything of the source could be read, or where the operator wants nothing of what it lists. */
    boolean reached() {
        return !trouble.isFailure() && (organizations.isEmpty() ? !foundNobody : outcomes.isAnyBut(Status.FAILED));
    }

    /** How many rows were appended to the history, by kind. */
    Map<String, Integer> changes() {
        return new TreeMap<>(changes);
    }

    int changeCount() {
        return changes.values().stream().mapToInt(Integer::intValue).sum();
    }
}
