package org.jobtrail.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jobtrail.fetch.ListElements;
import org.jobtrail.page.ListElement;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.veeam.Organization;

/**
 * Polls of one organization, each of which appends one row for each of its jobs, through the functions that the program records
 * with. What they find is made in advance, so that who measures the rest does not measure that: each job ends in turn with success
 * and with a warning. Not thread-safe.
 */
public final class SteadyPolls {

    /** The rows of one poll: one commit. {@code nanos} is when PostgreSQL's answer to it was there. */
    public record Appended(String organization, long firstSeq, List<Row> rows, long nanos) {}

    /** What a row puts on the topic. */
    public record Row(String key, String payload) {}

    private record Poll(Changes changes, List<Row> rows) {}

    private final Connection writer;
    private final String source;
    private final Organization organization;
    private final List<Poll> polls = new ArrayList<>();
    private int done;

    public SteadyPolls(Connection writer, String source, String name, int jobs) {
        this.writer = writer;
        this.source = source;
        this.organization = new Organization(UUID.randomUUID().toString(), name);
        var ids = new ArrayList<String>();
        for (int job = 0; job < jobs; job++) {
            ids.add(UUID.randomUUID().toString());
        }
        List<ReadJob> success = seen(ids, "Success", 0);
        List<ReadJob> warning = seen(ids, "Warning", 3_600);
        polls.add(poll(ids, null, success));
        polls.add(poll(ids, success, warning));
        polls.add(poll(ids, warning, success));
    }

    private List<ReadJob> seen(List<String> ids, String status, int later) {
        Instant run = Instant.now().truncatedTo(ChronoUnit.MICROS).plusSeconds(later);
        var elements = new ArrayList<ListElement>();
        for (String id : ids) {
            elements.add(ListElements.of(
                    new SampleJob(organization.id(), id, elements.size()).shown(elements.size(), status, run, 0)));
        }
        return ReadJob.of(organization, elements);
    }

    private Poll poll(List<String> ids, List<ReadJob> before, List<ReadJob> after) {
        var claim = Claim.ofAnOperator(1, Instant.now().toString());
        var changes = new Changes(source, organization, claim, "v8");
        for (int job = 0; job < ids.size(); job++) {
            JobSnapshot last = before == null ? null : before.get(job).snapshot();
            changes.append(
                    after.get(job).job(),
                    last == null
                            ? List.of(new Kinds.Kind(ChangeKind.CREATED, List.of()))
                            : Kinds.between(last, after.get(job).snapshot()),
                    last,
                    after.get(job).snapshot());
        }
        List<Row> rows = changes.rows().stream()
                .map(row -> new Row(organization.id() + "/" + row.key().id(), Change.text(row.payload())))
                .toList();
        return new Poll(changes, rows);
    }

    /** One poll: a claim and, committed by itself, what was found. */
    public Appended next() throws SQLException {
        Poll poll = polls.get(done == 0 ? 0 : 1 + (done - 1) % 2);
        done++;
        ClaimedPoll claimed = ClaimedPoll.by(writer, source, organization);
        long lastSeq = new RecordedPoll(organization, claimed, poll.changes()).by(writer, done);
        long nanos = System.nanoTime();
        return new Appended(organization.id(), lastSeq - poll.rows().size() + 1, poll.rows(), nanos);
    }
}
