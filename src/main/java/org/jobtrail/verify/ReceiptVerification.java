package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jobtrail.verify.Finding.Kind;

/** Recomputes each source's chain of receipts, and the digest of each list of organizations that they name. */
final class ReceiptVerification {

    private static final int LISTS = 50;
    private static final int AHEAD = 200;
    private static final String SOURCES = """
            select source, head.last_attempt, head.last_receipt, head.last_hash, coalesce(receipts, 0),
                coalesce(last_seq, 0), coalesce(last_attempt_with_receipt, 0), coalesce(attempts_with_receipt, 0),
                coalesce(shares_without_receipt, 0)
            from jobtrail.source_head head
            full join (
                select source, sum(receipts) as receipts, max(last_seq) as last_seq, max(attempt) as last_attempt_with_receipt,
                    count(*) as attempts_with_receipt, sum(shares_without_receipt) as shares_without_receipt
                from (
                    -- Of an attempt that was shared: one for itself, one for each share, one for the copy jobs.
                    select source, attempt, count(*) as receipts, max(seq) as last_seq,
                        max(shares) + 2 - count(*) as shares_without_receipt
                    from jobtrail.poll_receipt group by source, attempt
                ) attempts
                group by source
            ) receipt using (source)
            order by source""";
    private static final String RECEIPTS = "select " + ReceiptRow.COLUMNS + """
            , receipt.organization_digest is null or list.digest is not null as listed
            from jobtrail.poll_receipt receipt
            left join jobtrail.organization_list list on list.digest = receipt.organization_digest
            where source = ? and seq > ? and seq <= ? order by seq""" + Chunk.LIMIT;
    private static final String ORGANIZATION_LISTS =
            "select digest, organization_ids from jobtrail.organization_list where digest > ? order by digest limit "
                    + LISTS;

    private final Connection connection;
    private final Findings findings;
    private final ChainHash chainHash = new ChainHash();
    private final Set<String> unchained = new HashSet<>();
    private final Map<String, Long> heads = new HashMap<>();
    private int sources;
    private long receipts;
    private long attempts;
    private long withoutReceipt;
    private long sharesWithoutReceipt;

    ReceiptVerification(Connection connection, Findings findings) {
        this.connection = connection;
        this.findings = findings;
    }

    private record Source(
            String name,
            Long attempts,
            long head,
            byte[] hash,
            long receipts,
            long last,
            long lastAttempt,
            long attemptsWithReceipt,
            long sharesWithoutReceipt) {}

    private record Read(ReceiptRow receipt, boolean listed) {}

    int sources() {
        return sources;
    }

    long receipts() {
        return receipts;
    }

    long attempts() {
        return attempts;
    }

    /** Cut short by a crash, or still under way. */
    long withoutReceipt() {
        return withoutReceipt;
    }

    /** How many shares of attempts that have receipts have none: cut short by a crash, or still under way. */
    long sharesWithoutReceipt() {
        return sharesWithoutReceipt;
    }

    /** False where what was found already says that something is missing or was edited. */
    boolean areChained(String source) {
        return !unchained.contains(source);
    }

    /** How many of the receipts come after those of each source that somebody else knows of. */
    long after(ToLongFunction<String> known) {
        return heads.entrySet().stream()
                .mapToLong(head -> Math.max(0, head.getValue() - known.applyAsLong(head.getKey())))
                .sum();
    }

    void verify() throws SQLException {
        for (Source source : sourceHeads()) {
            sources++;
            heads.put(source.name(), source.head());
            receipts += source.receipts();
            if (source.attempts() == null) {
                broken("source %s has receipts but no head", source.name());
                unchained.add(source.name());
                continue;
            }
            attempts += source.attempts();
            withoutReceipt += Math.max(0, source.attempts() - source.attemptsWithReceipt());
            sharesWithoutReceipt += source.sharesWithoutReceipt();
            if (!isChained(source)) {
                unchained.add(source.name());
            } else if (source.lastAttempt() > source.attempts()) {
                broken(
                        "source %s: there is a receipt of attempt %d, its head says that %d is the last",
                        source.name(), source.lastAttempt(), source.attempts());
            }
        }
        organizationLists();
    }

    private boolean isChained(Source source) throws SQLException {
        long seq = 0;
        byte[] hash = ChainHash.FIRST;
        List<Read> chunk;
        do {
            chunk = chunk(source, seq);
            for (Read read : chunk) {
                String wrong = wrong(read, seq, hash);
                if (wrong != null) {
                    broken(
                            "source %s, receipt %d: %s",
                            source.name(), read.receipt().seq(), wrong);
                    return false;
                }
                seq = read.receipt().seq();
                hash = read.receipt().hash();
            }
        } while (!chunk.isEmpty());
        if (seq != source.head() || source.receipts() != source.head() || source.last() != source.head()) {
            broken(
                    "source %s: %d receipts up to %d, its head says 1 to %d",
                    source.name(), source.receipts(), source.last(), source.head());
            return false;
        }
        if (!Arrays.equals(hash, source.hash())) {
            broken("source %s, receipt %d: its hash is not the one that the head holds", source.name(), seq);
            return false;
        }
        return true;
    }

    private String wrong(Read read, long seqBefore, byte[] hashBefore) {
        ReceiptRow receipt = read.receipt();
        if (receipt.seq() != seqBefore + 1) {
            return "receipt %d should be next".formatted(seqBefore + 1);
        }
        if (!Arrays.equals(receipt.prevHash(), hashBefore)) {
            return "it does not follow from the receipt before";
        }
        if (!Arrays.equals(receipt.hash(), chainHash.of(receipt))) {
            return "its columns are not those that were hashed";
        }
        return read.listed() ? null : "the list of the organizations that it had before it is gone";
    }

    private void organizationLists() throws SQLException {
        byte[] after = new byte[0];
        int read;
        do {
            read = 0;
            try (var statement = connection.prepareStatement(ORGANIZATION_LISTS)) {
                statement.setBytes(1, after);
                try (var row = statement.executeQuery()) {
                    while (row.next()) {
                        after = row.getBytes(1);
                        read++;
                        boolean same = row.getArray(2).getArray() instanceof String[] ids
                                && Arrays.equals(after, chainHash.of(Arrays.asList(ids)));
                        if (!same) {
                            broken(
                                    "organization_list, %s: its ids are not those that were hashed",
                                    HexFormat.of().formatHex(after));
                        }
                    }
                }
            }
        } while (read == LISTS);
    }

    private void broken(String text, Object... arguments) {
        findings.add(Kind.RECEIPTS_BROKEN, text, arguments);
    }

    private List<Source> sourceHeads() throws SQLException {
        var heads = new ArrayList<Source>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(SOURCES)) {
            while (row.next()) {
                heads.add(new Source(
                        row.getString(1),
                        row.getObject(2, Long.class),
                        row.getLong(3),
                        row.getBytes(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8),
                        row.getLong(9)));
            }
        }
        return heads;
    }

    private List<Read> chunk(Source source, long after) throws SQLException {
        try (var statement = connection.prepareStatement(RECEIPTS)) {
            statement.setString(1, source.name());
            statement.setLong(2, after);
            statement.setLong(3, source.head());
            return Chunk.read(
                    statement,
                    AHEAD,
                    row -> new Read(ReceiptRow.of(row), row.getBoolean("listed")),
                    read -> read.receipt().notComplete().length());
        }
    }
}
