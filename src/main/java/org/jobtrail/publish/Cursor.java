package org.jobtrail.publish;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.RecordedJson;

/**
 * Up to where an organization's history is on the topic; written in the same transaction as the events themselves.
 *
 * @param source the source that the organization belongs to; null where an older program wrote the cursor, as all that follows
 * @param topicId the topic on which its events are
 * @param database the database that it was published from
 */
public record Cursor(
        String organizationId, String source, Integer epoch, long seq, String hash, String topicId, String database) {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    static Cursor of(Map<String, Object> row, String topicId) {
        return new Cursor(
                (String) row.get("organization_id"),
                (String) row.get("source"),
                ((Number) row.get("epoch")).intValue(),
                ((Number) row.get("seq")).longValue(),
                (String) row.get("hash"),
                topicId,
                (String) row.get("database"));
    }

    static Cursor of(byte[] value) {
        ObjectNode node = RecordedJson.object(new String(value, StandardCharsets.UTF_8));
        if (!HASH.matcher(node.path("hash").asText()).matches()
                || node.path("seq").asLong() < 0) {
            throw new IllegalArgumentException("it tells no row");
        }
        return new Cursor(
                node.required("organization_id").asText(),
                node.path("source").asText(null),
                node.hasNonNull("epoch") ? node.get("epoch").asInt() : null,
                node.required("seq").asLong(),
                node.required("hash").asText(),
                node.path("topic_id").asText(null),
                node.path("database").asText(null));
    }

    public Cursor withHash(String otherHash) {
        return new Cursor(organizationId, source, epoch, seq, otherHash, topicId, database);
    }

    public byte[] value() {
        return JsonText.of(node()).getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode node() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("organization_id", organizationId)
                .put("source", source)
                .put("epoch", epoch)
                .put("seq", seq)
                .put("hash", hash)
                .put("topic_id", topicId)
                .put("database", database);
    }

    public static String json(Collection<Cursor> cursors) {
        var array = JsonNodeFactory.instance.arrayNode();
        cursors.forEach(cursor -> array.add(cursor.node()));
        return JsonText.of(array);
    }
}
