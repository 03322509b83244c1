package org.jobtrail.fetch;

import java.util.regex.Pattern;

/** Text as PostgreSQL can store it: without U+0000 and without halves of surrogate pairs, for which UTF-8 has no bytes. */
public final class Storable {

    private static final Pattern REFUSED = Pattern.compile(
            "\\x00|[\\x{D800}-\\x{DBFF}](?![\\x{DC00}-\\x{DFFF}])|(?<![\\x{D800}-\\x{DBFF}])[\\x{DC00}-\\x{DFFF}]");

    private Storable() {}

    public static String text(String text) {
        boolean harmless =
                text.chars().noneMatch(character -> character == 0 || Character.isSurrogate((char) character));
        return harmless ? text : REFUSED.matcher(text).replaceAll("\uFFFD");
    }
}
