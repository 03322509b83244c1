package org.jobtrail.simulator.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a client asked for, as far as the API looks at it.
 *
 * @param authority host and port as the client named them; the absolute links of old versions repeat them
 * @param segments the path in lower case, because the server does not tell cases apart
 */
public record Request(
        String method,
        String authority,
        List<String> segments,
        Map<String, String> query,
        Map<String, String> form,
        Optional<String> bearerToken) {

    private static final String BEARER = "bearer ";

    public static Request of(
            String method, String authority, String path, String rawQuery, String body, String authorization) {
        return new Request(
                method,
                authority,
                segments(path),
                parameters(rawQuery),
                parameters(body),
                Optional.ofNullable(authorization)
                        .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                        .map(value -> value.substring(BEARER.length()).trim()));
    }

    public String version() {
        return segments.isEmpty() ? "" : segments.get(0);
    }

    /** The path below the version. */
    public List<String> path() {
        return segments.isEmpty() ? segments : segments.subList(1, segments.size());
    }

    public boolean isTrue(String parameter, boolean unlessSaid) {
        return Boolean.parseBoolean(query.getOrDefault(parameter, String.valueOf(unlessSaid)));
    }

    private static List<String> segments(String path) {
        return Arrays.stream(path.toLowerCase(Locale.ROOT).split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }

    private static Map<String, String> parameters(String encoded) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : encoded == null ? new String[0] : encoded.split("&")) {
            String[] parts = pair.split("=", 2);
            parameters.put(decoded(parts[0]).toLowerCase(Locale.ROOT), parts.length == 2 ? decoded(parts[1]) : "");
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Without the form, which has the password, and without the token. */
    @Override
    public String toString() {
        return method + " /" + String.join("/", segments);
    }
}
