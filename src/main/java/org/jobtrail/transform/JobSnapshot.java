package org.jobtrail.transform;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What of a job is compared, recorded and told: its documented fields under their names in the API, in one form. A field that
 * the server left out or set to null is not there. Used by one thread at a time; its fields do not change.
 */
public final class JobSnapshot {

    /** Compared in any case, kept as sent. */
    private static final List<String> ENUMS = List.of("lastStatus", "backupType");

    private static final List<String> POLICY_ENUMS = List.of("type", "periodicallyEvery", "dailyType");

    private static final String POLICY = "schedulePolicy";

    private final String id;
    private final ObjectNode fields;
    private byte[] utf8;

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
        return parse(Json.bytes(text));
    }

    static JobSnapshot parse(byte[] utf8) {
        ObjectNode fields = Json.recorded(utf8);
        var snapshot = new JobSnapshot(fields.path("id").asText(), fields);
        snapshot.utf8 = utf8;
        return snapshot;
    }

    /** One line of JSON. */
    public String json() {
        return new String(utf8(), StandardCharsets.UTF_8);
    }

    /** The bytes of the same, made once; not to be changed. */
    public byte[] utf8() {
        if (utf8 == null) {
            utf8 = Json.utf8(fields);
        }
        return utf8;
    }

    /** Equal for snapshots that say the same. */
    public byte[] digest() {
        return Json.sha256(Json.utf8(out -> writeComparable(out, fields, ENUMS)));
    }

    private static void writeComparable(JsonGenerator out, ObjectNode node, List<String> enums) throws IOException {
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            JsonNode value = field.getValue();
            out.writeFieldName(field.getKey());
            if (value.isTextual() && enums.contains(field.getKey())) {
                out.writeString(inLowerCase(value));
            } else if (enums == ENUMS && field.getKey().equals(POLICY) && value instanceof ObjectNode policy) {
                writeComparable(out, policy, POLICY_ENUMS);
            } else {
                Json.write(out, value);
            }
        }
        out.writeEndObject();
    }

    /** The text of a field, for a typed column; other values than text as their JSON. */
    public String text(String name) {
        JsonNode value = fields.get(name);
        return value == null ? null : Json.storable(value.isTextual() ? value.textValue() : Json.text(value));
    }

    public String moment(String name) {
        JsonNode value = fields.get(name);
        return value != null && value.isTextual()
                ? Moment.parse(value.textValue())
                        .filter(moment -> !moment.isNone())
                        .map(Moment::text)
                        .orElse(null)
                : null;
    }

    public Boolean enabled() {
        JsonNode value = fields.get("isEnabled");
        return value != null && value.isBoolean() ? value.booleanValue() : null;
    }

    /** The names of the fields in which two snapshots differ, sorted. */
    public List<String> differences(JobSnapshot other) {
        return differences(fields, other.fields, ENUMS);
    }

    private static List<String> differences(ObjectNode mine, ObjectNode theirs, List<String> enums) {
        var names = new ArrayList<String>();
        for (Map.Entry<String, JsonNode> field : mine.properties()) {
            if (!same(field.getKey(), field.getValue(), theirs.get(field.getKey()), enums)) {
                names.add(field.getKey());
            }
        }
        for (Map.Entry<String, JsonNode> field : theirs.properties()) {
            if (mine.get(field.getKey()) == null) {
                names.add(field.getKey());
            }
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private static boolean same(String name, JsonNode one, JsonNode other, List<String> enums) {
        if (one == null || other == null) {
            return one == other;
        }
        if (one.equals(other)) {
            return true;
        }
        if (one.isTextual() && other.isTextual()) {
            return enums.contains(name) && inLowerCase(one).equals(inLowerCase(other));
        }
        if (enums == ENUMS
                && name.equals(POLICY)
                && one instanceof ObjectNode mine
                && other instanceof ObjectNode theirs) {
            return differences(mine, theirs, POLICY_ENUMS).isEmpty();
        }
        // By text: nodes of equal numbers differ by the type that they were made with.
        return Json.text(one).equals(Json.text(other));
    }

    private static String inLowerCase(JsonNode value) {
        return value.textValue().toLowerCase(Locale.ROOT);
    }
}
