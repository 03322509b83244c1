package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Elements of a list, for tests of what becomes of them. */
public final class ListElements {

    private ListElements() {}

    public static ListElement of(String text) {
        byte[] array = ("[" + text + "]").getBytes(UTF_8);
        return ListPage.read(Body.of(array), false).elements().get(0);
    }
}
