package org.jobtrail.text;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Text as PostgreSQL can store it: without U+0000 and without halves of surrogate pairs, for which UTF-8 has no bytes. */
public final class Storable {

    static final String LONE_SURROGATE =
            "[\\x{D800}-\\x{DBFF}](?![\\x{DC00}-\\x{DFFF}])|(?<![\\x{D800}-\\x{DBFF}])[\\x{DC00}-\\x{DFFF}]";

    private static final Pattern REFUSED = Pattern.compile("\\x00|" + LONE_SURROGATE);

    private Storable() {}

    /** Told in UTF-8: what PostgreSQL's indexes take is limited in bytes. */
    public static boolean isLongerThan(int bytes, String text) {
        // In UTF-8, a character of Java's takes three bytes at most.
        return text.length() > bytes / 3 && text.getBytes(StandardCharsets.UTF_8).length > bytes;
    }

    public static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || Character.isSurrogate(text.charAt(i))) {
                return REFUSED.matcher(text).replaceAll("\uFFFD");
            }
        }
        return text;
    }
}
