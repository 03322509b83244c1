package org.jobtrail.authenticate;

import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpActivityListener;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.jobtrail.fetch.Authorization;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.fetch.SourceRequest;

/** Tells a source's session how the server answered the authorization of a call, whatever else becomes of the answer. */
public final class AuthorizationListener implements HttpActivityListener {

    private final HttpActivityListener next;

    public AuthorizationListener(HttpActivityListener next) {
        this.next = next;
    }

    @Override
    public void onRequestSubmitted(
            Object producer, Exchange exchange, HttpHost host, HttpRequest request, HttpEntity entity) {
        next.onRequestSubmitted(producer, exchange, host, request, entity);
        var authorization = exchange.getVariable("authorization", Authorization.class);
        String sent = SourceRequest.authorization(exchange);
        if (authorization != null && sent != null) {
            authorization.sent(sent);
        }
    }

    @Override
    public void onResponseReceived(
            Object producer, Exchange exchange, HttpHost host, HttpResponse response, HttpEntity entity, long elapsed) {
        next.onResponseReceived(producer, exchange, host, response, entity, elapsed);
        var authorization = exchange.getVariable("authorization", Authorization.class);
        String sent = SourceRequest.authorization(exchange);
        if (authorization == null || sent == null) {
            return;
        }
        authorization.answered(sent, response.getCode());
        if (response.getCode() == 404 && exchange.getVariable("list") instanceof OrganizationList) {
            authorization.versionUnknown(sent);
        }
    }
}
