package org.jobtrail.publish;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.jobtrail.transform.Json;

/** Up to where an organization's history is on the topic; written in the same transaction as the events themselves. */
record Cursor(String organizationId, long seq, String hash) {

    byte[] value() {
        return Json.text(node()).getBytes(StandardCharsets.UTF_8);
    }

    ObjectNode node() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("organization_id", organizationId)
                .put("seq", seq)
                .put("hash", hash);
    }

    static Cursor of(byte[] value) {
        ObjectNode node = Json.object(new String(value, StandardCharsets.UTF_8));
        return new Cursor(
                node.required("organization_id").asText(),
                node.required("seq").asLong(),
                node.required("hash").asText());
    }
}
