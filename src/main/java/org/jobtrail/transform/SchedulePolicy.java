package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The documented members of a schedule policy, with both spellings of the backup window in one. */
final class SchedulePolicy {

    private static final List<String> TEXTS = List.of("type", "periodicallyEvery", "dailyType", "dailyTime");
    private static final List<String> BOOLEANS = List.of(
            "scheduleEnabled",
            "backupWindowEnabled",
            "periodicallyWindowEnabled",
            "backupCopyWindowEnabled",
            "retryEnabled");
    private static final List<String> NUMBERS =
            List.of("periodicallyOffsetMinutes", "retryNumber", "retryWaitInterval");

    private SchedulePolicy() {}

    static JsonNode snapshot(JsonNode policy) {
        if (policy == null || !policy.isObject()) {
            return Normal.verbatim(policy);
        }
        ObjectNode snapshot = JsonNodeFactory.instance.objectNode();
        TEXTS.forEach(name -> Normal.put(snapshot, name, Normal.verbatim(policy.get(name))));
        BOOLEANS.forEach(name -> Normal.put(snapshot, name, Normal.bool(policy.get(name))));
        NUMBERS.forEach(name -> Normal.put(snapshot, name, Normal.number(policy.get(name))));
        JsonNode v1 = policy.path("backupWindow").path("backupIntervalsArray");
        JsonNode v2 = policy.path("backupWindowSettings").path("backupWindow");
        Normal.put(snapshot, "backupWindow", Normal.window(v2.isMissingNode() || v2.isNull() ? v1 : v2));
        Normal.put(snapshot, "periodicallyWindow", window(policy, "periodicallyWindowSettings"));
        Normal.put(snapshot, "backupCopyWindow", window(policy, "backupCopyWindowSettings"));
        return snapshot;
    }

    private static JsonNode window(JsonNode policy, String settings) {
        return Normal.window(policy.path(settings).path("backupWindow"));
    }
}
