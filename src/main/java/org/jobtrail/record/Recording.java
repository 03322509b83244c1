package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jobtrail.fetch.JobType;
import org.jobtrail.poll.OrganizationOutcome;
import org.jobtrail.poll.OrganizationOutcome.Status;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Json;
import org.jobtrail.transform.Listing;

/**
 * One organization's poll on its way into the history: the verdict on its list, what changed, portion by portion, and how it
 * ended. Used by one thread at a time.
 */
public final class Recording {

    private final String source;
    private final Listing listing;
    private final Claim claim;
    private final Verdict verdict;
    private final ChangeDetection detection;
    private final Portions portions;
    private final Map<String, Integer> counts = new TreeMap<>();
    private Settlement settlement;
    private Portion portion;
    private Changes changes;
    private boolean more;

    Recording(String source, Listing listing, Claim claim, Absence absence) {
        this.source = source;
        this.listing = listing;
        this.claim = claim;
        this.verdict = Verdict.of(listing, claim, absence);
        this.detection = new ChangeDetection(listing, verdict, absence);
        this.portions = detection.portions(rejected());
        this.settlement = new Settlement(claim.number(), claim.lastSeq());
        this.more = !saysNothing();
    }

    /** Nothing changed, and nothing is in doubt: then it would be a statement for nothing. */
    private boolean saysNothing() {
        return verdict != Verdict.SUSPECT
                && !claim.firstPoll()
                && claim.suspectDigest().isEmpty()
                && claim.acceptedDigest().isEmpty()
                && detection.isNothing()
                && rejected().isEmpty()
                && claim.lastList().map(Claim.LastList::contentDigest).equals(Optional.ofNullable(content()));
    }

    /** What the next list is held against; null where the same list would not say the same. */
    private String content() {
        return verdict == Verdict.COMPLETE && !detection.isCounting() ? listing.contentDigest() : null;
    }

    /** True where a portion is still to be recorded. */
    public boolean isMore() {
        return more;
    }

    public Settlement getSettlement() {
        return settlement;
    }

    void begin() {
        portion = portions.next();
        settlement = settlement.ofTheNext();
    }

    public boolean isNeedsSnapshots() {
        return !portion.needed().isEmpty();
    }

    /** The jobs of which the last snapshot is needed. */
    String neededJson() {
        return portion.neededJson();
    }

    void detect(Function<JobKey, JobSnapshot> before) {
        changes = new Changes(source, listing.organization(), claim, listing.apiVersion());
        detection.tell(portion, before, changes);
    }

    /** Which poll it is, for who asks whether it was recorded. */
    Map<String, Object> identity() {
        return Map.of(
                "organization_id",
                listing.organization().id(),
                "job_type",
                listing.type().toString(),
                "claimed_poll",
                settlement.claim(),
                "after",
                settlement.after());
    }

    Map<String, Object> parameters(long attempt) {
        var parameters = new HashMap<>(identity());
        parameters.put("attempt", attempt);
        parameters.put("changes", changes.rowsJson());
        parameters.put("payloads", changes.payloads());
        parameters.put("raws", changes.raws());
        parameters.put("states", changes.statesJson());
        parameters.put("snapshots", changes.snapshots());
        parameters.put("touched", changes.touchedJson());
        parameters.put("rejected", rejectedJson(listing.type(), portion.rejected()));
        parameters.put("suspect_digest", verdict == Verdict.SUSPECT ? suspectDigest() : null);
        parameters.put("list", portion.last() ? listJson() : null);
        return parameters;
    }

    private String listJson() {
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        return Json.text(list.put("content_digest", content())
                .put("list_digest", listing.digest())
                .put("jobs", listing.jobs()));
    }

    /** The portion is in the history, which now ends at {@code lastSeq}. */
    void recorded(long lastSeq) {
        changes.counts().forEach((kind, count) -> counts.merge(kind.toString(), count, Integer::sum));
        settlement.settled(lastSeq);
        more = !portion.last();
        portion = null;
        changes = null;
    }

    /** All of it is in the history: the next poll need not ask what is known. */
    void keepIn(KnownLists lists) {
        if (content() != null) {
            lists.keep(listing.organization().id(), listing.type(), content(), listing.jobs(), listing::known);
        }
    }

    /** No further portion is recorded. */
    void endsHere() {
        settlement.settled(settlement.after());
        more = false;
    }

    OrganizationOutcome outcome(boolean superseded) {
        Status status = superseded ? Status.SUPERSEDED : Status.valueOf(verdict.name());
        return new OrganizationOutcome(
                listing.organization().id(),
                listing.type(),
                status,
                reason(status),
                listing.jobs(),
                counts,
                rejected().size(),
                listing.digest());
    }

    /** Of a list that is about another organization, nothing is kept in this one's name. */
    private List<Listing.Rejected> rejected() {
        return verdict == Verdict.SUSPECT ? List.of() : listing.rejected();
    }

    /** Whoever waits for a reduced list to be confirmed does not wait for the list of another organization. */
    private String suspectDigest() {
        return listing.foreignOwner()
                .map(owner -> HexFormat.of().formatHex(Json.sha256("of organization " + owner)))
                .orElseGet(listing::digest);
    }

    private String reason(Status status) {
        return switch (status) {
            case SUSPECT -> suspicion();
            case SUPERSEDED -> "a later poll came first";
            case PARTIAL -> listing.doubt();
            default -> null;
        };
    }

    private String suspicion() {
        return listing.foreignOwner()
                .map(owner -> "the answer holds the jobs of organization %s: nothing is recorded".formatted(owner))
                .orElseGet(() ->
                        "%d of %d known jobs are not in a list of %d: nothing is recorded until the same list was read for absence.suspect-for"
                                .formatted(listing.gone().size(), listing.present(), listing.jobs()));
    }

    static String rejectedJson(JobType type, List<Listing.Rejected> rejected) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        rejected.forEach(one -> array.addObject()
                .put("job_type", type.toString())
                .put("digest", HexFormat.of().formatHex(one.raw().digest()))
                .put("reason", one.reason())
                .put("raw", one.raw().text()));
        return Json.text(array);
    }
}
