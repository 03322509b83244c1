package org.jobtrail.transform;

import java.io.Writer;

/** A text, and whether it may have surrogates: told while it is written, for which it need not be read once more. */
final class SearchedText extends Writer {

    private final StringBuilder text = new StringBuilder(2_000);
    private int bits;

    @Override
    public void write(char[] buffer, int from, int length) {
        int seen = 0;
        for (int i = from; i < from + length; i++) {
            seen |= buffer[i];
        }
        bits |= seen;
        text.append(buffer, from, length);
    }

    /** Where every surrogate's bits were seen, perhaps in several characters. */
    boolean mayHaveSurrogates() {
        return (bits & Character.MIN_SURROGATE) == Character.MIN_SURROGATE;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
