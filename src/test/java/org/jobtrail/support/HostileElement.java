package org.jobtrail.support;

import java.util.List;
import java.util.stream.Stream;

/** An element of a list that is no job, with the reason for which it is kept aside. */
public record HostileElement(String name, String text, String reason) {

    public static List<HostileElement> all() {
        return List.of(
                of("null", "null", "it is no object"),
                of("a number", "7", "it is no object"),
                of("a huge number", "1e400", "it is no object"),
                of("a number of 100,000 digits", "9".repeat(100_000), "it is no object"),
                of("a boolean", "true", "it is no object"),
                of("a text", "\"id\"", "it is no object"),
                of("a text with U+0000 and half a surrogate pair", "\"\\u0000\\ud800\"", "it is no object"),
                of("an array", "[{\"id\":\"x\"}]", "it is no object"),
                of("100,000 brackets", "[".repeat(100_000) + "]".repeat(100_000), "it is no object"),
                of("an empty object", "{}", "it has no id"),
                of("no id", "{\"name\":\"x\",\"lastStatus\":\"Success\"}", "it has no id"),
                of("an id in another case", "{\"ID\":\"x\"}", "it has no id"),
                of("id null", "{\"id\":null}", "it has no id"),
                of("an empty id", "{\"id\":\"\"}", "it has no id"),
                of("a blank id", "{\"id\":\" \\t\"}", "it has no id"),
                of("a number as id", "{\"id\":9007199254740993}", "it has no id"),
                of("a boolean as id", "{\"id\":true}", "it has no id"),
                of("an object as id", "{\"id\":{\"id\":\"x\"}}", "it has no id"),
                of(
                        "an id of 1001 characters",
                        "{\"id\":\"" + "x".repeat(1_001) + "\"}",
                        "its id is longer than 1000 bytes"),
                of("an id of 1002 bytes", "{\"id\":\"" + "備".repeat(334) + "\"}", "its id is longer than 1000 bytes"),
                of("two ids", "{\"id\":\"x\",\"id\":\"y\"}", "Duplicate field 'id'"),
                of("an unknown field twice", "{\"id\":\"x\",\"new\":1,\"new\":1}", "Duplicate field 'new'"),
                of(
                        "a field twice, far below",
                        "{\"id\":\"x\",\"a\":[{\"b\":{\"c\":1,\"c\":2}}]}",
                        "Duplicate field 'c'"),
                of(
                        "100,000 brackets in an unknown field",
                        "{\"id\":\"x\",\"new\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
                        "it is nested deeper than 900 levels"),
                of(
                        "100,000 braces in an unknown field",
                        "{\"id\":\"x\",\"new\":" + "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000) + "}",
                        "it is nested deeper than 900 levels"),
                of(
                        "a name of 100,000 digits",
                        "{\"id\":\"x\",\"name\":" + "9".repeat(100_000) + "}",
                        "it has a number of more than 1000 digits"),
                of(
                        "a number without end",
                        "{\"id\":\"x\",\"lastStatus\":1e99999999999}",
                        "it has a number that is too large to be one"));
    }

    /** Values of a field that nobody knows, which must not matter. */
    public static Stream<HostileElement> harmless() {
        return Stream.of(
                        of("null", "null", null),
                        of("U+0000", "\"\\u0000\"", null),
                        of("half a surrogate pair", "\"\\ud800 \\udc00\"", null),
                        of("1e400", "1e400", null),
                        of("a number without end", "1e99999999999", null),
                        of("a number beyond the doubles", "9007199254740993", null),
                        of("100,000 digits", "9".repeat(100_000), null),
                        of("800 brackets", "[".repeat(800) + "]".repeat(800), null),
                        of("a text of 20 MB", "\"" + "x".repeat(20_000_001) + "\"", null),
                        of("text for a boolean", "\"TRUE\"", null),
                        of("an object", "{\"id\":\"y\",\"results\":[],\"limit\":1}", null),
                        of("a name of 60,000 characters", "{\"" + "n".repeat(60_000) + "\":1}", null))
                .map(value -> of(
                        value.name(), "{\"new\":" + value.text() + ",\"id\":\"x\",\"lastStatus\":\"Success\"}", null));
    }

    private static HostileElement of(String name, String text, String reason) {
        return new HostileElement(name, text, reason);
    }

    @Override
    public String toString() {
        return name;
    }
}
