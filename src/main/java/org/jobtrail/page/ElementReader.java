package org.jobtrail.page;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jobtrail.body.Body;
import org.jobtrail.text.Sha256;
import org.jobtrail.veeam.Organization;
import org.jobtrail.veeam.OrganizationLink;

/**
 * Cuts the elements out of a page while its parser passes over them, once: who an element is, and a digest of what it says. The
 * eTag does not count: a server counts it up for reasons of its own. Used for one page.
 */
final class ElementReader {

    /** In bytes. Some are in memory at once, several times each: as text, as a tree, on their way to PostgreSQL. */
    static final int LARGEST = (int) Math.min(Runtime.getRuntime().maxMemory() / 32, Integer.MAX_VALUE - 8);

    private static final String ETAG = "eTag";

    /** Where there are so many, it does not matter that one of them is in memory twice. */
    private static final int MOST_OWNERS = 100_000;

    private final Body page;
    private final long start;
    private final JsonParser parser;
    private final MessageDigest sha256;

    /** Organizations by the text that names them, so that each is in memory once. */
    private final Map<String, Optional<String>> owners = new HashMap<>();

    private final Map<String, Optional<String>> linkedOwners = new HashMap<>();

    /** @param start the bytes of the page that the parser does not count */
    ElementReader(Body page, long start, JsonParser parser) {
        this.page = page;
        this.start = start;
        this.parser = parser;
        this.sha256 = Sha256.begin();
    }

    /**
     * The element that begins there, alone.
     *
     * @throws IOException where none begins there that could stand in a list
     */
    static ListElement at(Body page, long from) throws IOException {
        try (Utf8 text = Utf8.from(page, from);
                JsonParser parser = ListPage.JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "it is no object");
            }
            return new ElementReader(page, from, parser).read();
        }
    }

    /** The element that begins with the parser's token; leaves the parser at its last one. */
    ListElement read() throws IOException {
        long from = tokenStart();
        String id = null;
        Optional<String> said = Optional.empty();
        Optional<String> linked = Optional.empty();
        long etag = 0;
        int etagLength = 0;
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            boolean identified = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                long nameStart = name.equals(ETAG) ? tokenStart() : 0;
                JsonToken value = parser.nextToken();
                if (!identified && name.equals("id")) {
                    identified = true;
                    id = value == JsonToken.VALUE_STRING ? Organization.storableId(parser.getText()) : null;
                } else if (etagLength == 0 && name.equals(ETAG) && value == JsonToken.VALUE_NUMBER_INT) {
                    parser.finishToken();
                    etag = nameStart;
                    etagLength = (int) (tokenEnd() - nameStart);
                } else if (name.equals("organizationId") && value == JsonToken.VALUE_STRING) {
                    said = read(parser.getText(), owners, OrganizationLink::known);
                } else if (name.equals("_links") && value == JsonToken.START_OBJECT) {
                    linked = linked();
                }
                parser.skipChildren();
            }
        } else {
            parser.skipChildren();
        }
        parser.finishToken();
        long length = tokenEnd() - from;
        if (length > LARGEST) {
            throw new UnreadableListException(
                    "the answer is no list: it has an element of %d bytes, and %d are a 32nd of the memory that Java may take (-Xmx)"
                            .formatted(length, LARGEST));
        }
        int cut = etagLength == 0 ? 0 : (int) (etag - from);
        byte[] digest = ElementDigest.digest(page.slice(from, (int) length), cut, etagLength, sha256);
        return new ListElement(
                page, from, new ElementDigest((int) length, cut, etagLength, id, owner(said, linked), digest));
    }

    /** Null where it does not say, or says two: then it is nobody's. */
    private static String owner(Optional<String> said, Optional<String> linked) {
        return said.isPresent() && linked.isPresent() && !said.equals(linked)
                ? null
                : said.or(() -> linked).orElse(null);
    }

    private static Optional<String> read(
            String text, Map<String, Optional<String>> known, Function<String, Optional<String>> reading) {
        if (known.size() >= MOST_OWNERS) {
            known.clear();
        }
        return known.computeIfAbsent(text, reading);
    }

    /** The organization that the links lead to; leaves the parser at their end. */
    private Optional<String> linked() throws IOException {
        return member(
                "organization",
                JsonToken.START_OBJECT,
                () -> member(
                        "href",
                        JsonToken.VALUE_STRING,
                        () -> read(parser.getText(), linkedOwners, OrganizationLink::id)));
    }

    private interface Member {
        Optional<String> read() throws IOException;
    }

    /** What is read of an object's member of this name that begins so, the last of several; leaves the parser at the object's end. */
    private Optional<String> member(String name, JsonToken begin, Member member) throws IOException {
        Optional<String> found = Optional.empty();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = parser.currentName().equals(name);
            if (parser.nextToken() == begin && wanted) {
                found = member.read();
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private long tokenStart() {
        return start + parser.currentTokenLocation().getByteOffset();
    }

    private long tokenEnd() {
        return start + parser.currentLocation().getByteOffset();
    }
}
