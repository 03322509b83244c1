package org.jobtrail.fetch;

import java.util.HexFormat;
import java.util.Locale;

/**
 * An organization as the server lists it. The rest of its body holds accounts and certificates and is not kept. Whatever the
 * server left out is null, but for the id.
 */
public record Organization(String id, String name, String officeName, String type, String region, String msid) {

    private static final String UUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    public Organization {
        id = canonicalId(id);
    }

    public Organization(String id, String name) {
        this(id, name, null, null, null, null);
    }

    /** UUIDs are compared in lower case, other ids exactly. */
    public static String canonicalId(String id) {
        return isUuid(id) ? id.toLowerCase(Locale.ROOT) : id;
    }

    /** Without a pattern, which would take a quarter of the time that a list is read in: each job of it has an id. */
    private static boolean isUuid(String id) {
        if (id.length() != UUID.length()) {
            return false;
        }
        for (int i = 0; i < UUID.length(); i++) {
            boolean fits = UUID.charAt(i) == '-' ? id.charAt(i) == '-' : HexFormat.isHexDigit(id.charAt(i));
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
