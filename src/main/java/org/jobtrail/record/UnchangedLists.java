package org.jobtrail.record;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.JobList;
import org.jobtrail.poll.Attempt;
import org.jobtrail.poll.ListOutcome;
import org.jobtrail.record.LastPolls.LastPoll;
import org.jobtrail.text.OneLine;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code 4-fetch-all-jobs} asks: whether it is worth it to read the list of all jobs of a source, and whom it spares. A list
 * that it finds unchanged has the very content that was recorded last, under the last claim that anybody took. Thread-safe.
 */
public final class UnchangedLists {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.poll");

    /** Fewer are asked one by one: that takes little time. */
    private static final int MANY = 100;

    private final LastPolls lastPolls;
    private final boolean shared;
    private final int mostJobs;
    private final Map<String, AllJobsComparison.Contents> before = new ConcurrentHashMap<>();
    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();

    /** Polls of a source that do without, after a comparison that was not worth it. */
    private record Pause(int length, int left) {

        static final Pause NONE = new Pause(0, 0);
        static final Pause LONGEST = new Pause(32, 32);

        Pause next() {
            return left > 0 ? new Pause(length, left - 1) : longer();
        }

        private Pause longer() {
            int longer = Math.min(LONGEST.length, 2 * length + 1);
            return new Pause(longer, longer);
        }
    }

    /**
     * @param shared true where instances share the polling: each of them would read what all of them have to
     * @param mostJobs of how many is remembered how they read: to cut all others into tokens takes longer than the requests
     */
    public UnchangedLists(LastPolls lastPolls, boolean shared, int mostJobs) {
        this.lastPolls = lastPolls;
        this.shared = shared;
        this.mostJobs = mostJobs;
    }

    /** Begins a comparison; null where it would not be worth it. */
    public AllJobsComparison begin(@Variable("attempt") Attempt attempt) {
        String source = attempt.source().name();
        List<Organization> polled = attempt.getToPoll();
        lastPolls.retain(source, polled);
        // Only what the poll before saw: what is older may have been true meanwhile.
        AllJobsComparison.Contents before =
                Optional.ofNullable(this.before.remove(source)).orElse(AllJobsComparison.Contents.NOTHING);
        if (shared || polled.size() < MANY) {
            return null;
        }
        var comparison = new AllJobsComparison(lastPolls.known(source, polled), lastPolls.now(), before);
        if (!comparison.isWorthwhile(polled.size(), mostJobs)) {
            return null;
        }
        Pause pause = pauses.getOrDefault(source, Pause.NONE);
        // Until it has proved to be worth it.
        pauses.put(source, pause.next());
        return pause.left() > 0 ? null : comparison;
    }

    public void compare(
            @Variable("comparison") AllJobsComparison comparison,
            @Variable("jobs") JobList jobs,
            @Variable("attempt") Attempt attempt,
            Exchange exchange) {
        comparison.compare(jobs);
        StatementParameters.set(exchange, comparison.parameters(attempt.source().name()));
    }

    public void passOver(
            @Variable("comparison") AllJobsComparison comparison,
            @Variable("attempt") Attempt attempt,
            @Body List<Map<String, Object>> claimedSince) {
        Map<String, LastPoll> unchanged = comparison.unchanged(claimedSince.stream()
                .map(row -> (String) row.get("organization_id"))
                .collect(Collectors.toSet()));
        unchanged.forEach((organizationId, last) -> attempt.ended(ListOutcome.unchanged(
                organizationId, JobType.BACKUP, last.list().jobs(), last.list().digest())));
        String source = attempt.source().name();
        if (comparison.contradicted().isPresent()) {
            LOG.warn(
                    "source {}: its list of all jobs says of organization {} other than the organization's own list, each organization is asked",
                    source,
                    OneLine.of(comparison.contradicted().get()));
            pauses.put(source, Pause.LONGEST);
        } else {
            before.put(source, comparison.contents());
            if (comparison.wasWorthIt(attempt.getToPoll().size())) {
                pauses.remove(source);
            }
        }
    }
}
