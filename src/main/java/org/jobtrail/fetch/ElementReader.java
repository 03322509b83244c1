package org.jobtrail.fetch;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Cuts the elements out of a page while its parser passes over them, once: who an element is, and a digest of what it says. The
 * eTag does not count: a server counts it up for reasons of its own. Used for one page.
 */
final class ElementReader {

    private static final String ETAG = "eTag";

    private final Body page;
    private final long start;
    private final JsonParser parser;
    private final MessageDigest sha256;

    /** Of the element before: most of a list have the same one. */
    private String link = "";

    private String linked;

    /** @param start the bytes of the page that the parser does not count */
    ElementReader(Body page, long start, JsonParser parser) {
        this.page = page;
        this.start = start;
        this.parser = parser;
        this.sha256 = sha256();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
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
        String owner = null;
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
                    id = value == JsonToken.VALUE_STRING ? id(parser.getText()) : null;
                } else if (etagLength == 0 && name.equals(ETAG) && value == JsonToken.VALUE_NUMBER_INT) {
                    parser.finishToken();
                    etag = nameStart;
                    etagLength = (int) (tokenEnd() - nameStart);
                } else if (name.equals("organizationId") && value == JsonToken.VALUE_STRING) {
                    owner = owner(parser.getText());
                } else if (name.equals("_links") && value == JsonToken.START_OBJECT) {
                    String fromLink = linked();
                    owner = owner == null ? fromLink : owner;
                }
                parser.skipChildren();
            }
        } else {
            parser.skipChildren();
        }
        parser.finishToken();
        long length = tokenEnd() - from;
        if (length > Integer.MAX_VALUE - 8) {
            throw new UnreadableListException("the answer is no list: it has an element of %d bytes".formatted(length));
        }
        int cut = etagLength == 0 ? 0 : (int) (etag - from);
        byte[] digest = ElementText.digest(page.slice(from, (int) length), cut, etagLength, sha256);
        return new ListElement(page, from, new ElementText((int) length, cut, etagLength, id, owner, digest));
    }

    private static String id(String text) {
        return Storable.text(Organization.canonicalId(text));
    }

    private String owner(String id) {
        return id.equals(linked) ? linked : OrganizationLink.known(id).orElse(null);
    }

    /** The organization that the links lead to; leaves the parser at their end. */
    private String linked() throws IOException {
        String found = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean organization = parser.currentName().equals("organization");
            JsonToken value = parser.nextToken();
            if (organization && value == JsonToken.START_OBJECT) {
                found = organization(found);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private String organization(String otherwise) throws IOException {
        String found = otherwise;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean href = parser.currentName().equals("href");
            JsonToken value = parser.nextToken();
            if (href && value == JsonToken.VALUE_STRING) {
                found = ofLink(parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private String ofLink(String href) {
        if (!href.equals(link)) {
            link = href;
            linked = OrganizationLink.id(href).orElse(null);
        }
        return linked;
    }

    private long tokenStart() {
        return start + parser.currentTokenLocation().getByteOffset();
    }

    private long tokenEnd() {
        return start + parser.currentLocation().getByteOffset();
    }
}
