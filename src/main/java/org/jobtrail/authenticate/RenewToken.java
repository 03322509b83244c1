package org.jobtrail.authenticate;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jobtrail.failure.Reason;
import org.jobtrail.fetch.AtEnd;
import org.jobtrail.fetch.Authorization;
import org.jobtrail.fetch.PagedList;
import org.jobtrail.fetch.SourceRequest;
import org.jobtrail.settings.Settings.Source;

/**
 * What becomes of a list that was answered with 401: it starts over with a new token, which one login brings for all lists that
 * were refused with the same old one; or its organization fails.
 */
public final class RenewToken implements Processor {

    private final AccessTokens accessTokens;
    private final Supplier<CamelContext> context;

    public RenewToken(AccessTokens accessTokens, Supplier<CamelContext> context) {
        this.accessTokens = accessTokens;
        this.context = context;
    }

    /** Runs after each failure. Camel does not pass on an exception from here: it is left where the receipt's reason is looked for. */
    @Override
    public void process(Exchange exchange) {
        exchange.setVariable("renewed", false);
        var list = exchange.getVariable("list", PagedList.class);
        if (list == null
                || !(exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT)
                        instanceof HttpOperationFailedException refusal)
                || refusal.getStatusCode() != 401) {
            return;
        }
        try {
            renew(exchange, list, refusal);
            SourceRequest.get(
                    exchange,
                    list,
                    exchange.getVariable("authorization", Authorization.class).value(list));
            exchange.setVariable("renewed", true);
        } catch (RuntimeException e) {
            exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, e);
        }
    }

    private void renew(Exchange exchange, PagedList list, HttpOperationFailedException refusal) {
        Source source = exchange.getVariable("source", Source.class);
        Session session = accessTokens.session(source);
        String refused = list.starts().authorization();
        session.renewal.lock();
        try {
            if (list.starts().isRestless()) {
                readAlone(exchange, session, list);
            }
            if (!session.current(refused)) {
                return;
            }
            if (list.starts().hasRenewed() && !session.wasAccepted()) {
                throw refused(list, "a token that it had just given", refusal);
            }
            list.starts().renewed();
            logIn(session, source, exchange.getVariable("endpoint"));
            if (session.current(refused)) {
                throw refused(list, "a token that it takes for other calls", refusal);
            }
        } finally {
            session.renewal.unlock();
        }
    }

    private static void readAlone(Exchange exchange, Session session, PagedList list) {
        session.lone.take(list);
        AtEnd.of(exchange, done -> {
            session.renewal.lock();
            try {
                session.lone.end(list);
            } finally {
                session.renewal.unlock();
            }
        });
    }

    private void logIn(Session session, Source source, Object endpoint) {
        try (ProducerTemplate template = context.get().createProducerTemplate()) {
            Exchange login = template.send("direct:authenticate", exchange -> {
                exchange.setVariable("source", source);
                exchange.setVariable("endpoint", endpoint);
                exchange.setVariable("renewal", true);
            });
            if (login.getException() != null) {
                session.failed(Reason.of(login.getException()));
                throw new LoginException(Reason.of(login.getException()));
            }
        } catch (IOException e) {
            throw new LoginException("the login could not be ended: " + e.getMessage());
        }
    }

    private static LoginException refused(PagedList list, String token, HttpOperationFailedException refusal) {
        return new LoginException("the server answered 401 to %s, with %s".formatted(list.path(), token), refusal);
    }
}
