package org.jobtrail.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jobtrail.page.ListElement;
import org.jobtrail.poll.ListOutcome;
import org.jobtrail.poll.ListOutcome.Status;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.text.Sha256;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.Listing;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

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
    private Settlement settlement;
    private Portion portion;
    private Changes changes;
    private boolean more;
    private boolean waiting;

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

    /** True where something is to be recorded that waits for no other. */
    public boolean isAlone() {
        return more && !waiting;
    }

    public Settlement getSettlement() {
        return settlement;
    }

    /** Not the next portion, as long as it is open whether this one is recorded. */
    void begin() {
        if (portion == null) {
            portion = portions.next();
            settlement = settlement.ofTheNext();
        }
    }

    Organization organization() {
        return listing.organization();
    }

    /** How many jobs and elements there is something to record of. */
    int size() {
        return detection.size() + rejected().size();
    }

    /** How many jobs stand in the list. */
    int jobs() {
        return listing.jobs();
    }

    /** How long the texts are that are to be recorded. */
    long bytes() {
        return texts().mapToLong(ListElement::length).sum();
    }

    boolean canWait() {
        return listing.isInMemory();
    }

    /** In a batch. Keeps no text of the list but those that are to be recorded. */
    void startWaiting() {
        waiting = true;
        listing.keepOnly(texts().toList());
    }

    private Stream<ListElement> texts() {
        return Stream.concat(detection.changed(), rejected().stream().map(Listing.Rejected::raw));
    }

    /** The jobs of which the last snapshot is needed; none where it was compared with them: by now they may be what it recorded. */
    List<JobKey> needed() {
        return changes == null ? portion.needed() : List.of();
    }

    Changes changes() {
        return changes;
    }

    void detect(Function<JobKey, JobSnapshot> before) {
        if (changes != null) {
            return;
        }
        changes = new Changes(source, listing.organization(), claim, listing.apiVersion());
        detection.tell(portion, before, changes);
    }

    /** Which poll it is, for the statement that asks whether it was recorded. */
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

    /** What the portion is of, and what list it was where it is the last one. */
    void write(JsonGenerator out) throws IOException {
        out.writeStringField("organization_id", listing.organization().id());
        out.writeStringField("job_type", listing.type().toString());
        out.writeNumberField("claimed_poll", settlement.claim());
        out.writeNumberField("after", settlement.after());
        out.writeStringField("suspect_digest", verdict == Verdict.SUSPECT ? suspectDigest() : null);
        out.writeStringField("api_version", listing.apiVersion());
        out.writeNumberField("changes", changes.count());
        out.writeBooleanField("last", portion.last());
        if (portion.last()) {
            out.writeStringField("content_digest", content());
            out.writeStringField("list_digest", listing.digest());
            out.writeNumberField("jobs", listing.jobs());
        }
    }

    /** The portion is in the history, which now ends at {@code lastSeq}. */
    void recorded(long lastSeq) {
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

    /** As long as nobody claims the organization, its list need not be asked for where another one tells the same. */
    void keepIn(LastPolls polls) {
        if (content() != null && listing.type() == JobType.BACKUP) {
            var list = new Claim.LastList(content(), listing.digest(), listing.jobs());
            polls.keep(source, listing.organization(), settlement.claim(), list);
        }
    }

    /** No further portion is recorded. */
    void endsHere() {
        settlement.settled(settlement.after());
        more = false;
    }

    ListOutcome outcome(boolean superseded) {
        Status status = superseded ? Status.SUPERSEDED : verdict.status();
        return new ListOutcome(
                listing.organization().id(),
                listing.type(),
                status,
                reason(status),
                listing.jobs(),
                rejected().size(),
                listing.digest());
    }

    /** Nothing of a list that is about another organization is kept in this one's name. */
    private List<Listing.Rejected> rejected() {
        return verdict == Verdict.SUSPECT ? List.of() : listing.rejected();
    }

    /** Whoever waits for a reduced list to be confirmed does not wait for the list of another organization. */
    private String suspectDigest() {
        return listing.foreignOwner()
                .map(owner -> Sha256.hex("of organization " + owner))
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
                        "%d of %d known jobs are not in a list of %d: nothing is recorded until the same list was read for absence.suspect-for, or accept-suspect confirms it"
                                .formatted(listing.gone().size(), listing.present(), listing.jobs()));
    }

    void writeRejected(PollObjects objects, JsonGenerator out) throws IOException {
        objects.write(portion.rejected(), (one, element) -> write(listing.type(), one, element), out);
    }

    static String rejectedJson(JobType type, List<Listing.Rejected> rejected) {
        return PollObjects.array((objects, out) -> objects.write(rejected, (one, row) -> write(type, one, row), out));
    }

    private static void write(JobType type, Listing.Rejected one, JsonGenerator out) throws IOException {
        out.writeStringField("job_type", type.toString());
        out.writeStringField("digest", HexFormat.of().formatHex(one.raw().digest()));
        out.writeStringField("reason", one.reason());
        out.writeStringField("raw", one.raw().text());
    }
}
