package org.jobtrail.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jobtrail.database.DamagedPage;
import org.jobtrail.database.Database;
import org.jobtrail.database.ServerMessage;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.Counted;
import org.jobtrail.verify.Finding.Kind;
import org.jobtrail.verify.HistoryVerification.Range;
import org.jobtrail.verify.Report.Verdict;

/**
 * Recomputes everything that can be recomputed: chains, state, receipts, checkpoints, topic, and what protects them. Changes nothing,
 * and may run beside a running program.
 */
public final class Verification {

    /** Who reads a whole table for a few of its rows meets the damaged pages of others. */
    private static final String BY_INDEX = "set enable_seqscan = off";

    private final Settings settings;
    private final CheckpointKeys keys;
    private final Scope scope;
    private final KafkaClients clients;
    private final Findings findings = new Findings();
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Object> counts = new LinkedHashMap<>();

    public Verification(Settings settings, CheckpointKeys keys, Scope scope) {
        this.settings = settings;
        this.keys = keys;
        this.scope = scope;
        this.clients = new KafkaClients(settings.kafka().orElseThrow());
    }

    private record Reach(long acknowledged, Range range) {}

    /** @throws UnverifiableException where there is nothing to verify */
    public Report run() throws SQLException, IOException {
        try (var database = new Database(settings.database().orElseThrow(), 1);
                Connection connection = database.connectToAudit();
                var statement = connection.createStatement()) {
            statement.execute(BY_INDEX);
            return run(connection);
        }
    }

    /** What was found stays found, whatever keeps the rest from being looked at. */
    private Report run(Connection connection) throws SQLException, IOException {
        Verdict verdict;
        try {
            verdict = judge(connection);
        } catch (SQLException | IOException e) {
            if (findings.worst().isEmpty()) {
                throw e;
            }
            findings.warn("not all was verified: %s", Reason.of(e));
            verdict = verdict(0, Gaps.notCompared(0));
        }
        return new Report(lines, counts, findings, verdict);
    }

    private Verdict judge(Connection connection) throws SQLException, IOException {
        var protection = new Protection(connection);
        protection.requireVersion();
        Map<String, Long> acknowledged = new Organizations(connection, scope).acknowledged();
        if (scope.organizationId().isPresent() && acknowledged.isEmpty()) {
            throw new UnverifiableException("there is no organization %s in this history"
                    .formatted(scope.organizationId().get()));
        }
        var notes = new NoteVerification(connection, findings);
        notes.advance();
        var history = new HistoryVerification(connection, scope, notes, findings);
        var reaches = new LinkedHashMap<String, Reach>();
        var unreadable = new HashSet<String>();
        for (var organization : acknowledged.entrySet()) {
            range(history, organization.getKey())
                    .ifPresentOrElse(
                            range -> reaches.put(organization.getKey(), new Reach(organization.getValue(), range)),
                            () -> unreadable.add(organization.getKey()));
        }
        line(
                "history: %s, %d rows%s",
                Counted.of(reaches.size(), "organization"),
                history.rows(),
                unreadable.isEmpty()
                        ? ""
                        : "; of %s, it cannot be read".formatted(Counted.of(unreadable.size(), "organization")));
        count("organizations", reaches.size());
        count("organizationsUnreadable", unreadable.size());
        count("rows", history.rows());
        if (scope.ofAllTime()) {
            line("state: %s", Counted.of(history.jobs(), "job"));
            count("jobs", history.jobs());
        }
        line("notes: %d", notes.notes());
        count("notes", notes.notes());
        if (notes.sealedRows() > 0) {
            line("sealed: %s", Counted.of(notes.sealedRows(), "row"));
        }
        count("sealedRows", notes.sealedRows());
        var receipts = new ReceiptVerification(connection, findings);
        receipts.verify();
        tell(receipts);
        protection.verify(findings);
        String owners = String.join(", ", protection.owners());
        Gaps gaps = gaps(connection, notes, receipts, reaches, unreadable);
        line("protection: %s", findings.any(Kind.PROTECTION_WEAKENED) ? "weakened" : "as installed");
        line("accounts that may act as the owner, or remove rows: %s", owners);
        return verdict(history.rows(), gaps);
    }

