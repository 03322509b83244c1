package org.jobtrail.benchmark;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;

/** What the server answers to a request for jobs: an array, or a page of v8. Made while it is written, of flat memory. */
record ListText(JobTemplate template, Population population, int from, int to, String head, String tail) {

    private static final int CHUNK = 64_000;

    /** Some of a population's jobs, which stand in the order of their organizations. */
    record Jobs(int from, int to) {

        static Jobs all(Population population) {
            return new Jobs(0, Math.toIntExact(population.size()));
        }

        static Jobs of(Population population, int organization) {
            int from = Math.multiplyExact(organization, population.jobs());
            return new Jobs(from, from + population.jobs());
        }

        private Jobs page(int offset, int limit) {
            int start = Math.min(from + offset, to);
            return new Jobs(start, Math.min(start + limit, to));
        }
    }

    static ListText array(JobTemplate template, Population population, Jobs jobs) {
        return new ListText(template, population, jobs.from(), jobs.to(), "[", "]");
    }

    static ListText page(JobTemplate template, Population population, Jobs jobs, int offset, int limit) {
        Jobs page = jobs.page(offset, limit);
        String head = "{\"offset\":%d,\"limit\":%d,\"_links\":{\"self\":{\"href\":\"/v8/Jobs\"}},\"results\":["
                .formatted(offset, limit);
        return new ListText(template, population, page.from(), page.to(), head, "]}");
    }

    long length() {
        long commas = Math.max(0, to - from - 1);
        return head.length() + tail.length() + commas + (long) (to - from) * template.length();
    }

    void writeTo(OutputStream out) throws IOException {
        int organization = -1;
        byte[] id = null;
        byte[] buffer = new byte[CHUNK];
        int filled = put(buffer, head);
        for (int i = from; i < to; i++) {
            if (filled + template.length() + 1 > CHUNK) {
                out.write(buffer, 0, filled);
                filled = 0;
            }
            if (i > from) {
                buffer[filled++] = ',';
            }
            if (organization != i / population.jobs()) {
                organization = i / population.jobs();
                id = population.organizationId(organization).getBytes(ISO_8859_1);
            }
            template.write(buffer, filled, population, organization, id, i % population.jobs());
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
