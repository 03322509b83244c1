package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jobtrail.text.Json;
import org.jobtrail.text.RecordedJson;

/**
 * The fields of a snapshot, read from its bytes. Objects and arrays stay bytes until somebody asks what is in them: of two snapshots
 * of a job, they are mostly the same.
 */
final class RecordedFields {

    private record Span(int from, int to) {}

    private final byte[] utf8;
    private final Map<String, JsonNode> fields = new LinkedHashMap<>();

    /** Where those stand that are read when they are asked for. */
    private final Map<String, Span> spans = new HashMap<>();

    RecordedFields(byte[] utf8) {
        this.utf8 = utf8;
        RecordedJson.object(utf8, (name, parser) -> {
            JsonNode value = null;
            if (parser.currentToken().isStructStart()) {
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                spans.put(name, new Span(from, (int) parser.currentLocation().getByteOffset()));
            } else {
                value = Json.value(parser);
                spans.remove(name);
            }
            fields.put(name, value);
            return null;
        });
    }

    Set<String> names() {
        return fields.keySet();
    }

    /** Null where there is none. */
    JsonNode get(String name) {
        Span span = spans.get(name);
        return span == null ? fields.get(name) : RecordedJson.value(utf8, span.from(), span.to());
    }

    /** True where it need not be read to know that it is the same. */
    boolean hasSameBytes(String name, RecordedFields others) {
        Span mine = spans.get(name);
        Span theirs = others.spans.get(name);
        return mine != null
                && theirs != null
                && Arrays.equals(utf8, mine.from(), mine.to(), others.utf8, theirs.from(), theirs.to());
    }
}
