package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jobtrail.body.Body;
import org.jobtrail.page.KnownPages;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;

/**
 * Answers as a server does: v8 from the offset on, as many as it likes to give, older ones everything in one array. The list may
 * change between two pages.
 */
final class PagingServer {

    /** It does not say how many it gives at most. */
    static final int SILENT = 0;

    final List<String> elements = new ArrayList<>();
    final List<String> queries = new ArrayList<>();
    private final int most;
    private final String limit;
    private IntConsumer beforePage = page -> {};

    PagingServer(int elements, int most) {
        this(elements, most, "\"limit\":%d,".formatted(most));
    }

    PagingServer(int elements, int most, String limit) {
        IntStream.range(0, elements).mapToObj(i -> element("" + i)).forEach(this.elements::add);
        this.most = most;
        this.limit = limit;
    }

    static String element(String id) {
        return "{\"id\":\"%s\",\"name\":\"Job %s\"}".formatted(id, id);
    }

    /** What happens before the page of this number, counted from 1 over all requests. */
    PagingServer beforePage(IntConsumer change) {
        beforePage = change;
        return this;
    }

    JobList read(ApiVersion version) {
        return read(version, new KnownPages(1_000));
    }

    JobList read(ApiVersion version, KnownPages known) {
        var jobs = new JobList("hq", new Organization("1", null), version, java.time.Instant.MAX, known);
        while (jobs.isMore()) {
            jobs.received(Body.of(answer(jobs.query())));
        }
        return jobs;
    }

    byte[] answer(String query) {
        queries.add(query);
        beforePage.accept(queries.size());
        if (!query.contains("offset")) {
            return ("[" + String.join(",", elements) + "]").getBytes(UTF_8);
        }
        int offset = Math.min(number(query, "offset"), elements.size());
        int end = Math.min(offset + Math.min(most, number(query, "limit")), elements.size());
        return "{\"offset\":%d,%s\"results\":[%s]}"
                .formatted(offset, limit, String.join(",", elements.subList(offset, end)))
                .getBytes(UTF_8);
    }

    private static int number(String query, String name) {
        return Integer.parseInt(query.replaceAll(".*" + name + "=(\\d+).*", "$1"));
    }
}
