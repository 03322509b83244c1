package org.jobtrail.recover;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What an event or a state says in its headers. Anybody may have written them: what they are is asked before what they say. */
final class EventHeaders {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]*");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final Pattern MOMENT =
            Pattern.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z");
    private static final String SOURCE = "/jobtrail/";

    private final Map<String, String> values;

    private EventHeaders(Map<String, String> values) {
        this.values = values;
    }

    static EventHeaders of(ConsumerRecord<String, byte[]> record) {
        var values = new HashMap<String, String>();
        for (Header header : record.headers()) {
            if (header.value() != null) {
                values.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return new EventHeaders(values);
    }

    /** What the database could not even read would end the recovery of all others too. */
    boolean areOfARow() {
        return areOfAState()
                && HASH.matcher(values.getOrDefault("ce_previoushash", "")).matches()
                && isBytes(values.getOrDefault("ce_salt", ""))
                && isBytes(values.getOrDefault("ce_rawdigest", ""))
                && isNumber(values.get("ce_epoch"), Integer.MAX_VALUE)
                && isNumber(values.get("ce_attempt"), Long.MAX_VALUE)
                && isMoment(values.get("ce_recordedat"));
    }

    /** A state has what event and state have in common. */
    boolean areOfAState() {
        return values.containsKey("ce_organization")
                && values.getOrDefault("ce_source", "").startsWith(SOURCE)
                && values.getOrDefault("ce_subject", "").startsWith(values.get("ce_organization") + "/")
                && values.getOrDefault("ce_type", "").startsWith("org.jobtrail.job.")
                && HASH.matcher(values.getOrDefault("ce_id", "")).matches()
                && isNumber(values.get("ce_sequence"), Long.MAX_VALUE)
                && isMoment(values.get("ce_time"))
                && values.values().stream().noneMatch(text -> text.indexOf('\0') >= 0);
    }

    private static boolean isBytes(String text) {
        return text.length() % 2 == 0 && HEXADECIMAL.matcher(text).matches();
    }

    private static boolean isNumber(String text, long greatest) {
        return text != null
                && NUMBER.matcher(text).matches()
                && new BigInteger(text).compareTo(BigInteger.valueOf(greatest)) <= 0;
    }

    private static boolean isMoment(String text) {
        try {
            return text != null && MOMENT.matcher(text).matches() && Instant.parse(text) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Null where there is none. */
    String get(String name) {
        return values.get(name);
    }

    String organizationId() {
        return values.get("ce_organization");
    }

    String source() {
        return values.get("ce_source").substring(SOURCE.length());
    }

    long seq() {
        return Long.parseLong(values.get("ce_sequence"));
    }

    String jobType() {
        String job = job();
        return job.substring(0, Math.max(0, job.indexOf('/')));
    }

    String jobId() {
        String job = job();
        return job.substring(job.indexOf('/') + 1);
    }

    private String job() {
        return values.get("ce_subject").substring(organizationId().length() + 1);
    }
}
