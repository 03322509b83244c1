package org.jobtrail.transform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.Arrays;
import java.util.Optional;

/** Reads JSON of servers and of our own, with numbers as they came. */
public final class Json {

    /** Less than what may be written, or a job could be read that does not fit into an event. */
    static final int DEEPEST = 900;

    /** To make a number of more digits would take longer than it is worth. */
    static final int LONGEST_NUMBER = 1_000;

    static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(constraints(LONGEST_NUMBER))
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Whose parsers refuse what no job may be. */
    static final JsonFactory FACTORY = MAPPER.getFactory();

    /** Reads a value where it stands: more comes behind it. */
    private static final ObjectReader TREE = MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Of what we wrote ourselves: one level around the deepest that we read, and names that stand there once. */
    private static final JsonFactory MEMBERS = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST + 10)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /** The mapper would make the same, but prepare each time for whatever else it can read. */
    static JsonNode value(JsonParser parser) throws IOException {
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
    interface Member {
        JsonNode read(String name, JsonParser parser) throws IOException;
    }

    /** The object at whose beginning the parser stands, with those members that are wanted. */
    static ObjectNode object(JsonParser parser, Member member) throws IOException {
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

    static JsonNode tree(byte[] bytes, int from, int length) throws IOException {
        return MAPPER.readTree(bytes, from, length);
    }

    static StreamReadConstraints constraints(int longestNumber) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxNameLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNumberLength(longestNumber)
                .build();
    }

    /**
     * The bytes of a member of an object, as they stand there; empty where it is no object itself.
     *
     * @throws IOException where this is no JSON
     */
    public static Optional<byte[]> member(String name, byte[] object) throws IOException {
        return member(name, object, false);
    }

    /** The same of a member that nothing follows: where it ends need not be looked for. */
    public static Optional<byte[]> lastMember(String name, byte[] object) throws IOException {
        return member(name, object, true);
    }

    private static Optional<byte[]> member(String name, byte[] object, boolean isLast) throws IOException {
        try (JsonParser parser = MEMBERS.createParser(object)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(name);
                JsonToken value = parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                if (wanted && isLast && value == JsonToken.START_OBJECT) {
                    return Optional.of(Arrays.copyOfRange(object, from, object.length - 1));
                }
                parser.skipChildren();
                if (wanted && value == JsonToken.START_OBJECT) {
                    int to = (int) parser.currentLocation().getByteOffset();
                    return Optional.of(Arrays.copyOfRange(object, from, to));
                }
            }
            return Optional.empty();
        }
    }

    public static ObjectNode object(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw new IllegalStateException("what was recorded is no object any more");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was recorded is not JSON any more", e);
        }
    }

    /** The same of what we wrote ourselves: each name stands there once. */
    public static ObjectNode recorded(byte[] object) {
        return recorded(object, (name, parser) -> value(parser));
    }

    /** The object with those members that are wanted. */
    static ObjectNode recorded(byte[] object, Member member) {
        try (JsonParser parser = MEMBERS.createParser(object)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                ObjectNode recorded = object(parser, member);
                if (parser.nextToken() == null) {
                    return recorded;
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("what was recorded is not JSON any more", e);
        }
        throw new IllegalStateException("what was recorded is no object any more");
    }

    /** A value that stands somewhere in what we wrote. */
    static JsonNode recorded(byte[] bytes, int from, int to) {
        try (JsonParser parser = MEMBERS.createParser(bytes, from, to - from)) {
            parser.nextToken();
            return value(parser);
        } catch (IOException e) {
            throw new IllegalStateException("what was recorded is not JSON any more", e);
        }
    }
}
