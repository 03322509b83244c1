package org.jobtrail.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jobtrail.record.Kinds.Kind;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.transform.KnownJob;
import org.jobtrail.transform.Listing;

/** Compares a list with what is known and tells what changed. Decides nothing about the list as a whole. */
final class ChangeDetection {

    private final Listing listing;
    private final Verdict verdict;
    private final Absence absence;

    ChangeDetection(Listing listing, Verdict verdict, Absence absence) {
        this.listing = listing;
        this.verdict = verdict;
        this.absence = absence;
    }

    /** The jobs of which the last snapshot is needed to tell what changed. */
    List<JobKey> needed() {
        var needed = new ArrayList<JobKey>();
        certain().forEach((key, seen) -> {
            KnownJob known = listing.known().find(key);
            if (known != null && changed(known, seen)) {
                needed.add(key);
            }
        });
        gone().filter(this::missingNow).forEach(job -> needed.add(job.key()));
        return needed;
    }

    void into(Changes changes, Map<JobKey, JobSnapshot> before) {
        certain().forEach((key, seen) -> {
            KnownJob known = listing.known().find(key);
            if (known == null) {
                changes.append(key, List.of(new Kind(ChangeKind.CREATED, List.of())), null, seen);
            } else if (changed(known, seen)) {
                changes.append(key, kinds(known, before.get(key), seen.snapshot()), before.get(key), seen);
            } else {
                changes.touch(key, 0, seen.rawDigest());
            }
        });
        listing.listed().stream()
                .filter(key -> !listing.differing().containsKey(key))
                .map(listing.known()::find)
                .filter(job -> job.absentPolls() > 0)
                .forEach(job -> changes.touch(job.key(), 0, null));
        gone().forEach(job -> {
            if (missingNow(job)) {
                changes.appendMissing(job.key(), before.get(job.key()), job.rawDigest());
            } else {
                changes.touch(job.key(), job.absentPolls() + 1, null);
            }
        });
    }

    /** Without the jobs that stand in the list twice and differ: nobody knows which of the two is right. */
    private Map<JobKey, Listing.Seen> certain() {
        var certain = new LinkedHashMap<>(listing.differing());
        listing.conflicting().forEach(certain::remove);
        return certain;
    }

    private List<Kind> kinds(KnownJob known, JobSnapshot before, JobSnapshot after) {
        var kinds = new ArrayList<Kind>();
        if (known.missing()) {
            kinds.add(new Kind(ChangeKind.REAPPEARED, List.of()));
        }
        // Another version has other fields: what differs is no change that anybody made.
        if (known.apiVersion().equals(listing.apiVersion())) {
            kinds.addAll(Kinds.between(before, after));
        } else {
            kinds.add(new Kind(ChangeKind.REBASELINED, before.differences(after)));
        }
        return kinds;
    }

    private boolean changed(KnownJob known, Listing.Seen seen) {
        return known.missing()
                || !known.apiVersion().equals(listing.apiVersion())
                || !known.digest().equals(seen.digest());
    }

    private Stream<KnownJob> gone() {
        return verdict == Verdict.COMPLETE
                ? listing.known().present().stream()
                        .filter(job -> !listing.listed().contains(job.key()))
                : Stream.empty();
    }

    private boolean missingNow(KnownJob job) {
        return job.absentPolls() + 1 >= absence.missingAfter();
    }
}
