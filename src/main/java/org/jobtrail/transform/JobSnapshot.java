package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * What of a job is compared, recorded and told: its documented fields under their names in the API, in one form. A field that
 * the server left out or set to null is not there. Used by one thread at a time; its fields do not change.
 */
public final class JobSnapshot {

    /** Compared in any case, kept as sent. */
    private static final List<String> ENUMS = List.of("lastStatus", "backupType");

    private static final List<String> POLICY_ENUMS = List.of("type", "periodicallyEvery", "dailyType");

    private final String id;
    private final ObjectNode fields;
    private String json;

    JobSnapshot(String id, ObjectNode fields) {
        this.id = id;
        this.fields = fields;
    }

    public String id() {
        return id;
    }

    public ObjectNode fields() {
        return fields;
    }

    /** Of a job that was erased, nothing is left but an empty object. */
    public static JobSnapshot parse(String text) {
        ObjectNode fields = Json.object(text);
        var snapshot = new JobSnapshot(fields.path("id").asText(), fields);
        snapshot.json = text;
        return snapshot;
    }

    /** One line of JSON. */
    public String json() {
        if (json == null) {
            json = Json.text(fields);
        }
        return json;
    }

    /** The same as a part of a larger document, which is not written a second time. */
    public JsonNode node() {
        return new POJONode(new RawValue(json()));
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
        ObjectNode copy = inLowerCase(fields, ENUMS);
        if (copy.get("schedulePolicy") instanceof ObjectNode policy) {
            copy.set("schedulePolicy", inLowerCase(policy, POLICY_ENUMS));
        }
        return copy;
    }

    /** With the same values but for these. */
    private static ObjectNode inLowerCase(ObjectNode node, List<String> names) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.setAll(node);
        for (String name : names) {
            JsonNode value = node.get(name);
            if (value != null && value.isTextual()) {
                copy.set(name, TextNode.valueOf(value.textValue().toLowerCase(Locale.ROOT)));
            }
        }
        return copy;
    }
}
