package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jobtrail.fetch.JobType;
import org.jobtrail.poll.OrganizationOutcome;
import org.jobtrail.poll.OrganizationOutcome.Status;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Json;
import org.jobtrail.transform.Listing;

/** One organization's poll on its way into the history: the verdict on its list, what changed, and how it ended. */
public final class Recording {

    private final String source;
    private final Listing listing;
    private final Claim claim;
    private final Verdict verdict;
    private final ChangeDetection detection;
    private final ArrayNode needed;
    private final Settlement settlement;
    private Changes changes;

    Recording(String source, Listing listing, Claim claim, Absence absence) {
        this.source = source;
        this.listing = listing;
        this.claim = claim;
        this.verdict = Verdict.of(listing, claim, absence);
        this.detection = new ChangeDetection(listing, verdict, absence);
        this.needed = needed();
        this.settlement = new Settlement(claim.number());
        this.changes = none();
    }

    public boolean isNeedsSnapshots() {
        return !needed.isEmpty();
    }

    public Settlement getSettlement() {
        return settlement;
    }

    /** Which poll it is, for who asks whether it was recorded. */
    Map<String, Object> identity() {
        return Map.of(
                "organization_id",
                listing.organization().id(),
                "job_type",
                listing.type().toString(),
                "claimed_poll",
                settlement.claim());
    }

    /** The jobs of which the last snapshot is needed. */
    String neededJson() {
        return Json.text(needed);
    }

    private ArrayNode needed() {
        ArrayNode needed = JsonNodeFactory.instance.arrayNode();
        if (verdict != Verdict.SUSPECT) {
            detection
                    .needed()
                    .forEach(key ->
                            needed.addObject().put("job_type", key.type()).put("job_id", key.id()));
        }
        return needed;
    }

    void detect(Map<JobKey, JobSnapshot> before) {
        changes = none();
        if (verdict != Verdict.SUSPECT) {
            detection.into(changes, before);
        }
    }

    Map<String, Object> parameters(long attempt) {
        var parameters = new HashMap<>(identity());
        parameters.put("attempt", attempt);
        parameters.put("changes", changes.rowsJson());
        parameters.put("states", changes.statesJson());
        parameters.put("touched", changes.touchedJson());
        parameters.put("rejected", rejectedJson(listing.type(), rejected()));
        parameters.put("suspect_digest", verdict == Verdict.SUSPECT ? suspectDigest() : null);
        return parameters;
    }

    OrganizationOutcome outcome(boolean superseded) {
        Status status = superseded ? Status.SUPERSEDED : Status.valueOf(verdict.name());
        var counts = new TreeMap<String, Integer>();
        if (!superseded) {
            changes.counts().forEach((kind, count) -> counts.put(kind.toString(), count));
        }
        return new OrganizationOutcome(
                listing.organization().id(),
                listing.type(),
                status,
                reason(status),
                listing.listed().size(),
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
                                .formatted(
                                        listing.known().present().stream()
                                                .filter(job -> !listing.listed().contains(job.key()))
                                                .count(),
                                        listing.known().present().size(),
                                        listing.listed().size()));
    }

    private Changes none() {
        return new Changes(source, listing.organization(), claim, listing.apiVersion());
    }

    static String rejectedJson(JobType type, List<Listing.Rejected> rejected) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        rejected.forEach(one -> array.addObject()
                .put("job_type", type.toString())
                .put("digest", one.digest())
                .put("reason", one.reason())
                .put("raw", one.raw()));
        return Json.text(array);
    }
}