    /** None where PostgreSQL cannot read what it has on its disk of this organization: of the others it may. */
    private Optional<Range> range(HistoryVerification history, String organizationId) throws SQLException, IOException {
        try {
            return Optional.of(history.verify(organizationId));
        } catch (SQLException e) {
            if (!DamagedPage.isIn(e)) {
                throw e;
            }
            findings.add(
                    Kind.UNREADABLE,
                    "the history of organization %s cannot be read (%s): bring PostgreSQL's disk, or a backup, back in order",
                    organizationId,
                    ServerMessage.of(e));
            return Optional.empty();
        }
    }

    /** What is wrong is wrong, whatever Kafka or the file of checkpoints would have said. */
    private Gaps gaps(
            Connection connection,
            NoteVerification notes,
            ReceiptVerification receipts,
            Map<String, Reach> reaches,
            Set<String> unreadable) {
        try {
            return outside(connection, notes, receipts, reaches, unreadable);
        } catch (KafkaException | SQLException | IOException | UncheckedIOException | UnverifiableException e) {
            findings.add(
                    Kind.UNREADABLE,
                    "topic and checkpoints on Kafka were not looked at, or not to their end: %s",
                    Reason.of(e));
            return Gaps.notCompared(0);
        }
    }

    private void tell(ReceiptVerification receipts) {
        line(
                "receipts: %s, %s, %s%s",
                Counted.of(receipts.sources(), "source"),
                Counted.of(receipts.attempts(), "attempt"),
                Counted.of(receipts.receipts(), "receipt"),
                withoutReceipt(receipts));
        count("sources", receipts.sources());
        count("receipts", receipts.receipts());
        count("attempts", receipts.attempts());
        count("attemptsWithoutReceipt", receipts.withoutReceipt());
        count("sharesWithoutReceipt", receipts.sharesWithoutReceipt());
    }

    private static String withoutReceipt(ReceiptVerification receipts) {
        if (receipts.withoutReceipt() + receipts.sharesWithoutReceipt() == 0) {
            return "";
        }
        String shares = receipts.sharesWithoutReceipt() == 0
                ? ""
                : " and %s of others".formatted(Counted.of(receipts.sharesWithoutReceipt(), "share"));
        return "; without one, as they crashed or are under way: %s%s"
                .formatted(Counted.of(receipts.withoutReceipt(), "attempt"), shares);
    }

    /** What was given away and cannot be edited with the database: the checkpoints and the topic. */
    private Gaps outside(
            Connection connection,
            NoteVerification notes,
            ReceiptVerification receipts,
            Map<String, Reach> reaches,
            Set<String> unreadable)
            throws SQLException, IOException {
        Settings.KafkaTopics topics = settings.topics();
        var heads = new CheckpointHeads(connection, scope, unreadable, notes, receipts, findings);
        TopicIdentity identity;
        CheckpointVerification checkpoints = checkpoints(heads);
        try {
            identity = TopicIdentity.of(connection, clients, topics.events(), topics.checkpoints());
            checkpoints.read(identity);
        } catch (KafkaException e) {
            // What the file proves needs no Kafka: whoever rewrote the history may keep it from answering.
            if (!findings.any(Kind.CHECKPOINT_CONTRADICTS)) {
                checkpoints(new CheckpointHeads(connection, scope, unreadable, notes, receipts, findings))
                        .readFile();
            }
            throw e;
        }
        long uncovered = 0;
        for (var organization : reaches.entrySet()) {
            Range range = organization.getValue().range();
            uncovered += rows(
                    notes.epochs(organization.getKey()),
                    Math.max(range.first(), heads.covered(organization.getKey()) + 1),
                    range.last());
        }
        long uncoveredReceipts = receipts.after(heads::coveredReceipts);
        line(
                "checkpoints: %d%s; %s not covered yet%s",
                checkpoints.checkpoints(),
                checkpoints.newest().map(moment -> ", the newest of " + moment).orElse(""),
                Counted.of(uncovered, "row") + (uncovered == 1 ? " is" : " are"),
                alsoUncovered(uncoveredReceipts, notes.notes() - heads.coveredNotes()));
        count("receiptsNotCovered", uncoveredReceipts);
        count("checkpoints", checkpoints.checkpoints());
        count("rowsNotCovered", uncovered);
        if (identity.foreign()) {
            boolean vouchedFor =
                    checkpoints.vouchForKafka() && identity.events().isPresent();
            findings.warn(
                    "the history was published on %s: topic %s was not compared%s",
                    identity.foreignCluster()
                            ? "another Kafka cluster than this one, %s".formatted(identity.clusterId())
                            : "a topic of this name that was deleted or made anew",
                    topics.events(),
                    vouchedFor
                            ? ", but for the events that are there: a trusted key has signed checkpoints beside it"
                            : "");
            if (vouchedFor) {
                events(connection, notes, reaches, unreadable, identity).read();
            }
            return Gaps.notCompared(uncovered);
        }
        return topic(connection, notes, reaches, unreadable, identity, uncovered);
    }

