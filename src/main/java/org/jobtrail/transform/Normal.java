package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jobtrail.veeam.Organization;

/**
 * The one form in which a value is compared and told, whatever spelling the server chose. What cannot be understood is kept as
 * it came: unknown is data. Null means that the server said nothing.
 */
final class Normal {

    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,18}");

    /** An hour of a window. */
    static final char ALLOWED = '1';

    static final char FORBIDDEN = '0';

    private Normal() {}

    /** Sets a field, unless the server said nothing. */
    static void put(ObjectNode fields, String name, JsonNode value) {
        if (value != null) {
            fields.set(name, value);
        }
    }

    static JsonNode verbatim(JsonNode value) {
        return value == null || value.isNull() || value.isMissingNode() ? null : value;
    }

    /** v1 writes booleans as strings. */
    static JsonNode bool(JsonNode value) {
        if (value != null && value.isTextual()) {
            if (value.textValue().equalsIgnoreCase("true")) {
                return BooleanNode.TRUE;
            }
            if (value.textValue().equalsIgnoreCase("false")) {
                return BooleanNode.FALSE;
            }
        }
        return verbatim(value);
    }

    static JsonNode number(JsonNode value) {
        if (value != null
                && value.isTextual()
                && WHOLE_NUMBER.matcher(value.textValue()).matches()) {
            return LongNode.valueOf(Long.parseLong(value.textValue()));
        }
        return verbatim(value);
    }

    static JsonNode id(JsonNode value) {
        return value != null && value.isTextual()
                ? TextNode.valueOf(Organization.canonicalId(value.textValue()))
                : verbatim(value);
    }

    static JsonNode moment(JsonNode value) {
        if (value == null || !value.isTextual()) {
            return verbatim(value);
        }
        Optional<Moment> moment = Moment.parse(value.textValue());
        if (moment.isEmpty()) {
            return value;
        }
        return moment.get().isNone() ? null : TextNode.valueOf(moment.get().text());
    }

    /** The window of 168 hours from Sunday 00, as a string of 1 (allowed) and 0, as which it may have been read; its offset moves with daylight saving. */
    static JsonNode window(JsonNode value) {
        if (value == null || !value.isArray()) {
            return verbatim(value);
        }
        var hours = new StringBuilder(value.size());
        for (JsonNode hour : value) {
            JsonNode allowed = bool(hour);
            if (allowed == null || !allowed.isBoolean()) {
                return value;
            }
            hours.append(allowed.booleanValue() ? ALLOWED : FORBIDDEN);
        }
        return TextNode.valueOf(hours.toString());
    }
}
