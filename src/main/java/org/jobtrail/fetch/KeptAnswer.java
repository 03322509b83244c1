package org.jobtrail.fetch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** An answer that was received whole. Its connection is free again. */
final class KeptAnswer extends HttpEntityWrapper {

    private final Content content;

    KeptAnswer(HttpEntity received, Body body) {
        super(received);
        this.content = new Content(body);
    }

    /** The stream as which a body travels through Camel, that finds it again at the other end. */
    static final class Content extends FilterInputStream {

        private final Body body;

        private Content(Body body) {
            super(body.stream());
            this.body = body;
        }
    }

    /** The body that is behind a stream. */
    static Body body(InputStream stream) {
        if (stream == null) {
            return Body.of(new byte[0]);
        }
        if (stream instanceof Content content) {
            return content.body;
        }
        try {
            return Body.of(stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same of an answer that has to be JSON, and whole: nothing of another one is kept. */
    static Body json(int status, String contentType, InputStream stream) {
        Body body = body(stream);
        try {
            requireWhole(status);
            ContentType.requireJson(contentType);
        } catch (RuntimeException e) {
            body.close();
            throw e;
        }
        return body;
    }

    /** Nobody asked for a part: whatever stands before the server may have cut the list between two jobs. */
    private static void requireWhole(int status) {
        if (status == HttpStatus.SC_PARTIAL_CONTENT) {
            throw new UnreadableListException("the server answered 206, with a part of its answer");
        }
    }

    @Override
    public InputStream getContent() {
        return content;
    }

    @Override
    public long getContentLength() {
        return content.body.length();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        content.transferTo(out);
    }
}
