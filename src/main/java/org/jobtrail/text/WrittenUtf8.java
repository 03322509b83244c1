package org.jobtrail.text;

import java.io.ByteArrayOutputStream;

/** The bytes of a text, and whether some character of it was written as its number. Usually they come in one piece. */
final class WrittenUtf8 extends ByteArrayOutputStream {

    private boolean numbered;
    private byte last;

    WrittenUtf8() {
        super(0);
    }

    @Override
    public synchronized void write(byte[] buffer, int from, int length) {
        byte before = last;
        for (int i = from; i < from + length; i++) {
            byte next = buffer[i];
            numbered |= before == '\\' && next == 'u';
            before = next;
        }
        last = before;
        super.write(buffer, from, length);
    }

    @Override
    public synchronized void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    /** Also where a backslash itself was written before that letter. */
    boolean mayHaveNumbers() {
        return numbered;
    }

    /** To be asked once, at the end. */
    synchronized byte[] bytes() {
        return count == buf.length ? buf : toByteArray();
    }
}
