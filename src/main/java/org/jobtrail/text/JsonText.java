package org.jobtrail.text;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Writes JSON as the history keeps it: one line, numbers as they came, and nothing in it that UTF-8 cannot carry. */
public final class JsonText {

    private static final Pattern LONE_SURROGATE = Pattern.compile(Storable.LONE_SURROGATE);

    private JsonText() {}

    /** A surrogate without its other half is valid JSON only as an escape: UTF-8 has no bytes for it. */
    public static String of(JsonNode node) {
        return of(out -> write(out, node));
    }

    /** The text of what is written as it goes, without a tree of it. */
    public static String of(Written written) {
        return new String(utf8(written), StandardCharsets.UTF_8);
    }

    /** The bytes of the text: there is no string of it where nobody asks for one. */
    public static byte[] utf8(Written written) {
        var bytes = new WrittenUtf8();
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            written.to(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        // In bytes, all surrogates become escapes; in text, only those that have to.
        return bytes.mayHaveNumbers()
                ? escapeLoneSurrogates(characters(written)).getBytes(StandardCharsets.UTF_8)
                : bytes.bytes();
    }

    /** How many bytes were written so far; -1 where characters are. */
    public static int position(JsonGenerator out) {
        return out.getOutputTarget() instanceof WrittenUtf8 bytes ? bytes.size() + out.getOutputBuffered() : -1;
    }

    private static String characters(Written written) {
        var text = new StringWriter();
        try (JsonGenerator out = Json.MAPPER.createGenerator(text)) {
            written.to(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** What writes the same each time. */
    public interface Written {
        void to(JsonGenerator out) throws IOException;
    }

    /** The mapper would write the same, but prepare and flush each time for whatever else it can write. */
    public static void write(JsonGenerator out, JsonNode node) throws IOException {
        if (node.isTextual()) {
            out.writeString(node.textValue());
        } else if (node.isBoolean()) {
            out.writeBoolean(node.booleanValue());
        } else if (node.isIntegralNumber() && node.canConvertToLong()) {
            out.writeNumber(node.longValue());
        } else {
            out.writeTree(node);
        }
    }

    private static String escapeLoneSurrogates(String text) {
        return LONE_SURROGATE
                .matcher(text)
                .replaceAll(match -> "\\\\u%04x".formatted((int) match.group().charAt(0)));
    }
}
