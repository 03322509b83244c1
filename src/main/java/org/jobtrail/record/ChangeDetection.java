package org.jobtrail.record;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jobtrail.page.ListElement;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.KnownJob;
import org.jobtrail.transform.ListedJob;
import org.jobtrail.transform.Listing;

/** Compares a list with what is known and tells what changed. Decides nothing about the list as a whole. */
final class ChangeDetection {

    /** Nothing to tell of the job, but of how often it was absent, or how it is spelled where {@code rawDigest} is not null. */
    record Touched(JobKey key, int absentPolls, byte[] rawDigest) {}

    private final Listing listing;
    private final List<ListedJob> changed = new ArrayList<>();
    private final List<KnownJob> missing = new ArrayList<>();
    private final List<Touched> touched = new ArrayList<>();
    private boolean absent;

    ChangeDetection(Listing listing, Verdict verdict, Absence absence) {
        this.listing = listing;
        if (verdict != Verdict.SUSPECT) {
            listing.listed().filter(job -> !job.isConflicting()).forEach(this::listed);
            listing.unclear().forEach(this::unclear);
        }
        if (verdict == Verdict.COMPLETE) {
            listing.gone().forEach(job -> gone(job, absence));
        }
    }

    private void listed(ListedJob job) {
        KnownJob known = job.known();
        boolean read = job.digest() != null;
        if (read && (known == null || known.isChanged(job.digest(), listing.apiVersion()))) {
            changed.add(job);
        } else if (read) {
            touched.add(new Touched(job.key(), 0, job.raw().digest()));
        } else if (known.absentPolls() > 0) {
            touched.add(new Touched(job.key(), 0, null));
        }
    }

    /** Whatever it is like, it is there: only polls in a row without it make it missing. */
    private void unclear(KnownJob job) {
        if (!job.missing() && job.absentPolls() > 0) {
            touched.add(new Touched(job.key(), 0, null));
        }
    }

    private void gone(KnownJob job, Absence absence) {
        absent = true;
        if (job.absentPolls() + 1 >= absence.missingAfter()) {
            missing.add(job);
        } else {
            touched.add(new Touched(job.key(), job.absentPolls() + 1, null));
        }
    }

    /** True where a job is absent that is not missing yet: the same list once more says more of it. */
    boolean isCounting() {
        return absent;
    }

    boolean isNothing() {
        return size() == 0;
    }

    /** The texts of the jobs that changed. */
    Stream<ListElement> changed() {
        return changed.stream().map(ListedJob::raw);
    }

    /** How many jobs there is something to tell of. */
    int size() {
        return changed.size() + missing.size() + touched.size();
    }

    Portions portions(List<Listing.Rejected> rejected) {
        return new Portions(changed, missing, touched, rejected);
    }

    /** @param before the last snapshots of those that a portion needs */
    void tell(Portion portion, Function<JobKey, JobSnapshot> before, Changes changes) {
        for (ListedJob job : portion.changed()) {
            JobSnapshot after = listing.snapshot(job);
            if (job.known() == null) {
                changes.append(job, List.of(new Kind(ChangeKind.CREATED, List.of())), null, after);
            } else {
                tell(job, before.apply(job.key()), after, changes);
            }
        }
        portion.missing().forEach(job -> changes.appendMissing(job.key(), before.apply(job.key()), job.rawDigest()));
        portion.touched().forEach(changes::touch);
    }

    private void tell(ListedJob job, JobSnapshot before, JobSnapshot after, Changes changes) {
        List<Kind> kinds = kinds(job.known(), before, after);
        if (kinds.isEmpty()) {
            // The digest minds the order of fields that nobody knows.
            changes.touch(new Touched(job.key(), 0, job.raw().digest()));
        } else {
            changes.append(job, kinds, before, after);
        }
    }

    private List<Kind> kinds(KnownJob known, JobSnapshot before, JobSnapshot after) {
        var kinds = new ArrayList<Kind>();
        if (known.missing()) {
            kinds.add(new Kind(ChangeKind.REAPPEARED, List.of()));
        }
        // What was erased since, or lost, says nothing of what the job was like.
        boolean comparable = known.apiVersion().equals(listing.apiVersion()) && !before.isNothing();
        kinds.addAll(comparable ? Kinds.between(before, after) : Kinds.acrossVersions(before, after));
        return kinds;
    }
}
