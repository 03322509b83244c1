package org.jobtrail.simulator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What stands before the body of a request: its first line and its headers, their names in lower case. */
record Head(String method, URI target, String protocol, Map<String, String> headers) {
    private static final int LARGEST = 64 * 1024;

    /** Null when the client has no more requests. */
    static Head read(InputStream input) throws IOException {
        String first = line(input, LARGEST);
        if (first == null) {
            return null;
        }
        String[] parts = first.split(" ");
        if (parts.length != 3) {
            throw new ProtocolException("not a request");
        }
        Map<String, String> headers = new HashMap<>();
        int left = LARGEST;
        for (String line = line(input, left); line != null && !line.isEmpty(); line = line(input, left)) {
            left -= line.length();
            String[] header = line.split(":", 2);
            headers.put(header[0].trim().toLowerCase(Locale.ROOT), header.length == 2 ? header[1].trim() : "");
        }
        return new Head(parts[0], uri(parts[1]), parts[2], headers);
    }

    private static URI uri(String target) throws ProtocolException {
        try {
            return URI.create(target);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("not an address");
        }
    }

    private static String line(InputStream input, int longest) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = input.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = input.read()) {
            if (line.size() >= longest) {
                throw new ProtocolException("too long");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    Request request(String body, String ownAuthority) {
        return Request.of(
                method,
                headers.getOrDefault("host", ownAuthority),
                path(),
                target.getRawQuery(),
                body,
                headers.get("authorization"));
    }

    String path() {
        return target.getPath() == null ? "" : target.getPath();
    }

    /** Negative when the client does not say: it sends in pieces, which this server does not read. */
    long contentLength() {
        try {
            return headers.containsKey("transfer-encoding")
                    ? -1
                    : Long.parseLong(headers.getOrDefault("content-length", "0"));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    boolean expectsContinue() {
        return headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue");
    }

    boolean isLast() {
        return headers.getOrDefault("connection", "").equalsIgnoreCase("close") || protocol.equals("HTTP/1.0");
    }
}
