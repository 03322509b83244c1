package org.jobtrail.benchmark;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;

/** What the server answers to a request for jobs: an array, or a page of v8. Made while it is written, of flat memory. */
record ListText(
        JobTemplate template, Population population, int organization, int from, int to, String head, String tail) {

    private static final int CHUNK = 64_000;

    static ListText array(JobTemplate template, Population population, int organization) {
        return new ListText(template, population, organization, 0, population.jobs(), "[", "]");
    }

    static ListText page(JobTemplate template, Population population, int organization, int offset, int limit) {
        int from = Math.min(offset, population.jobs());
        int to = Math.min(from + limit, population.jobs());
        String head = "{\"offset\":%d,\"limit\":%d,\"_links\":{\"self\":{\"href\":\"/v8/Jobs\"}},\"results\":["
                .formatted(offset, limit);
        return new ListText(template, population, organization, from, to, head, "]}");
    }

    long length() {
        long commas = Math.max(0, to - from - 1);
        return head.length() + tail.length() + commas + (long) (to - from) * template.length();
    }

    void writeTo(OutputStream out) throws IOException {
        byte[] id = population.organizationId(organization).getBytes(ISO_8859_1);
        byte[] buffer = new byte[CHUNK];
        int filled = put(buffer, head);
        for (int job = from; job < to; job++) {
            if (filled + template.length() + 1 > CHUNK) {
                out.write(buffer, 0, filled);
                filled = 0;
            }
            if (job > from) {
                buffer[filled++] = ',';
            }
            template.write(buffer, filled, population, organization, id, job);
            filled += template.length();
        }
        out.write(buffer, 0, filled);
        out.write(tail.getBytes(ISO_8859_1));
    }

    private static int put(byte[] buffer, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        System.arraycopy(bytes, 0, buffer, 0, bytes.length);
        return bytes.length;
    }
}
