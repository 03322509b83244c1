package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.Sha256;

/**
 * Keeps an event under the size that Kafka takes: the largest fields of a job give way to their length and SHA-256, before
 * anything is compared or recorded, so that history and topic stay equal and no row can block the ones behind it.
 */
final class LargeFields {

    private static final int FIELD_WORTH_REPLACING = 256;

    /** A byte as an escape, and what a snapshot says that the server did not. */
    private static final int LONGEST_ESCAPE = 6;

    private static final int OURS = 8_000;

    private final int snapshotBytes;

    /** An event carries two snapshots, and the job's name a third time. */
    LargeFields(int eventMaxBytes) {
        this.snapshotBytes = eventMaxBytes / 3 - 1_000;
    }

    /** Most jobs are far too small to be measured. */
    void reduce(ObjectNode snapshot, int sentBytes) {
        if (sentBytes * (long) LONGEST_ESCAPE + OURS > snapshotBytes) {
            reduce(snapshot);
        }
    }

    void reduce(ObjectNode snapshot) {
        while (bytes(snapshot) > snapshotBytes) {
            Optional<String> largest = snapshot.properties().stream()
                    .filter(field -> !field.getKey().equals("id") && bytes(field.getValue()) > FIELD_WORTH_REPLACING)
                    .max(Comparator.comparingInt(field -> bytes(field.getValue())))
                    .map(Map.Entry::getKey);
            if (largest.isEmpty()) {
                return;
            }
            snapshot.set(largest.get(), replacement(snapshot.get(largest.get())));
        }
    }

    private static ObjectNode replacement(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : JsonText.of(value);
        return JsonNodeFactory.instance
                .objectNode()
                .put("length", text.length())
                .put("sha256", Sha256.hex(text));
    }

    private static int bytes(JsonNode value) {
        return JsonText.of(value).getBytes(StandardCharsets.UTF_8).length;
    }
}
