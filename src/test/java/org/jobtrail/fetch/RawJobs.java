package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Elements of a list, for tests of what becomes of them. */
public final class RawJobs {

    private RawJobs() {}

    public static RawJob of(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return new RawJob(bytes, 0, bytes.length);
    }
}
