package org.jobtrail.crash;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jobtrail.crash.Passing.Stage;

/**
 * The moments between any two of which a crash leaves something else behind: of the writer of the history, and of the publisher that
 * relays it to Kafka. Each is told from what is said on the wire.
 */
enum Point {
    W0("before the claim", at(Stage.REQUEST, "jobtrail.claim_polls(")),
    W1("after the claim", at(Stage.REQUEST, "GET /v7/Organizations/"), "/Jobs"),
    W2("in the middle of the fetch", at(Stage.HALFWAY, "GET /v7/Organizations/"), "/Jobs"),
    W3("after the fetch", commit(Stage.ANSWERED, "jobtrail.last_snapshots(")),
    W4("after BEGIN", recording(at(Stage.REQUEST, "jobtrail.record_polls("))),
    W5("after the lock", recording(at(Stage.REQUEST, "jobtrail.record_polls("))),
    W6("after the INSERT", recording(at(Stage.REQUEST, "jobtrail.record_polls("))),
    W7("before COMMIT is sent", recording(commit(Stage.REQUEST, "jobtrail.record_polls("))),
    W8("COMMIT is sent, its answer lost", recording(commit(Stage.ANSWERING, "jobtrail.record_polls("))),
    W9("after COMMIT", recording(commit(Stage.ANSWERED, "jobtrail.record_polls("))),
    R0("before the lock", at(Stage.REQUEST, "pg_try_advisory_lock")),
    R1("after initTransactions", kafka(Stage.ANSWERED, "InitProducerId")),
    R2("after the cursor is read", at(Stage.REQUEST, "jobtrail.reconcile_publication(")),
    R3("after begin", kafka(Stage.REQUEST, "Produce")),
    R4("between two sends", kafka(Stage.REQUEST, "Produce"), kafka(Stage.REQUEST, "Produce")),
    R5("after the cursor is sent", Point::cursorSent),
    R6("before the commit", kafka(Stage.REQUEST, "EndTxn commit")),
    R7("commit is sent, its answer lost", kafka(Stage.ANSWERING, "EndTxn commit")),
    R8(
            "after the commit, before the ack",
            kafka(Stage.ANSWERED, "EndTxn commit"),
            at(Stage.REQUEST, "jobtrail.next_events(")),
    R9(
            "after the ack",
            kafka(Stage.ANSWERED, "EndTxn commit"),
            at(Stage.REQUEST, "jobtrail.next_events("),
            // That the commit of the batch before was answered may be told late; but not so late.
            commit(Stage.REQUEST, "jobtrail.next_events("),
            commit(Stage.ANSWERED, "jobtrail.next_events("));

    /** A moment, told with the names of the topics at hand. */
    interface Moment extends Function<Topics, Predicate<Passing>> {}

    /** @param cursorId the bytes of its id, one a character */
    record Topics(String transactionalId, String cursorId) {}

    private final String description;
    private final List<Moment> moments;

    Point(String description, Moment... moments) {
        this.description = description;
        this.moments = List.of(moments);
    }

    Point(String description, Moment moment, String more) {
        this(
                description,
                topics -> moment.apply(topics).and(passing -> passing.text().contains(more)));
    }

    List<Predicate<Passing>> moments(Topics topics) {
        return moments.stream().map(moment -> moment.apply(topics)).toList();
    }

    /** The table that somebody else holds, so that the statement waits in its middle. */
    Optional<String> heldTable() {
        return switch (this) {
            case W5 -> Optional.of("job_history");
            case W6 -> Optional.of("known_job");
            default -> Optional.empty();
        };
    }

    /** Passed only by an instance that begins to publish. */
    boolean isOfAStart() {
        return this == R0 || this == R1 || this == R2;
    }

    /** A transaction of Kafka's is open, and Kafka knows. */
    boolean leavesATransaction() {
        return this == R4 || this == R5 || this == R6;
    }

    @Override
    public String toString() {
        return name() + " " + description;
    }

    private static Moment at(Stage stage, String statement) {
        return topics ->
                passing -> passing.is(stage, statement) && !passing.text().startsWith("COMMIT");
    }

    private static Moment commit(Stage stage, String statement) {
        return topics ->
                passing -> passing.is(stage, statement) && passing.text().startsWith("COMMIT");
    }

    /** Not of a poll that found nothing. */
    private static Moment recording(Moment moment) {
        return topics -> moment.apply(topics).and(passing -> passing.text().contains("changedFields"));
    }

    /** A request of the producer of the events; that of the checkpoints has a longer id. */
    static Moment kafka(Stage stage, String kind) {
        return topics -> passing -> passing.is(stage, topics.transactionalId())
                && passing.text().startsWith(kind)
                && !passing.text().contains(topics.transactionalId() + "-");
    }

    private static Predicate<Passing> cursorSent(Topics topics) {
        return kafka(Stage.ANSWERING, "Produce")
                .apply(topics)
                .and(passing -> passing.text().contains(topics.cursorId()));
    }
}
