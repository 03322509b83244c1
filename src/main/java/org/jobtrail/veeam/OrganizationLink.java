package org.jobtrail.veeam;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A job's link to its organization, which before v8 is all that tells whose it is. Read, never followed. */
public final class OrganizationLink {

    private static final String ORGANIZATIONS = "Organizations";

    private OrganizationLink() {}

    /** The id of the organization that the link leads to; a link to anything else tells nothing. */
    public static Optional<String> id(String href) {
        int end = endOfSegment(href, endOfPath(href));
        int start = href.lastIndexOf('/', end - 1) + 1;
        int parentEnd = endOfSegment(href, start);
        int parent = href.lastIndexOf('/', parentEnd - 1) + 1;
        boolean isOne = parentEnd - parent == ORGANIZATIONS.length()
                && href.regionMatches(true, parent, ORGANIZATIONS, 0, ORGANIZATIONS.length());
        return isOne ? known(decoded(href.substring(start, end))) : Optional.empty();
    }

    /** An id as it is kept; none where the text is blank. */
    public static Optional<String> known(String id) {
        return id.isBlank() ? Optional.empty() : Optional.of(Organization.storableId(id));
    }

    private static int endOfPath(String href) {
        for (int i = 0; i < href.length(); i++) {
            if (href.charAt(i) == '?' || href.charAt(i) == '#') {
                return i;
            }
        }
        return href.length();
    }

    private static int endOfSegment(String href, int from) {
        int end = from;
        while (end > 0 && href.charAt(end - 1) == '/') {
            end--;
        }
        return end;
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