    private CheckpointVerification checkpoints(CheckpointHeads heads) {
        return new CheckpointVerification(
                clients, settings.topics().checkpoints(), settings.checkpoint().file(), keys, heads, findings);
    }

    private TopicVerification events(
            Connection connection,
            NoteVerification notes,
            Map<String, Reach> reaches,
            Set<String> unreadable,
            TopicIdentity identity) {
        return new TopicVerification(
                connection,
                clients,
                settings.topics().events(),
                scope,
                reaches.keySet(),
                unreadable,
                notes,
                findings,
                identity.partitions());
    }

    /** Besides the rows of the history. */
    private static String alsoUncovered(long receipts, long notes) {
        return (receipts > 0 ? ", nor " + Counted.of(receipts, "receipt") : "")
                + (notes > 0 ? ", nor " + Counted.of(notes, "note") : "");
    }

    private Gaps topic(
            Connection connection,
            NoteVerification notes,
            Map<String, Reach> reaches,
            Set<String> unreadable,
            TopicIdentity identity,
            long uncovered)
            throws SQLException {
        String topic = settings.topics().events();
        boolean isThere = identity.events().isPresent();
        TopicVerification events = events(connection, notes, reaches, unreadable, identity);
        // Where there is none, whatever was acknowledged is gone.
        if (isThere) {
            events.read();
        }
        line(
                "topic %s: %s",
                topic,
                isThere
                        ? "%d events%s"
                                .formatted(events.events(), events.whole() ? "" : ", the oldest are gone by retention")
                        : "there is none");
        count("events", events.events());
        long unpublished = 0;
        long leftBehind = 0;
        for (var organization : reaches.entrySet()) {
            Range range = organization.getValue().range();
            long acknowledged = organization.getValue().acknowledged();
            if (!scope.ofAllTime()) {
                acknowledged = Math.min(acknowledged, range.last());
            }
            // What a retention has taken away since the history was read, nobody has looked for on the topic.
            long first =
                    Math.max(range.first(), notes.seal(organization.getKey()).lastSeq() + 1);
            leftBehind += events.leftBehind(organization.getKey(), first, acknowledged);
            long reached = events.reached(organization.getKey(), first, acknowledged);
            unpublished +=
                    rows(notes.epochs(organization.getKey()), Math.max(range.first(), reached + 1), range.last());
        }
        count("rowsNotOnTopic", unpublished);
        boolean removed = !events.whole() && identity.keepsAllEvents();
        if (removed) {
            findings.warn(
                    "topic %s keeps all events, and its oldest are gone: somebody has removed them, or it did not always keep all",
                    topic);
        }
        return new Gaps(unpublished, leftBehind, true, events.whole(), removed, uncovered);
    }

    private static long rows(Epochs epochs, long first, long last) {
        return new Range(first, last).rows() - epochs.skipped(first, last);
    }

    private Verdict verdict(long rows, Gaps gaps) {
        return findings.worst()
                .map(worst -> new Verdict(
                        worst.kind().exitCode(),
                        (worst.kind() == Kind.UNREADABLE ? "could not verify: " : "NOT intact: ") + worst.text()))
                .orElseGet(() -> gaps.verdict(rows));
    }

    private void line(String text, Object... arguments) {
        lines.add(text.formatted(arguments));
    }

    private void count(String name, long number) {
        counts.put(name, number);
    }
}
