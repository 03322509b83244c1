package org.jobtrail.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jobtrail.transform.JobSnapshot;

/** Tells what kinds of change lie between two snapshots of a job; each names only the fields that make it. */
final class Kinds {

    record Kind(ChangeKind change, List<String> changedFields) {}

    private static final String ENABLED = "isEnabled";
    private static final Set<String> RUN = Set.of("lastStatus", "lastRun", "lastBackup", "nextRun");

    private Kinds() {}

    static List<Kind> between(JobSnapshot before, JobSnapshot after) {
        List<String> changed = before.differences(after);
        var kinds = new ArrayList<Kind>();
        boolean switched = changed.contains(ENABLED) && after.enabled() != null;
        if (switched) {
            kinds.add(new Kind(after.enabled() ? ChangeKind.ENABLED : ChangeKind.DISABLED, List.of(ENABLED)));
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

    private static ChangeKind run(List<String> changed) {
        if (changed.contains("lastStatus")) {
            return ChangeKind.STATUS_CHANGED;
        }
        return changed.equals(List.of("nextRun")) ? ChangeKind.RESCHEDULED : ChangeKind.RUN_COMPLETED;
    }
}
