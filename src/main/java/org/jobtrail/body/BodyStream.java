package org.jobtrail.body;

import java.io.InputStream;

/** Reads a body slice by slice. */
final class BodyStream extends InputStream {

    private static final Body.Slice NOTHING = new Body.Slice(new byte[0], 0, 0);

    private final Body body;
    private Body.Slice chunk = NOTHING;
    private long chunkStart;
    private int position;

    BodyStream(Body body, long from) {
        this.body = body;
        this.chunkStart = from;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int most) {
        if (position == chunk.length()) {
            chunkStart += chunk.length();
            position = 0;
            // Up to where a piece ends, or bytes would be copied that are there anyway.
            int next = (int) Math.min(Body.PIECE - chunkStart % Body.PIECE, body.length() - chunkStart);
            chunk = next == 0 ? NOTHING : body.slice(chunkStart, next);
        }
        int count = Math.min(most, chunk.length() - position);
        if (count == 0) {
            return most == 0 ? 0 : -1;
        }
        System.arraycopy(chunk.bytes(), chunk.from() + position, buffer, offset, count);
        position += count;
        return count;
    }
}
