package org.jobtrail.veeam;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.HexFormat;
import java.util.Locale;
import org.jobtrail.text.Storable;

/**
 * An organization as the server lists it. The rest of its body holds accounts and certificates and is not kept. Shares hand it from
 * one instance to another, as JSON, which may have more in it where that one is of another version.
 *
 * @param name null where the server left it out
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Organization(String id, String name) {

    /** In bytes: no id is longer, of an organization or of a job. */
    public static final int LONGEST_ID = 1_000;

    private static final String UUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    public Organization {
        id = canonicalId(id);
    }

    /** UUIDs are compared in lower case, other ids exactly. */
    public static String canonicalId(String id) {
        return isUuid(id) ? id.toLowerCase(Locale.ROOT) : id;
    }

    /** An id as it is compared and kept, of an organization or of a job. */
    public static String storableId(String text) {
        return Storable.text(canonicalId(text));
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
