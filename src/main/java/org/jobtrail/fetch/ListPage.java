package org.jobtrail.fetch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One page of a list, cut into its elements without looking into them, so that one that cannot be read costs only
 * itself. {@code limit} is what a page object says; 0 where it says nothing.
 */
record ListPage(List<ListElement> elements, int limit) {

    private static final int DEEPEST = 10_000;

    /** Refuses nothing of an element but endless depth: what is too much for one is found out of that one alone. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    static ListPage read(byte[] body, boolean paged) {
        int start = Utf8.start(body);
        try (JsonParser parser = JSON.createParser(body, start, body.length - start)) {
            JsonToken first = parser.nextToken();
            ListPage page = switch (first == null ? JsonToken.NOT_AVAILABLE : first) {
                case START_ARRAY -> {
                    require(!paged, "an array where a page was expected");
                    yield new ListPage(elements(parser, body, start), 0);
                }
                case START_OBJECT -> {
                    require(paged, "an object where an array was expected");
                    yield object(parser, body, start);
                }
                default ->
                    throw new UnreadableListException(
                            "the answer is no list: " + (first == null ? "it is empty" : first));
            };
            require(parser.nextToken() == null, "more after its end");
            return page;
        } catch (IOException e) {
            throw new UnreadableListException("the answer is not whole JSON: " + firstLine(e));
        }
    }

    private static ListPage object(JsonParser parser, byte[] body, int start) throws IOException {
        List<ListElement> elements = null;
        int limit = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("results")) {
                require(value == JsonToken.START_ARRAY && elements == null, "no single array of results");
                elements = elements(parser, body, start);
            } else if (name.equals("limit") && value == JsonToken.VALUE_NUMBER_INT) {
                limit = (int) Math.max(0, Math.min(parser.getBigIntegerValue().doubleValue(), Paging.LIMIT));
            } else {
                parser.skipChildren();
            }
        }
        require(elements != null, "no results");
        return new ListPage(elements, limit);
    }

    private static List<ListElement> elements(JsonParser parser, byte[] body, int start) throws IOException {
        var elements = new ArrayList<ListElement>();
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            require(token != null, "no end");
            int from = start + (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            parser.finishToken();
            elements.add(new ListElement(
                    body, from, start + (int) parser.currentLocation().getByteOffset()));
        }
        return elements;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new UnreadableListException("the answer is no list: it has " + otherwise);
        }
    }

    private static String firstLine(IOException e) {
        return e instanceof com.fasterxml.jackson.core.JsonProcessingException json
                ? json.getOriginalMessage()
                : e.getClass().getSimpleName();
    }
}
