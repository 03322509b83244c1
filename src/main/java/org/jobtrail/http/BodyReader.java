package org.jobtrail.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.core5.http.HttpEntity;
import org.jobtrail.body.Body;
import org.jobtrail.body.FileBody;
import org.jobtrail.body.OversizedAnswerException;

/**
 * Reads the body of an answer, unpacked, until the deadline, and up to so many bytes: into memory, what is larger into a file.
 * An answer that is left in the middle costs its connection: the HTTP client would read the rest of it first, which may have no
 * end.
 */
final class BodyReader {

    private final HttpEntity answer;
    private final long largest;
    private final Deadline.Timed timed;

    BodyReader(HttpEntity answer, long largest, Deadline.Timed timed) {
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
        long announced = answer.getContentLength();
        // One more than announced: else it would take another piece to see the end.
        int size = announced < 0 ? Body.PIECE : (int) Math.min(announced, Body.PIECE - 1) + 1;
        var pieces = new ArrayList<byte[]>();
        long length = 0;
        int count;
        do {
            if (length >= Body.IN_MEMORY) {
                return toFile(pieces, content);
            }
            byte[] piece = new byte[size];
            count = content.readNBytes(piece, 0, size);
            pieces.add(piece);
            length += count;
            limit(length);
        } while (count == size);
        if (length < size / 2) {
            // Of which there may be thousands, with a job each.
            return Body.of(Arrays.copyOf(pieces.get(0), (int) length));
        }
        return Body.of(pieces, size, length);
    }

    /** @param full what was read so far */
    private Body toFile(List<byte[]> full, InputStream content) throws IOException {
        FileBody file = FileBody.create();
        try {
            for (byte[] piece : full) {
                file.append(piece, piece.length);
            }
            byte[] buffer = full.get(0);
            int count;
            while ((count = content.read(buffer)) >= 0) {
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
