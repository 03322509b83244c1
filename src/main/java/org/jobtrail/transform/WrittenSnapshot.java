package org.jobtrail.transform;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.Sha256;

/**
 * A snapshot as one line of JSON, and as it is compared: the same, but for values that mean the same in any case. It is written once,
 * and where these stand is kept in mind.
 */
final class WrittenSnapshot {

    /** Compared in any case, kept as sent. */
    static final List<String> ENUMS = List.of("lastStatus", "backupType");

    static final List<String> POLICY_ENUMS = List.of("type", "periodicallyEvery", "dailyType");

    static final String POLICY = "schedulePolicy";

    private final ObjectNode fields;
    private final int[] from = new int[ENUMS.size() + POLICY_ENUMS.size()];
    private final int[] to = new int[from.length];
    private final byte[] utf8;
    private int enums;

    WrittenSnapshot(ObjectNode fields) {
        this.fields = fields;
        this.utf8 = JsonText.utf8(out -> {
            enums = 0;
            write(out, fields, ENUMS, this::mark);
        });
    }

    byte[] utf8() {
        return utf8;
    }

    byte[] digest() {
        byte[] comparable = utf8.clone();
        for (int i = 0; i < enums; i++) {
            if (!isPlain(from[i], to[i])) {
                return digest(fields);
            }
            for (int at = from[i]; at < to[i]; at++) {
                comparable[at] = (byte) Character.toLowerCase(comparable[at]);
            }
        }
        return Sha256.of(comparable);
    }

    /** Only of ASCII without escapes, each byte is a character; and where characters were written, nobody knows which bytes they are. */
    private boolean isPlain(int start, int end) {
        if (start < 0) {
            return false;
        }
        for (int at = start; at < end; at++) {
            if (utf8[at] < 0 || utf8[at] == '\\') {
                return false;
            }
        }
        return true;
    }

    /** The digest of a snapshot that was written before. */
    static byte[] digest(ObjectNode fields) {
        return Sha256.of(
                JsonText.utf8(out -> write(out, fields, ENUMS, (to, value) -> to.writeString(inLowerCase(value)))));
    }

    static String inLowerCase(JsonNode value) {
        return value.textValue().toLowerCase(Locale.ROOT);
    }

    private void mark(JsonGenerator out, JsonNode value) throws IOException {
        from[enums] = JsonText.position(out);
        out.writeString(value.textValue());
        to[enums] = JsonText.position(out);
        enums++;
    }

    private interface Enum {
        void write(JsonGenerator out, JsonNode value) throws IOException;
    }

    private static void write(JsonGenerator out, ObjectNode node, List<String> enums, Enum inAnyCase)
            throws IOException {
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            JsonNode value = field.getValue();
            out.writeFieldName(field.getKey());
            if (value.isTextual() && enums.contains(field.getKey())) {
                inAnyCase.write(out, value);
            } else if (enums == ENUMS && field.getKey().equals(POLICY) && value instanceof ObjectNode policy) {
                write(out, policy, POLICY_ENUMS, inAnyCase);
            } else {
                JsonText.write(out, value);
            }
        }
        out.writeEndObject();
    }
}
