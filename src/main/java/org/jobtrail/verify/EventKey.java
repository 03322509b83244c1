package org.jobtrail.verify;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Which row of which organization an event says it is. */
record EventKey(String organizationId, long seq) {

    /** Null where it says none that could be there. */
    static EventKey of(ConsumerRecord<String, byte[]> event) {
        String organizationId = header(event, "ce_organization");
        String sequence = header(event, "ce_sequence");
        // PostgreSQL knows no text with U+0000, so there is no row of it.
        if (organizationId == null
                || organizationId.indexOf('\0') >= 0
                || sequence == null
                || !sequence.matches("[0-9]{19}")) {
            return null;
        }
        try {
            return new EventKey(organizationId, Long.parseLong(sequence));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static String header(ConsumerRecord<String, byte[]> event, String name) {
        Header header = event.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
