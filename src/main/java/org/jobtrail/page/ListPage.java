package org.jobtrail.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.List;
import org.jobtrail.body.Body;

/**
 * One page of a list, cut into its elements without looking into them, so that one that cannot be read costs only
 * itself. {@code limit} is what a page object says; 0 where it says nothing; {@code next} whether it
 * links to another page.
 */
record ListPage(Body body, List<ListElement> elements, ElementOrder order, int limit, boolean next) {

    private static final int DEEPEST = 250_000;

    /** Refuses nothing of an element but endless depth and length: what is too much for one is found out of that one alone. */
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNameLength(ElementReader.LARGEST)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(ElementReader.LARGEST)
                    .build())
            .build();

    private ListPage(Body body, ElementList elements, int limit, boolean next) {
        this(body, elements, elements.order(), limit, next);
    }

    /** @param most elements that are kept as they are read */
    static ListPage read(Body body, boolean paged, int most) {
        try (Utf8 text = Utf8.of(body);
                JsonParser parser = JSON.createParser(text)) {
            var reader = new ElementReader(body, text.start(), parser);
            JsonToken first = parser.nextToken();
            ListPage page = switch (first == null ? JsonToken.NOT_AVAILABLE : first) {
                case START_ARRAY -> {
                    require(!paged, "is an array where a page was expected");
                    yield new ListPage(body, elements(parser, reader, most), 0, false);
                }
                case START_OBJECT -> {
                    require(paged, "is an object where an array was expected");
                    yield object(body, parser, reader, most);
                }
                default -> throw new UnreadableListException("the answer is no list: it is " + name(first));
            };
            require(parser.nextToken() == null, "has more after its end");
            return page;
        } catch (IOException e) {
            throw new UnreadableListException("the answer is not whole JSON: " + reason(e));
        }
    }

    private static ListPage object(Body body, JsonParser parser, ElementReader reader, int most) throws IOException {
        ElementList elements = null;
        int limit = -1;
        boolean next = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("results")) {
                require(value == JsonToken.START_ARRAY && elements == null, "has no single array of results");
                elements = elements(parser, reader, most);
            } else if (name.equals("limit")) {
                require(limit < 0, "has two limits");
                limit = value == JsonToken.VALUE_NUMBER_INT ? limit(parser.getText()) : 0;
                parser.skipChildren();
            } else if (name.equals("_links") && value == JsonToken.START_OBJECT) {
                next = hasNext(parser);
            } else {
                parser.skipChildren();
            }
        }
        require(elements != null, "has no results");
        return new ListPage(body, elements, Math.max(0, limit), next);
    }

    /** A sign that there is more; where it leads to is not looked at. */
    private static boolean hasNext(JsonParser parser) throws IOException {
        boolean next = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            next |= parser.currentName().equals("next") && parser.nextToken() == JsonToken.START_OBJECT;
            if (parser.currentToken() == JsonToken.FIELD_NAME) {
                parser.nextToken();
            }
            parser.skipChildren();
        }
        return next;
    }

    /** By its text: to make a number of a million digits of it would take longer than the poll. */
    private static int limit(String number) {
        if (number.startsWith("-")) {
            return 0;
        }
        return number.length() > 9 ? Paging.LIMIT : Math.min(Integer.parseInt(number), Paging.LIMIT);
    }

    private static String name(JsonToken token) {
        if (token == null) {
            return "empty";
        }
        return switch (token) {
            case VALUE_NULL -> "null";
            case VALUE_STRING -> "a text";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> "a boolean";
        };
    }

    private static ElementList elements(JsonParser parser, ElementReader reader, int most) throws IOException {
        var elements = new ElementList(most);
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            require(token != null, "has no end");
            elements.add(reader.read());
        }
        return elements;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new UnreadableListException("the answer is no list: it " + otherwise);
        }
    }

    /** In our own words: the parser's quote what the server sent, and an organization's body is told to nobody. */
    private static String reason(IOException e) {
        if (e instanceof JsonEOFException) {
            return "it ends too early";
        }
        if (e instanceof StreamConstraintsException) {
            return "it is nested deeper than %d levels, or has a name or a text of more than %d bytes"
                    .formatted(DEEPEST, ElementReader.LARGEST);
        }
        return e instanceof JsonProcessingException json
                ? "what stands at byte %d does not fit"
                        .formatted(json.getLocation().getByteOffset())
                : e.getClass().getSimpleName();
    }
}
