package org.jobtrail.fetch;

import java.io.InputStream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.apache.hc.core5.http.HttpStatus;

/** What {@code 3-fetch-list} asks, whatever the list is of: where its next page is, and what came back. Thread-safe. */
public final class ListPages {

    public boolean more(@Variable("list") PagedList list) {
        return list.isMore();
    }

    public void request(@Variable("list") PagedList list, Exchange exchange) {
        HttpRequest.get(exchange, list);
    }

    public void accept(
            @Variable("list") PagedList list,
            @Header(Exchange.HTTP_RESPONSE_CODE) Integer status,
            @Header(Exchange.CONTENT_TYPE) String contentType,
            @Body InputStream body) {
        if (status != null && status == HttpStatus.SC_PARTIAL_CONTENT) {
            KeptAnswer.body(body).close();
            // Nobody asked for a part: whatever stands before the server may have cut the list between two jobs.
            throw new UnreadableListException("the server answered 206, with a part of its answer");
        }
        list.received(KeptAnswer.json(contentType, body));
    }
}
