package org.jobtrail.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.hc.core5.http.HttpEntity;

/**
 * Reads the body of an answer, unpacked, until the deadline, and up to so many bytes: into memory, what is larger into a file.
 * An answer that is left in the middle costs its connection: the HTTP client would read the rest of it first, which may have no
 * end.
 */
final class Answer {

    /** What is larger goes to a file: several lists are read at once. */
    static final int IN_MEMORY = 4_000_000;

    private static final int BUFFER = 64 * 1024;

    private final HttpEntity answer;
    private final long largest;
    private final Deadline.Timed timed;

    Answer(HttpEntity answer, long largest, Deadline.Timed timed) {
        this.answer = answer;
        this.largest = largest;
        this.timed = timed;
    }

    Body read() throws IOException {
        boolean whole = false;
        InputStream content = null;
        try {
            content = answer.getContent();
            Body body = read(content);
            whole = true;
            return body;
        } catch (OversizedAnswerException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw timed.failure(e);
        } finally {
            timed.done();
            if (!whole) {
                timed.abort();
            }
            close(content);
        }
    }

    private Body read(InputStream content) throws IOException {
        byte[] bytes = new byte[(int) Math.max(BUFFER, Math.min(answer.getContentLength() + 1, IN_MEMORY))];
        int length = 0;
        int count;
        while ((count = content.read(bytes, length, bytes.length - length)) >= 0) {
            length += count;
            limit(length);
            if (length == bytes.length) {
                if (length >= IN_MEMORY) {
                    return toFile(bytes, content);
                }
                bytes = Arrays.copyOf(bytes, Math.min(2 * length, IN_MEMORY));
            }
        }
        return Body.of(bytes, length);
    }

    private Body toFile(byte[] buffer, InputStream content) throws IOException {
        FileBody file = FileBody.create();
        try {
            file.append(buffer, buffer.length);
            int count;
            while ((count = content.read(buffer, 0, BUFFER)) >= 0) {
                file.append(buffer, count);
                limit(file.length());
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void limit(long length) throws OversizedAnswerException {
        if (length > largest) {
            throw new OversizedAnswerException(largest);
        }
    }

    private void close(InputStream content) {
        try {
            if (content != null) {
                content.close();
            }
        } catch (IOException e) {
            // What was wanted of it has been read.
            timed.abort();
        }
    }
}
