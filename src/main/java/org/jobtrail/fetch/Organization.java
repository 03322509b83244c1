package org.jobtrail.fetch;

import java.util.Locale;
import java.util.regex.Pattern;

/** An organization as the server lists it. The rest of its body holds accounts and certificates and is not kept. */
public record Organization(String id, String name) {

    private static final Pattern UUID =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    public Organization {
        id = canonicalId(id);
    }

    /** UUIDs are compared in lower case, other ids exactly. */
    public static String canonicalId(String id) {
        return UUID.matcher(id).matches() ? id.toLowerCase(Locale.ROOT) : id;
    }
}
