package org.jobtrail.fetch;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An organization as the server lists it. The rest of its body holds accounts and certificates and is not kept. Whatever the
 * server left out is null, but for the id.
 */
public record Organization(String id, String name, String officeName, String type, String region, String msid) {

    private static final Pattern UUID =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    public Organization {
        id = canonicalId(id);
    }

    public Organization(String id, String name) {
        this(id, name, null, null, null, null);
    }

    /** UUIDs are compared in lower case, other ids exactly. */
    public static String canonicalId(String id) {
        return UUID.matcher(id).matches() ? id.toLowerCase(Locale.ROOT) : id;
    }
}
