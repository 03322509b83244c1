package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * What of a job is compared, recorded and told: its documented fields under their names in the API, in one form. A field that
 * the server left out or set to null is not there.
 */
public record JobSnapshot(String id, ObjectNode fields) {

    /** Compared in any case, kept as sent. */
    private static final List<String> ENUMS = List.of("lastStatus", "backupType");

    private static final List<String> POLICY_ENUMS = List.of("type", "periodicallyEvery", "dailyType");

    /** Of a job that was erased, nothing is left but an empty object. */
    public static JobSnapshot parse(String text) {
        ObjectNode fields = Json.object(text);
        return new JobSnapshot(fields.path("id").asText(), fields);
    }

    /** One line of JSON. */
    public String json() {
        return Json.text(fields);
    }

    /** Equal for snapshots that say the same. */
    public byte[] digest() {
        return Json.sha256(Json.text(comparable()));
    }

    /** The text of a field, for a typed column; other values than text as their JSON. */
    public String text(String name) {
        JsonNode value = fields.get(name);
        return value == null ? null : Json.storable(value.isTextual() ? value.textValue() : Json.text(value));
    }

    public String moment(String name) {
        JsonNode value = fields.get(name);
        return value != null && value.isTextual()
                ? Moment.parse(value.textValue()).map(Moment::text).orElse(null)
                : null;
    }

    public Boolean enabled() {
        JsonNode value = fields.get("isEnabled");
        return value != null && value.isBoolean() ? value.booleanValue() : null;
    }

    /** The names of the fields in which two snapshots differ, sorted. */
    public List<String> differences(JobSnapshot other) {
        ObjectNode mine = comparable();
        ObjectNode theirs = other.comparable();
        var names = new TreeSet<String>();
        mine.fieldNames().forEachRemaining(names::add);
        theirs.fieldNames().forEachRemaining(names::add);
        return names.stream()
                .filter(name -> !same(mine.get(name), theirs.get(name)))
                .toList();
    }

    private static boolean same(JsonNode one, JsonNode other) {
        if (one == null || other == null) {
            return one == other;
        }
        // By text, where they are not equal: nodes of equal numbers differ by the type that they were made with.
        return one.equals(other) || Json.text(one).equals(Json.text(other));
    }

    private ObjectNode comparable() {
        ObjectNode copy = fields.deepCopy();
        lowerCase(copy, ENUMS);
        if (copy.get("schedulePolicy") instanceof ObjectNode policy) {
            lowerCase(policy, POLICY_ENUMS);
        }
        return copy;
    }

    private static void lowerCase(ObjectNode node, List<String> names) {
        for (String name : names) {
            JsonNode value = node.get(name);
            if (value != null && value.isTextual()) {
                node.set(name, TextNode.valueOf(value.textValue().toLowerCase(Locale.ROOT)));
            }
        }
    }
}
