package org.jobtrail.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.ByteConverter;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * Texts as PostgreSQL takes an array of them. They are most of what a poll records: here each is copied once, from where its bytes
 * stand to what is sent. Of strings, the driver would make bytes, gather them in a buffer that grows, and copy that.
 */
final class TextArray extends PGobject implements PGBinaryObject {

    private static final long serialVersionUID = 1L;
    private static final int TEXT = 25;
    private static final int NULL = -1;

    /** Dimensions, whether there may be nulls, and the type; of the only dimension, its length and first index. */
    private static final int HEAD = 5 * Integer.BYTES;

    private static final int EMPTY_HEAD = 3 * Integer.BYTES;

    private final transient List<ByteBuffer> texts = new ArrayList<>();

    TextArray() {
        setType("text[]");
    }

    /** @param text UTF-8 that does not change any more; null for none */
    void add(ByteBuffer text) {
        texts.add(text);
    }

    void addAll(TextArray others) {
        texts.addAll(others.texts);
    }

    /** The text at an index; null where there is none. */
    String get(int index) {
        ByteBuffer text = texts.get(index);
        return text == null
                ? null
                : StandardCharsets.UTF_8.decode(text.duplicate()).toString();
    }

    @Override
    public int lengthInBytes() {
        long length = texts.isEmpty() ? EMPTY_HEAD : HEAD;
        for (ByteBuffer text : texts) {
            length += Integer.BYTES + (text == null ? 0 : text.remaining());
        }
        return Math.toIntExact(length);
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        ByteConverter.int4(bytes, offset, texts.isEmpty() ? 0 : 1);
        ByteConverter.int4(bytes, offset + 4, texts.contains(null) ? 1 : 0);
        ByteConverter.int4(bytes, offset + 8, TEXT);
        if (texts.isEmpty()) {
            return;
        }
        ByteConverter.int4(bytes, offset + 12, texts.size());
        ByteConverter.int4(bytes, offset + 16, 1);
        int at = offset + HEAD;
        for (ByteBuffer text : texts) {
            int length = text == null ? NULL : text.remaining();
            ByteConverter.int4(bytes, at, length);
            at += Integer.BYTES;
            if (text != null) {
                text.get(text.position(), bytes, at, length);
                at += length;
            }
        }
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("it is only sent");
    }

    /** The same where the settings of the connection ask for text. */
    @Override
    public String getValue() {
        var literal = new StringBuilder("{");
        for (int i = 0; i < texts.size(); i++) {
            String text = get(i);
            literal.append(i == 0 ? "" : ",")
                    .append(
                            text == null
                                    ? "NULL"
                                    : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        }
        return literal.append('}').toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextArray array && texts.equals(array.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public Object clone() throws CloneNotSupportedException {
        throw new CloneNotSupportedException();
    }
}
