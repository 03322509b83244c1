package org.jobtrail.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jobtrail.transform.JobSnapshot;

/** Tells what kinds of change lie between two snapshots of a job; each names only the fields that make it. */
final class Kinds {

    record Kind(ChangeKind change, List<String> changedFields) {}

    private static final String ENABLED = "isEnabled";
    private static final String STATUS = "lastStatus";
    private static final Set<String> RUN = Set.of(STATUS, "lastRun", "lastBackup", "nextRun");

    /** What versions before v5 may have called Stopped has other names since. */
    private static final Set<String> OF_ALL_VERSIONS = Set.of("stopped", "running", "success", "warning", "failed");

    private Kinds() {}

    static List<Kind> between(JobSnapshot before, JobSnapshot after) {
        List<String> changed = before.differences(after);
        var kinds = new ArrayList<Kind>();
        boolean switched = changed.contains(ENABLED) && after.enabled() != null;
        if (switched) {
            kinds.add(switched(after));
        }
        List<String> configuration = changed.stream()
                .filter(name -> !RUN.contains(name) && !(switched && name.equals(ENABLED)))
                .toList();
        if (!configuration.isEmpty()) {
            kinds.add(new Kind(ChangeKind.CONFIGURATION_CHANGED, configuration));
        }
        List<String> run = changed.stream().filter(RUN::contains).toList();
        if (!run.isEmpty()) {
            kinds.add(new Kind(run(run), run));
        }
        return kinds;
    }

    /**
     * What happened between snapshots of two versions of the API. A field that means the same in all versions changes as any other; of
     * everything else nobody knows whether it changed, or is only told in another way.
     */
    static List<Kind> acrossVersions(JobSnapshot before, JobSnapshot after) {
        var others = new ArrayList<>(before.differences(after));
        var kinds = new ArrayList<Kind>();
        if (before.enabled() != null && after.enabled() != null && others.remove(ENABLED)) {
            kinds.add(switched(after));
        }
        if (isOfAllVersions(before.text(STATUS)) && isOfAllVersions(after.text(STATUS)) && others.remove(STATUS)) {
            kinds.add(new Kind(ChangeKind.STATUS_CHANGED, List.of(STATUS)));
        }
        kinds.add(new Kind(ChangeKind.REBASELINED, others));
        return kinds;
    }

    private static Kind switched(JobSnapshot after) {
        return new Kind(after.enabled() ? ChangeKind.ENABLED : ChangeKind.DISABLED, List.of(ENABLED));
    }

    private static boolean isOfAllVersions(String status) {
        return status != null && OF_ALL_VERSIONS.contains(status.toLowerCase(Locale.ROOT));
    }

    private static ChangeKind run(List<String> changed) {
        if (changed.contains(STATUS)) {
            return ChangeKind.STATUS_CHANGED;
        }
        return changed.equals(List.of("nextRun")) ? ChangeKind.RESCHEDULED : ChangeKind.RUN_COMPLETED;
    }
}
