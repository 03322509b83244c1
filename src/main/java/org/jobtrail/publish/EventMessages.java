package org.jobtrail.publish;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.jobtrail.poll.StatementParameters;
import org.jobtrail.settings.Settings.KafkaTopics;

/**
 * What {@code 7-publish-events} asks: which rows come next, and the messages that they are. An event is a CloudEvent 1.0 in
 * binary mode; its value is the row's payload, byte for byte. Headers carry what restores the row from the topic.
 */
public final class EventMessages {

    private static final int ROWS = 1_000;
    private static final long BYTES = 8_000_000;

    private final KafkaTopics topics;

    public EventMessages(KafkaTopics topics) {
        this.topics = topics;
    }

    public void next(@Variable("publication") Publication publication, Exchange exchange) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("acknowledged", publication.acknowledgedJson());
        parameters.put("cluster_id", publication.identity().clusterId());
        parameters.put("topic_id", publication.identity().topicId());
        parameters.put("rows", ROWS);
        parameters.put("bytes", BYTES);
        StatementParameters.set(exchange, parameters);
    }

    public void messages(
            @Variable("publication") Publication publication, @Body List<Map<String, Object>> rows, Exchange exchange) {
        var messages = new ArrayList<Message>(rows.size() + 1);
        rows.forEach(row -> messages.add(event(exchange.getContext(), row)));
        publication.begin(rows).forEach(cursor -> messages.add(cursor(exchange.getContext(), cursor)));
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(messages);
    }

    private static Message event(CamelContext context, Map<String, Object> row) {
        Message message = message(context, row.get("payload"));
        String organization = text(row, "organization_id");
        message.setHeader(KafkaConstants.KEY, organization + "/" + text(row, "job_id"));
        message.setHeader("ce_specversion", "1.0");
        message.setHeader("ce_id", text(row, "hash"));
        message.setHeader("ce_source", "/jobtrail/" + text(row, "source"));
        message.setHeader("ce_type", "org.jobtrail.job." + text(row, "change_kind") + ".v1");
        message.setHeader("ce_time", text(row, "observed_at"));
        message.setHeader("ce_subject", organization + "/" + text(row, "job_type") + "/" + text(row, "job_id"));
        message.setHeader("ce_dataschema", "https://jobtrail.org/schema/job-event.v1.schema.json");
        message.setHeader("ce_sequence", "%019d".formatted(((Number) row.get("seq")).longValue()));
        message.setHeader("content-type", "application/json");
        message.setHeader("ce_organization", organization);
        message.setHeader("ce_epoch", text(row, "epoch"));
        message.setHeader("ce_attempt", text(row, "attempt"));
        message.setHeader("ce_recordedat", text(row, "recorded_at"));
        message.setHeader("ce_previoushash", text(row, "prev_hash"));
        message.setHeader("ce_salt", text(row, "salt"));
        message.setHeader("ce_rawdigest", text(row, "raw_digest"));
        return message;
    }

    private Message cursor(CamelContext context, Cursor cursor) {
        Message message = new DefaultMessage(context);
        message.setBody(cursor.value());
        message.setHeader(KafkaConstants.OVERRIDE_TOPIC, topics.cursor());
        message.setHeader(KafkaConstants.KEY, cursor.organizationId());
        return message;
    }

    private static Message message(CamelContext context, Object payload) {
        Message message = new DefaultMessage(context);
        message.setBody(((String) payload).getBytes(StandardCharsets.UTF_8));
        return message;
    }

    private static String text(Map<String, Object> row, String column) {
        Object value = row.get(column);
        return value == null ? null : value.toString();
    }
}
