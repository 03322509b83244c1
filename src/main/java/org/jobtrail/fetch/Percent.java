package org.jobtrail.fetch;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Percent-encoding of a value inside a path or a query. */
final class Percent {

    private Percent() {}

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
