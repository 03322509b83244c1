package org.jobtrail.benchmark;

import java.util.ArrayList;
import java.util.List;

/** What has to be asked for to have every list of a server: what Jobtrail asks, but for the overlap of its pages. */
final class ListPaths {

    /** The largest page of the API. */
    static final int LIMIT = 10_000;

    private ListPaths() {}

    static String organizations(String version, int offset) {
        return "/%s/Organizations?extendedView=false%s"
                .formatted(version, version.equals("v8") ? "&offset=%d&limit=%d".formatted(offset, LIMIT) : "");
    }

    /** One for each array; of v8 one for each page. */
    static List<String> jobs(ListServer server) {
        Population population = server.population();
        String version = server.version();
        var paths = new ArrayList<String>();
        for (int i = 0; i < population.organizations(); i++) {
            String id = population.organizationId(i);
            if (!version.equals("v8")) {
                paths.add("/%s/Organizations/%s/Jobs".formatted(version, id));
                continue;
            }
            for (int offset = 0; offset < Math.max(1, population.jobs()); offset += LIMIT) {
                paths.add("/v8/Jobs?organizationId=%s&offset=%d&limit=%d".formatted(id, offset, LIMIT));
            }
        }
        return paths;
    }
}
