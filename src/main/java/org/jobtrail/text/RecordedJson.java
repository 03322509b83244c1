package org.jobtrail.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Reads JSON that we wrote ourselves: the history's payloads and snapshots, notes, checkpoints. */
public final class RecordedJson {

    /** There is one level around the deepest that we read, and no need to look whether names stand there twice. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.DEEPEST + 10)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private RecordedJson() {}

    /**
     * The bytes of a member of an object, as they stand there; empty where it is no object itself.
     *
     * @throws IOException where this is no JSON
     */
    public static Optional<byte[]> member(String name, byte[] object) throws IOException {
        try (JsonParser parser = FACTORY.createParser(object)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(name);
                JsonToken value = parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (wanted && value == JsonToken.START_OBJECT) {
                    int to = (int) parser.currentLocation().getByteOffset();
                    return Optional.of(Arrays.copyOfRange(object, from, to));
                }
            }
            return Optional.empty();
        }
    }

    /**
     * The bytes of a member that nothing follows, in JSON as we write it: where it ends need not be looked for. Of an object that does
     * not have it, nothing within may have its name.
     */
    public static Optional<byte[]> lastMember(String name, byte[] object) throws IOException {
        String mark = ",\"" + name + "\":";
        // Within a text, a quote would have a backslash before it. A character for each byte: to look for it there is
        // as fast as can be.
        var bytes = new String(object, StandardCharsets.ISO_8859_1);
        int at = bytes.indexOf(mark);
        int from = at + mark.length();
        boolean isPlain =
                at >= 0 && bytes.indexOf(mark, from) < 0 && bytes.startsWith("{", from) && bytes.endsWith("}}");
        return isPlain ? Optional.of(Arrays.copyOfRange(object, from, object.length - 1)) : member(name, object);
    }

    /** Refuses what has a name twice. */
    public static ObjectNode object(String text) {
        try {
            if (Json.MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw noObject();
        } catch (JsonProcessingException e) {
            throw notJson(e);
        }
    }

    /** The object, where nobody else can have written it: a name that stands there twice is not noticed. */
    public static ObjectNode object(byte[] object) {
        return object(object, (name, parser) -> Json.value(parser));
    }

    /** The object with those members that are wanted. */
    public static ObjectNode object(byte[] object, Json.Member member) {
        try (JsonParser parser = FACTORY.createParser(object)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                ObjectNode recorded = Json.object(parser, member);
                if (parser.nextToken() == null) {
                    return recorded;
                }
            }
        } catch (IOException e) {
            throw notJson(e);
        }
        throw noObject();
    }

    /** A value that stands somewhere within. */
    public static JsonNode value(byte[] bytes, int from, int to) {
        try (JsonParser parser = FACTORY.createParser(bytes, from, to - from)) {
            parser.nextToken();
            return Json.value(parser);
        } catch (IOException e) {
            throw notJson(e);
        }
    }

    private static IllegalStateException notJson(IOException cause) {
        return new IllegalStateException("what was recorded is not JSON any more", cause);
    }

    private static IllegalStateException noObject() {
        return new IllegalStateException("what was recorded is no object any more");
    }
}
