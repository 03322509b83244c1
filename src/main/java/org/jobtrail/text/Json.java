package org.jobtrail.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;

/** Reads JSON of servers, with numbers as they came. */
public final class Json {

    /** Less than what may be written, or a job could be read that does not fit into an event. */
    public static final int DEEPEST = 900;

    /** To make a number of more digits would take longer than it is worth. */
    public static final int LONGEST_NUMBER = 1_000;

    static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(constraints(LONGEST_NUMBER))
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Its parsers refuse what no job may be. */
    public static final JsonFactory FACTORY = MAPPER.getFactory();

    /** Reads a value where it stands: more comes behind it. */
    private static final ObjectReader TREE = MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    /** The mapper would make the same, but prepare each time for whatever else it can read. */
    public static JsonNode value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> TextNode.valueOf(parser.getText());
            case VALUE_TRUE -> BooleanNode.TRUE;
            case VALUE_FALSE -> BooleanNode.FALSE;
            case VALUE_NULL -> NullNode.instance;
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            default -> TREE.readTree(parser);
        };
    }

    /** Reads a member's value, at whose first token the parser stands, to its end; null where it is not wanted. */
    public interface Member {
        JsonNode read(String name, JsonParser parser) throws IOException;
    }

    /** The object at whose beginning the parser stands, with those members that are wanted. */
    public static ObjectNode object(JsonParser parser, Member member) throws IOException {
        ObjectNode object = MAPPER.createObjectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            JsonNode value = member.read(name, parser);
            if (value != null) {
                object.set(name, value);
            }
        }
        return object;
    }

    private static ObjectNode object(JsonParser parser) throws IOException {
        return object(parser, (name, at) -> value(at));
    }

    private static ArrayNode array(JsonParser parser) throws IOException {
        ArrayNode array = MAPPER.createArrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    public static JsonNode tree(byte[] bytes, int from, int length) throws IOException {
        return MAPPER.readTree(bytes, from, length);
    }

    public static StreamReadConstraints constraints(int longestNumber) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxNameLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNumberLength(longestNumber)
                .build();
    }
}
