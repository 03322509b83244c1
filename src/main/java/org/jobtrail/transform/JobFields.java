package org.jobtrail.transform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Set;
import org.jobtrail.page.ListElement;
import org.jobtrail.text.Json;
import org.jobtrail.text.OneLine;

/** Reads of a job the fields that anything is made of; the others are passed over, whatever size their values are. */
final class JobFields {

    private static final int LONGEST_REASON = 500;

    /** Finds the fields of an object without looking into their values; but a field must not stand there twice. */
    private static final JsonFactory SCANNER = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(Json.constraints(Integer.MAX_VALUE))
            .build();

    private static final String LINKS = "_links";
    private static final String POLICY = "schedulePolicy";

    /** Which members of a policy have a window, and under which names. */
    private static final Set<String> SETTINGS =
            Set.of("backupWindow", "backupWindowSettings", "periodicallyWindowSettings", "backupCopyWindowSettings");

    private static final Set<String> WINDOWS = Set.of("backupWindow", "backupIntervalsArray");
    private static final int HOURS = 168;

    private final Set<String> names;
    private final Set<String> links;

    /** @param links those of its links that are read, where links are among the fields */
    JobFields(Set<String> names, Set<String> links) {
        this.names = names;
        this.links = links;
    }

    /** @throws UnreadableJobException where the element is no job */
    ObjectNode of(ListElement raw) {
        try {
            return ofUsualSize(raw);
        } catch (IOException | NumberFormatException e) {
            // Whether it is one that is passed over that cannot be read, only the slower way tells.
        }
        try {
            return ofAnySize(raw.read(SCANNER));
        } catch (StreamConstraintsException e) {
            throw new UnreadableJobException(constraint(e));
        } catch (JsonProcessingException e) {
            // The parser, too, quotes what the server sent.
            throw new UnreadableJobException(OneLine.of(e.getOriginalMessage(), LONGEST_REASON));
        } catch (NumberFormatException e) {
            throw new UnreadableJobException("it has a number that is too large to be one");
        } catch (IOException e) {
            throw new UnreadableJobException(e.getClass().getSimpleName());
        }
    }

    /** In one go, where no number is too long, wanted or not. */
    private ObjectNode ofUsualSize(ListElement raw) throws IOException {
        try (JsonParser parser = raw.read(Json.FACTORY).parser()) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "it is no object");
            }
            return Json.object(parser, this::field);
        }
    }

    private JsonNode field(String name, JsonParser parser) throws IOException {
        if (!names.contains(name)) {
            return passedOver(parser);
        }
        if (parser.currentToken() == JsonToken.START_OBJECT && name.equals(LINKS)) {
            return Json.object(parser, this::link);
        }
        return parser.currentToken() == JsonToken.START_OBJECT && name.equals(POLICY)
                ? Json.object(parser, JobFields::policy)
                : Json.value(parser);
    }

    private JsonNode link(String name, JsonParser parser) throws IOException {
        return links.contains(name) ? Json.value(parser) : passedOver(parser);
    }

    private static JsonNode policy(String name, JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.START_OBJECT && SETTINGS.contains(name)
                ? Json.object(parser, JobFields::setting)
                : Json.value(parser);
    }

    private static JsonNode setting(String name, JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.START_ARRAY && WINDOWS.contains(name)
                ? window(parser)
                : Json.value(parser);
    }

    private static JsonNode passedOver(JsonParser parser) throws IOException {
        parser.skipChildren();
        return null;
    }

    /** As its normal form where it has one: most of what a server writes of a job are these values. */
    private static JsonNode window(JsonParser parser) throws IOException {
        var hours = new StringBuilder(HOURS);
        JsonToken hour = parser.nextToken();
        while (hour == JsonToken.VALUE_TRUE || hour == JsonToken.VALUE_FALSE) {
            hours.append(hour == JsonToken.VALUE_TRUE ? Normal.ALLOWED : Normal.FORBIDDEN);
            hour = parser.nextToken();
        }
        if (hour == JsonToken.END_ARRAY) {
            return TextNode.valueOf(hours.toString());
        }
        ArrayNode window = JsonNodeFactory.instance.arrayNode();
        hours.chars().forEach(read -> window.add(read == Normal.ALLOWED));
        while (parser.currentToken() != JsonToken.END_ARRAY) {
            window.add(Json.value(parser));
            parser.nextToken();
        }
        return window;
    }

    private ObjectNode ofAnySize(ListElement.Reading reading) throws IOException {
        try (JsonParser parser = reading.parser()) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UnreadableJobException("it is no object");
            }
            ObjectNode fields = JsonNodeFactory.instance.objectNode();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (names.contains(name)) {
                    parser.finishToken();
                    int to = (int) parser.currentLocation().getByteOffset();
                    fields.set(name, Json.tree(reading.bytes(), reading.from() + from, to - from));
                }
            }
            return fields;
        }
    }

    private static String constraint(StreamConstraintsException e) {
        return e.getOriginalMessage().contains("nesting")
                ? "it is nested deeper than %d levels".formatted(Json.DEEPEST)
                : "it has a number of more than %d digits".formatted(Json.LONGEST_NUMBER);
    }
}
