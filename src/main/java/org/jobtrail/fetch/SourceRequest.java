package org.jobtrail.fetch;

import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpMethods;
import org.jobtrail.http.Deadline;

/** The headers of a call, and no others: what stood on the message before does not reach the server. */
public final class SourceRequest {

    private static final String AUTHORIZATION = "Authorization";
    private static final String REQUEST = "request";

    /** Holds a secret: it has no text form. */
    private record Sent(Map<String, Object> headers) {
        @Override
        public String toString() {
            return "request";
        }
    }

    private SourceRequest() {}

    /** The next call for a list, with the token that is good now; from the first page where that is another one. */
    public static void get(Exchange exchange, PagedList list, String authorization) {
        if (list.starts().begin(authorization)) {
            list.restart();
        }
        Message message = prepare(exchange, HttpMethods.GET, list.path(), list.deadline());
        if (!list.query().isEmpty()) {
            message.setHeader(Exchange.HTTP_QUERY, list.query());
        }
        message.setHeader(AUTHORIZATION, authorization);
        message.setHeader(Deadline.LIST, "true");
        exchange.setVariable(REQUEST, new Sent(Map.copyOf(message.getHeaders())));
    }

    /** Puts the last call for a list on the message, whatever Camel has put there to send it again. */
    public static void again(Exchange exchange) {
        Sent sent = exchange.getVariable(REQUEST, Sent.class);
        exchange.getMessage().removeHeaders("*");
        sent.headers().forEach(exchange.getMessage()::setHeader);
    }

    /** A call without proof of who we are. Given the method by name, Camel would search all of its converters for each call. */
    public static Message prepare(Exchange exchange, HttpMethods method, String path, Instant deadline) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setBody(null);
        message.setHeader(Exchange.HTTP_METHOD, method);
        message.setHeader(Exchange.HTTP_PATH, path);
        message.setHeader(Deadline.HEADER, Deadline.text(deadline));
        message.setHeader("Accept", "application/json");
        Redelivery.begin(exchange);
        return message;
    }

    /** The authorization header of the call on the message, which proves who we are; null where it has none. */
    public static String authorization(Exchange exchange) {
        return exchange.getMessage().getHeader(AUTHORIZATION, String.class);
    }
}
