package org.jobtrail.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jobtrail.body.Body;

/** An answer that was received whole. Its connection is free again. */
public final class KeptAnswer extends HttpEntityWrapper {

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

    /** The body that is behind a stream which travelled through Camel; of another stream, or none, what can be read of it. */
    public static Body body(InputStream stream) {
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
