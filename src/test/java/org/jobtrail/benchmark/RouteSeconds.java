package org.jobtrail.benchmark;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long the exchanges of each route took, by the program's own metrics; without the routes that have waited at the gate. */
final class RouteSeconds {

    private static final Pattern SUM =
            Pattern.compile("(?m)^jobtrail_route_seconds_sum\\{[^}]*route=\"([^\"]+)\"[^}]*\\} (\\S+)");

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private RouteSeconds() {}

    static Map<String, Double> read(URI metrics) throws Exception {
        String text = CLIENT.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .body();
        var seconds = new TreeMap<String, Double>();
        Matcher sum = SUM.matcher(text);
        while (sum.find()) {
            if (sum.group(1).matches("poll-.*|fetch-organizations")) {
                continue;
            }
            seconds.merge(sum.group(1), Double.parseDouble(sum.group(2)), Double::sum);
        }
        return seconds;
    }

    static Map<String, Double> between(Map<String, Double> before, Map<String, Double> after) {
        var between = new TreeMap<String, Double>();
        after.forEach((route, seconds) -> between.put(route, seconds - before.getOrDefault(route, 0.0)));
        return between;
    }
}
