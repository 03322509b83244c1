package org.jobtrail.observe;

import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpActivityListener;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.jobtrail.settings.Settings.Source;

/** Counts a source's answers by status. */
public final class HttpAnswers implements HttpActivityListener {

    private final Metrics metrics;

    public HttpAnswers(Metrics metrics) {
        this.metrics = metrics;
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
    }
}
