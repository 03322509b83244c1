package org.jobtrail.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where everything that is chained ends: what {@code sql/query/ledger_heads.sql} said at one moment, or a checkpoint says. */
public record Heads(Database database, List<Organization> organizations, List<Receipts> receipts, Notes notes) {

    /** Which database it is: that of a copy or of a restored dump has another system identifier. */
    public record Database(String system, String name) {
        @Override
        public String toString() {
            return "database %s of cluster %s".formatted(name, system);
        }
    }

    /** The last row of an organization's history. */
    public record Organization(String id, int epoch, long seq, String hash) {

        private boolean isThatOf(Organization before) {
            return seq == before.seq && hash.equals(before.hash);
        }
    }

    /** The last receipt of a source. */
    public record Receipts(String source, long seq, String hash) {}

    /** The last note about the ledger itself; seq 0 before the first. */
    public record Notes(long seq, String hash) {}

    public Heads {
        organizations = organizations.stream()
                .sorted(Comparator.comparing(Organization::id))
                .toList();
        receipts =
                receipts.stream().sorted(Comparator.comparing(Receipts::source)).toList();
    }

    static Heads of(List<Map<String, Object>> rows) {
        var organizations = new ArrayList<Organization>();
        var receipts = new ArrayList<Receipts>();
        Notes notes = null;
        Database database = null;
        for (Map<String, Object> row : rows) {
            String id = (String) row.get("id");
            String hash = (String) row.get("hash");
            long seq = ((Number) row.get("seq")).longValue();
            switch ((String) row.get("kind")) {
                case "database" -> database = new Database(hash, id);
                case "notes" -> notes = new Notes(seq, hash);
                case "organization" ->
                    organizations.add(new Organization(id, ((Number) row.get("epoch")).intValue(), seq, hash));
                case "receipts" -> receipts.add(new Receipts(id, seq, hash));
                default -> throw new IllegalStateException("ledger_heads.sql says " + row.get("kind"));
            }
        }
        return new Heads(database, organizations, receipts, notes);
    }

    /** These heads with some of the organizations only. */
    Heads with(List<Organization> some) {
        return new Heads(database, some, receipts, notes);
    }

    /** Whether there is anything that a checkpoint could be taken of. */
    boolean isEmpty() {
        return organizations.isEmpty() && receipts.isEmpty() && notes.seq() == 0;
    }

    /** Whether these heads go on from the earlier ones: everything that was there is still there and was not set back. */
    boolean continues(Heads earlier) {
        var now = new HashMap<String, Long>();
        organizations.forEach(head -> now.put("organization " + head.id(), head.seq()));
        receipts.forEach(head -> now.put("receipts " + head.source(), head.seq()));
        return earlier.organizations().stream()
                        .allMatch(head -> now.getOrDefault("organization " + head.id(), -1L) >= head.seq())
                && earlier.receipts().stream()
                        .allMatch(head -> now.getOrDefault("receipts " + head.source(), -1L) >= head.seq())
                && notes.seq() >= earlier.notes().seq();
    }

    /**
     * Whether these are the same histories, as far as heads can tell: none was set back, each that has not moved has the same hash, and
     * there is one of these.
     */
    boolean hasHistoriesOf(Heads earlier) {
        var now = new HashMap<String, Organization>();
        organizations.forEach(head -> now.put(head.id(), head));
        return earlier.organizations().stream().allMatch(before -> {
                    Organization head = now.get(before.id());
                    return head != null && (head.seq() > before.seq() || head.isThatOf(before));
                })
                && earlier.organizations().stream()
                        .anyMatch(before -> now.get(before.id()).isThatOf(before));
    }
}
