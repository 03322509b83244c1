package org.jobtrail.publish;

import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.kafka.KeyPartition;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.text.RecordedJson;

/**
 * What {@code 7-publish-events} asks: which rows come next, and the messages that they are. An event is a CloudEvent 1.0 in
 * binary mode; its value is the row's payload, byte for byte. Headers carry what restores the row from the topic. A state is the
 * latest snapshot of a job, under the key of its events; none where the job is missing or was erased.
 */
public final class EventMessages {

    private static final long BYTES = 8_000_000;
    private static final String EVENT_SCHEMA = "https://jobtrail.org/schema/job-event.v1.schema.json";
    private static final String STATE_SCHEMA = "https://jobtrail.org/schema/job-state.v1.schema.json";
    private static final String ZEROS = "0".repeat(19);

    private final KafkaTopics topics;

    public EventMessages(KafkaTopics topics) {
        this.topics = topics;
    }

    public void next(
            @Variable("publication") Publication publication, @Variable("rows") Integer rows, Exchange exchange) {
        Map<String, Object> parameters = new HashMap<>(publication.parameters());
        parameters.put("rows", rows);
        parameters.put("bytes", BYTES);
        StatementParameters.set(exchange, parameters);
    }

    public void messages(
            @Variable("publication") Publication publication, @Body List<Map<String, Object>> rows, Exchange exchange) {
        var messages = new ArrayList<Consumer<Message>>(2 * rows.size() + 1);
        if (publication.tellsEvents()) {
            int partitions = publication.identity().partitions();
            rows.forEach(row -> messages.add(message -> event(message, row, partitions)));
        }
        if (publication.tellsStates()) {
            // The last of several: who reads the topic wants no other.
            var states = new LinkedHashMap<String, Map<String, Object>>();
            rows.forEach(row -> states.put(key(row), row));
            int partitions = publication.identity().statePartitions();
            for (Map<String, Object> row : states.values()) {
                byte[] snapshot = snapshot(row);
                messages.add(message -> state(message, row, snapshot, partitions));
            }
        }
        publication.begin(rows).forEach(cursor -> messages.add(message -> cursor(message, cursor)));
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(new Messages(exchange.getContext(), messages));
    }

    /**
     * One message after the other, in one and the same object: camel-kafka makes a record of each before it asks for the next, and would
     * keep all of them until the last is acknowledged, which would take several times the memory of their rows.
     */
    private static final class Messages extends AbstractList<Message> {

        private final Message message;
        private final List<Consumer<Message>> contents;

        Messages(CamelContext context, List<Consumer<Message>> contents) {
            this.message = new DefaultMessage(context);
            this.contents = contents;
        }

        @Override
        public Message get(int index) {
            message.getHeaders().clear();
            contents.get(index).accept(message);
            return message;
        }

        @Override
        public int size() {
            return contents.size();
        }
    }

    private static void event(Message message, Map<String, Object> row, int partitions) {
        common(message, row, payload(row), partitions);
        message.setHeader("ce_type", "org.jobtrail.job." + text(row, "change_kind") + ".v1");
        message.setHeader("ce_dataschema", EVENT_SCHEMA);
        message.setHeader("ce_epoch", text(row, "epoch"));
        message.setHeader("ce_attempt", text(row, "attempt"));
        message.setHeader("ce_recordedat", text(row, "recorded_at"));
        message.setHeader("ce_previoushash", text(row, "prev_hash"));
        message.setHeader("ce_salt", text(row, "salt"));
        message.setHeader("ce_rawdigest", text(row, "raw_digest"));
    }

    private void state(Message message, Map<String, Object> row, byte[] snapshot, int partitions) {
        common(message, row, snapshot, partitions);
        message.setHeader(KafkaConstants.OVERRIDE_TOPIC, topics.state());
        message.setHeader("ce_type", "org.jobtrail.job.state.v1");
        message.setHeader("ce_dataschema", STATE_SCHEMA);
    }

    private void cursor(Message message, Cursor cursor) {
        message.setBody(cursor.value());
        message.setHeader(KafkaConstants.OVERRIDE_TOPIC, topics.cursor());
        message.setHeader(KafkaConstants.KEY, cursor.organizationId());
    }

    /** What event and state have in common. */
    private static void common(Message message, Map<String, Object> row, byte[] value, int partitions) {
        message.setBody(value);
        String organization = text(row, "organization_id");
        String key = key(row);
        message.setHeader(KafkaConstants.KEY, key);
        // From what the topic had when publishing began: what it gets since changes no job's.
        message.setHeader(KafkaConstants.PARTITION_KEY, KeyPartition.of(key, partitions));
        message.setHeader("ce_specversion", "1.0");
        message.setHeader("ce_id", text(row, "hash"));
        message.setHeader("ce_source", "/jobtrail/" + text(row, "source"));
        message.setHeader("ce_time", text(row, "observed_at"));
        message.setHeader("ce_subject", organization + "/" + text(row, "job_type") + "/" + text(row, "job_id"));
        message.setHeader("ce_sequence", sequence(((Number) row.get("seq")).longValue()));
        message.setHeader("content-type", "application/json");
        message.setHeader("ce_organization", organization);
    }

    private static String sequence(long seq) {
        String digits = Long.toString(seq);
        return ZEROS.substring(digits.length()) + digits;
    }

    /** None where the job is missing or was erased. */
    private static byte[] snapshot(Map<String, Object> row) {
        byte[] payload = payload(row);
        try {
            // To read it to its end, as any other member, takes a sixth of the time in which events are published.
            return payload == null
                    ? null
                    : RecordedJson.lastMember("after", payload).orElse(null);
        } catch (IOException e) {
            throw new UnreadablePayloadException(text(row, "organization_id"), row.get("seq"), e);
        }
    }

    private static String key(Map<String, Object> row) {
        return text(row, "organization_id") + "/" + text(row, "job_id");
    }

    /** None where the row was erased. */
    private static byte[] payload(Map<String, Object> row) {
        return (byte[]) row.get("payload");
    }

    private static String text(Map<String, Object> row, String column) {
        Object value = row.get(column);
        return value == null ? null : value.toString();
    }
}
