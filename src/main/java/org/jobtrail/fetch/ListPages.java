package org.jobtrail.fetch;

import java.io.InputStream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.apache.hc.core5.http.HttpStatus;
import org.jobtrail.http.KeptAnswer;
import org.jobtrail.page.UnreadableListException;

/** What {@code 3-fetch-list} asks, whatever the list is of: where its next page is, and what came back. Thread-safe. */
public final class ListPages {

    public boolean more(@Variable("list") PagedList list) {
        return list.isMore();
    }

    public void request(
            @Variable("list") PagedList list,
            @Variable("authorization") Authorization authorization,
            Exchange exchange) {
        SourceRequest.get(exchange, list, authorization.value(list));
    }

    public void accept(
            @Variable("list") PagedList list,
            @Header(Exchange.HTTP_RESPONSE_CODE) int status,
            @Header(Exchange.CONTENT_TYPE) String contentType,
            @Body InputStream stream) {
        var body = KeptAnswer.body(stream);
        try {
            requireWhole(status);
            requireJson(contentType);
        } catch (RuntimeException e) {
            // Nothing of another answer is kept.
            body.close();
            throw e;
        }
        list.received(body);
    }

    /** Nobody asked for a part: whatever stands before the server may have cut the list between two jobs. */
    private static void requireWhole(int status) {
        if (status == HttpStatus.SC_PARTIAL_CONTENT) {
            throw new UnreadableListException("the server answered 206, with a part of its answer");
        }
    }

    /** A login page with status 200 is no empty list. */
    private static void requireJson(String contentType) {
        String type = contentType == null ? "" : contentType.split(";", -1)[0].strip();
        if (!type.equalsIgnoreCase("application/json")) {
            throw new UnreadableListException("the answer is %s, not application/json"
                    .formatted(type.isEmpty() ? "of no content type" : type.replaceAll("[^\\w/.+-]", "?")));
        }
    }
}
