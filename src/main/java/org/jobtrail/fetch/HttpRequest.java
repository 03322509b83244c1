package org.jobtrail.fetch;

import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** The headers of a data call, and no others: what stood on the message before does not reach the server. */
final class HttpRequest {

    private HttpRequest() {}

    static void get(Exchange exchange, String path, String query, Instant deadline) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setBody(null);
        message.setHeader(Exchange.HTTP_METHOD, "GET");
        message.setHeader(Exchange.HTTP_PATH, path);
        if (!query.isEmpty()) {
            message.setHeader(Exchange.HTTP_QUERY, query);
        }
        message.setHeader(Deadline.HEADER, deadline.toString());
        message.setHeader("Accept", "application/json");
        message.setHeader("Authorization", exchange.getVariable("authorization", String.class));
    }
}
