package org.jobtrail.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.postgresql.util.ByteConverter;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * Values as PostgreSQL takes an array of them. Texts are most of what a poll records: here each is copied once, from where its bytes
 * stand to what is sent. Of strings, the driver would make bytes, gather them in a buffer that grows, and copy that.
 */
final class SentArray extends PGobject implements PGBinaryObject {

    /** Types that have the same number in every database. */
    private enum Type {
        BOOL(16),
        BYTEA(17),
        TEXT(25);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private static final long serialVersionUID = 1L;
    private static final int NULL = -1;

    /** Dimensions, whether there may be nulls, and the type; of the only dimension, its length and first index. */
    private static final int HEAD = 5 * Integer.BYTES;

    private static final int EMPTY_HEAD = 3 * Integer.BYTES;

    private final Type elements;
    private final transient List<ByteBuffer> values = new ArrayList<>();

    private SentArray(Type elements) {
        this.elements = elements;
        setType(elements.name().toLowerCase(Locale.ROOT) + "[]");
    }

    static SentArray ofTexts() {
        return new SentArray(Type.TEXT);
    }

    static SentArray ofBytes() {
        return new SentArray(Type.BYTEA);
    }

    static SentArray ofBooleans() {
        return new SentArray(Type.BOOL);
    }

    /** @param value bytes that do not change any more, in UTF-8 where it is a text; null for none */
    void add(ByteBuffer value) {
        values.add(value);
    }

    void add(byte[] value) {
        add(value == null ? null : ByteBuffer.wrap(value));
    }

    void add(String text) {
        add(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    void add(Boolean value) {
        add(value == null ? null : new byte[] {(byte) (value ? 1 : 0)});
    }

    /** The value at an index as PostgreSQL writes it; null where there is none. */
    String get(int index) {
        ByteBuffer value = values.get(index);
        if (value == null) {
            return null;
        }
        return switch (elements) {
            case TEXT -> StandardCharsets.UTF_8.decode(value.duplicate()).toString();
            case BOOL -> value.get(value.position()) == 0 ? "f" : "t";
            case BYTEA -> {
                var bytes = new byte[value.remaining()];
                value.duplicate().get(bytes);
                yield "\\x" + HexFormat.of().formatHex(bytes);
            }
        };
    }

    @Override
    public int lengthInBytes() {
        long length = values.isEmpty() ? EMPTY_HEAD : HEAD;
        for (ByteBuffer value : values) {
            length += Integer.BYTES + (value == null ? 0 : value.remaining());
        }
        return Math.toIntExact(length);
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        ByteConverter.int4(bytes, offset, values.isEmpty() ? 0 : 1);
        ByteConverter.int4(bytes, offset + 4, values.contains(null) ? 1 : 0);
        ByteConverter.int4(bytes, offset + 8, elements.number);
        if (values.isEmpty()) {
            return;
        }
        ByteConverter.int4(bytes, offset + 12, values.size());
        ByteConverter.int4(bytes, offset + 16, 1);
        int at = offset + HEAD;
        for (ByteBuffer value : values) {
            int length = value == null ? NULL : value.remaining();
            ByteConverter.int4(bytes, at, length);
            at += Integer.BYTES;
            if (value != null) {
                value.get(value.position(), bytes, at, length);
                at += length;
            }
        }
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("it is only sent");
    }

    /** The array as text, where the settings of the connection ask for that. */
    @Override
    public String getValue() {
        var literal = new StringBuilder("{");
        for (int i = 0; i < values.size(); i++) {
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
        return other instanceof SentArray array && elements == array.elements && values.equals(array.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public Object clone() throws CloneNotSupportedException {
        throw new CloneNotSupportedException();
    }
}
