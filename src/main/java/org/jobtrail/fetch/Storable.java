package org.jobtrail.fetch;

import java.util.regex.Pattern;

/** Text as PostgreSQL can store it: without U+0000 and without halves of surrogate pairs, for which UTF-8 has no bytes. */
public final class Storable {

    private static final Pattern REFUSED = Pattern.compile(
            "\\x00|[\\x{D800}-\\x{DBFF}](?![\\x{DC00}-\\x{DFFF}])|(?<![\\x{D800}-\\x{DBFF}])[\\x{DC00}-\\x{DFFF}]");

    private Storable() {}

    public static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || Character.isSurrogate(text.charAt(i))) {
                return REFUSED.matcher(text).replaceAll("\uFFFD");
            }
        }
        return text;
    }
}
