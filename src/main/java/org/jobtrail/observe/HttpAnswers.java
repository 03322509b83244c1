package org.jobtrail.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpActivityListener;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.jobtrail.settings.Settings.Source;

/** Counts a source's answers by status, and compares its clock with ours. Thread-safe. */
public final class HttpAnswers implements HttpActivityListener {

    /** What a server says for a whole second: to read it anew of each answer took a twentieth of a poll of short lists. */
    private record Date(String text, Instant moment) {}

    private final Metrics metrics;
    private final Clock clock;
    private volatile Date last = new Date(null, null);

    public HttpAnswers(Metrics metrics, Clock clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void onRequestSubmitted(
            Object source, Exchange exchange, HttpHost host, HttpRequest request, HttpEntity entity) {
        // what counts is the answer
    }

    @Override
    public void onResponseReceived(
            Object producer, Exchange exchange, HttpHost host, HttpResponse response, HttpEntity entity, long elapsed) {
        Source source = exchange.getVariable("source", Source.class);
        if (source != null) {
            metrics.httpAnswer(source.name(), response.getCode());
        }
        var attempt = exchange.getVariable("attempt", ServerClock.class);
        Instant date = date(response);
        if (attempt != null && date != null) {
            // It tells whole seconds.
            attempt.offBy(Duration.between(clock.instant().truncatedTo(ChronoUnit.SECONDS), date));
        }
    }

    private Instant date(HttpResponse response) {
        Header header = response.getFirstHeader(HttpHeaders.DATE);
        if (header == null) {
            return null;
        }
        Date date = last;
        if (!header.getValue().equals(date.text())) {
            date = new Date(header.getValue(), DateUtils.parseStandardDate(header.getValue()));
            last = date;
        }
        return date.moment();
    }
}
