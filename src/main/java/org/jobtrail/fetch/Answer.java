package org.jobtrail.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The body of an answer, unpacked, while it is read: until the deadline, and up to so many bytes. One that is left in the middle
 * costs its connection: Camel and the HTTP client would read the rest of it first, which may have no end.
 */
final class Answer extends HttpEntityWrapper {

    private final HttpEntity answer;
    private final long largest;
    private final Deadline.Timed timed;
    private Body body;

    Answer(HttpEntity answer, long largest, Deadline.Timed timed) {
        super(answer);
        this.answer = answer;
        this.largest = largest;
        this.timed = timed;
    }

    @Override
    public InputStream getContent() throws IOException {
        if (body == null) {
            body = new Body(answer.getContent());
        }
        return body;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        getContent().transferTo(out);
    }

    private final class Body extends InputStream {

        private final InputStream content;
        private long bytes;
        private boolean ended;
        private boolean closed;

        Body(InputStream content) {
            this.content = content;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count;
            try {
                count = content.read(buffer, offset, length);
            } catch (IOException | RuntimeException e) {
                throw timed.failure(e);
            }
            bytes += Math.max(0, count);
            ended = count < 0 || bytes == answer.getContentLength();
            if (bytes > largest) {
                throw new OversizedAnswerException(largest);
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            timed.done();
            if (!ended) {
                timed.abort();
            }
            try {
                content.close();
            } catch (IOException e) {
                // What was wanted of it has been read.
                timed.abort();
            }
        }
    }
}
