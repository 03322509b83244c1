package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.RecordedJson;
import org.jobtrail.text.Storable;

/**
 * What of a job is compared, recorded and told: its documented fields under their names in the API, in one form. A field that
 * the server left out or set to null is not there. Used by one thread at a time; its fields do not change.
 */
public final class JobSnapshot {

    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

    private final byte[] utf8;

    /** Null where it was written before: then the bytes are all there is. */
    private final WrittenSnapshot written;

    private String id;
    private RecordedFields fields;

    private JobSnapshot(byte[] utf8, WrittenSnapshot written, String id) {
        this.utf8 = utf8;
        this.written = written;
        this.id = id;
    }

    static JobSnapshot of(String id, ObjectNode fields) {
        var written = new WrittenSnapshot(fields);
        return new JobSnapshot(written.utf8(), written, id);
    }

    public static JobSnapshot parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param utf8 not to be changed */
    public static JobSnapshot parse(byte[] utf8) {
        return new JobSnapshot(utf8, null, null);
    }

    /**
     * What a row leaves behind, as its payload tells it: what the job is like then, or was like before it went missing; of one that was
     * erased, nothing.
     *
     * @throws IOException where the payload is not JSON
     */
    public static JobSnapshot leftBy(byte[] payload) throws IOException {
        Optional<byte[]> after = RecordedJson.lastMember("after", payload);
        return parse((after.isPresent() ? after : RecordedJson.member("before", payload)).orElse(NOTHING));
    }

    /** Of a job that was erased, or of which the last row is lost, there is nothing but an empty object. */
    public static JobSnapshot nothing() {
        return parse(NOTHING);
    }

    public boolean isNothing() {
        return utf8.length == NOTHING.length;
    }

    public String id() {
        if (id == null) {
            JsonNode recorded = field("id");
            id = recorded == null ? "" : recorded.asText();
        }
        return id;
    }

    /** Null where there is none. */
    public JsonNode field(String name) {
        return fields().get(name);
    }

    private RecordedFields fields() {
        if (fields == null) {
            fields = new RecordedFields(utf8);
        }
        return fields;
    }

    /** One line of JSON. */
    public String json() {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The bytes of the same; not to be changed. */
    public byte[] utf8() {
        return utf8;
    }

    /** Equal for snapshots that say the same. */
    public byte[] digest() {
        return written == null ? WrittenSnapshot.digest(RecordedJson.object(utf8)) : written.digest();
    }

    /** The text of a field, for a typed column; other values than text as their JSON. */
    public String text(String name) {
        JsonNode value = field(name);
        return value == null ? null : Storable.text(value.isTextual() ? value.textValue() : JsonText.of(value));
    }

    public String moment(String name) {
        JsonNode value = field(name);
        return value != null && value.isTextual()
                ? Moment.parse(value.textValue())
                        .filter(moment -> !moment.isNone())
                        .map(Moment::text)
                        .orElse(null)
                : null;
    }

    public Boolean enabled() {
        JsonNode value = field("isEnabled");
        return value != null && value.isBoolean() ? value.booleanValue() : null;
    }

    /** The names of the fields in which two snapshots differ, sorted. */
    public List<String> differences(JobSnapshot other) {
        var names = new ArrayList<String>();
        for (String name : fields().names()) {
            if (!fields().hasSameBytes(name, other.fields())
                    && !same(name, field(name), other.field(name), WrittenSnapshot.ENUMS)) {
                names.add(name);
            }
        }
        for (String name : other.fields().names()) {
            if (!fields().names().contains(name)) {
                names.add(name);
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
            return enums.contains(name) && WrittenSnapshot.inLowerCase(one).equals(WrittenSnapshot.inLowerCase(other));
        }
        if (enums == WrittenSnapshot.ENUMS
                && name.equals(WrittenSnapshot.POLICY)
                && one instanceof ObjectNode mine
                && other instanceof ObjectNode theirs) {
            return samePolicy(mine, theirs);
        }
        // By text: nodes of equal numbers differ by the type that they were made with.
        return JsonText.of(one).equals(JsonText.of(other));
    }

    private static boolean samePolicy(ObjectNode mine, ObjectNode theirs) {
        for (Map.Entry<String, JsonNode> field : mine.properties()) {
            if (!same(field.getKey(), field.getValue(), theirs.get(field.getKey()), WrittenSnapshot.POLICY_ENUMS)) {
                return false;
            }
        }
        return mine.size() == theirs.size();
    }
}
