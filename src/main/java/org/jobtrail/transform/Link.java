package org.jobtrail.transform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** What a job's links tell. They are read and never followed: their host is the server's internal name, or anybody's. */
final class Link {

    private static final Pattern QUERY = Pattern.compile("[?#].*");

    private Link() {}

    /** The segments of the link's path; empty where there is no such link. */
    static List<String> path(ObjectNode job, String name) {
        String href = job.path("_links").path(name).path("href").asText("");
        return Arrays.stream(QUERY.matcher(href).replaceAll("").split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }
}
