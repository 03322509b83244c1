package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Elements of a list, for tests of what becomes of them. */
public final class ListElements {

    private ListElements() {}

    public static ListElement of(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return new ListElement(bytes, 0, bytes.length);
    }
}
