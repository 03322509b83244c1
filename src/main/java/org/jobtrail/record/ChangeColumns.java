package org.jobtrail.record;

import java.util.List;
import java.util.Map;

/** Rows as {@code record_polls} takes them: an array for each column. */
final class ChangeColumns {

    private final SentArray jobTypes = SentArray.ofTexts();
    private final SentArray jobIds = SentArray.ofTexts();
    private final SentArray jobNames = SentArray.ofTexts();
    private final SentArray changeKinds = SentArray.ofTexts();
    private final SentArray changedFields = SentArray.ofTexts();
    private final SentArray enabled = SentArray.ofBooleans();
    private final SentArray lastStatuses = SentArray.ofTexts();
    private final SentArray previousStatuses = SentArray.ofTexts();
    private final SentArray lastRuns = SentArray.ofTexts();
    private final SentArray nextRuns = SentArray.ofTexts();
    private final SentArray payloads = SentArray.ofTexts();
    private final SentArray raws = SentArray.ofTexts();
    private final SentArray digests = SentArray.ofBytes();
    private final SentArray rawDigests = SentArray.ofBytes();

    void addAll(List<Change> rows) {
        rows.forEach(this::add);
    }

    private void add(Change row) {
        jobTypes.add(row.key().type());
        jobIds.add(row.key().id());
        jobNames.add(row.shown().name());
        changeKinds.add(row.kind().change().toString());
        changedFields.add(String.join(",", row.kind().changedFields()));
        enabled.add(row.shown().enabled());
        lastStatuses.add(row.shown().lastStatus());
        previousStatuses.add(row.shown().previousStatus());
        lastRuns.add(row.shown().lastRun());
        nextRuns.add(row.shown().nextRun());
        payloads.add(row.payload());
        raws.add(row.raw());
        digests.add(row.state().digest());
        rawDigests.add(row.state().rawDigest());
    }

    Map<String, Object> parameters() {
        return Map.ofEntries(
                Map.entry("job_types", jobTypes),
                Map.entry("job_ids", jobIds),
                Map.entry("job_names", jobNames),
                Map.entry("change_kinds", changeKinds),
                Map.entry("changed_fields", changedFields),
                Map.entry("enabled", enabled),
                Map.entry("last_statuses", lastStatuses),
                Map.entry("previous_statuses", previousStatuses),
                Map.entry("last_runs", lastRuns),
                Map.entry("next_runs", nextRuns),
                Map.entry("payloads", payloads),
                Map.entry("raws", raws),
                Map.entry("digests", digests),
                Map.entry("raw_digests", rawDigests));
    }
}
