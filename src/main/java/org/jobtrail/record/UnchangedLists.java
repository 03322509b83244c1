package org.jobtrail.record;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.fetch.JobList;
import org.jobtrail.fetch.JobType;
import org.jobtrail.poll.Attempt;
import org.jobtrail.poll.OrganizationOutcome;
import org.jobtrail.poll.StatementParameters;
import org.jobtrail.record.LastPolls.LastPoll;

/**
 * What {@code 4-fetch-all-jobs} asks: whether a look at all jobs of a source is worth it, and whom it spares. A list that it finds
 * unchanged has the very content that was recorded last, under the last claim that anybody took. Thread-safe.
 */
public final class UnchangedLists {

    /** Of fewer, the requests are few. */
    private static final int MANY = 100;

    /** Jobs in a list: longer ones are better read several at once. */
    private static final int SHORT = 50;

    /** No list is judged by others than itself for longer. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final int LONGEST_PAUSE = 32;

    private final LastPolls lastPolls;
    private final boolean shared;
    private final int mostJobs;
    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();

    /** Polls of a source that do without, after a look that spared too few. */
    private record Pause(int length, int left) {

        static final Pause NONE = new Pause(0, 0);

        Pause next() {
            return left > 0 ? new Pause(length, left - 1) : longer();
        }

        private Pause longer() {
            int longer = Math.min(LONGEST_PAUSE, 2 * length + 1);
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

    /** Null where it would not be worth it. */
    public Look look(@Variable("attempt") Attempt attempt) {
        String source = attempt.source().name();
        int organizations = attempt.getToPoll().size();
        if (shared || organizations < MANY) {
            return null;
        }
        var look = new Look(lastPolls.of(source, attempt.getToPoll(), LONGEST.toNanos()));
        if (look.organizations() < organizations / 2
                || look.jobs() > SHORT * look.organizations()
                || look.jobs() > mostJobs) {
            return null;
        }
        // Until it has proved to be worth it.
        Pause before = pauses.getOrDefault(source, Pause.NONE);
        pauses.put(source, before.next());
        return before.left() > 0 ? null : look;
    }

    public void compare(
            @Variable("look") Look look,
            @Variable("jobs") JobList jobs,
            @Variable("attempt") Attempt attempt,
            Exchange exchange) {
        look.compare(jobs);
        StatementParameters.set(exchange, Map.of("source", attempt.source().name(), "claims", look.claims()));
    }

    public void passOver(
            @Variable("look") Look look,
            @Variable("attempt") Attempt attempt,
            @Body List<Map<String, Object>> claimedSince) {
        Map<String, LastPoll> unchanged = look.unchanged(claimedSince.stream()
                .map(row -> (String) row.get("organization_id"))
                .collect(Collectors.toSet()));
        unchanged.forEach((organizationId, last) -> attempt.ended(OrganizationOutcome.unchanged(
                organizationId, JobType.BACKUP, last.list().jobs(), last.list().digest())));
        if (look.wasWorthIt(attempt.getToPoll().size())) {
            pauses.remove(attempt.source().name());
        }
    }
}
