package org.jobtrail.fetch;

import java.io.InputStream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;

/** What {@code 3-fetch-list} asks, whatever the list is of: where its next page is, and what came back. Thread-safe. */
public final class ListPages {

    public boolean more(@Variable("list") PagedList list) {
        return list.isMore();
    }

    public void request(
            @Variable("list") PagedList list,
            @Variable("authorization") Authorization authorization,
            Exchange exchange) {
        HttpRequest.get(exchange, list, authorization.value(list));
    }

    public void accept(
            @Variable("list") PagedList list,
            @Header(Exchange.HTTP_RESPONSE_CODE) int status,
            @Header(Exchange.CONTENT_TYPE) String contentType,
            @Body InputStream body) {
        list.received(KeptAnswer.json(status, contentType, body));
    }
}
