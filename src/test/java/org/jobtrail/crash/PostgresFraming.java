package org.jobtrail.crash;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * PostgreSQL's protocol, version 3. A statement is told by its text also where the driver has prepared it and sends but its
 * name; a COMMIT, by the statement that it commits. BEGIN goes in the same packet as the statement, and is a message of its own.
 */
final class PostgresFraming implements Framing {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final Map<String, String> prepared = new ConcurrentHashMap<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private volatile boolean oneByte;
    private boolean started;
    private boolean answering;
    private String statement = "";
    private String last = "";

    @Override
    public Message request(DataInputStream in) throws IOException {
        if (!started) {
            byte[] bytes = withLength(in, new byte[0]);
            int code = ByteBuffer.wrap(bytes).getInt(4);
            oneByte = code == SSL_REQUEST || code == GSS_REQUEST;
            started = !oneByte;
            return new Message(bytes, null, true, true);
        }
        byte type = in.readByte();
        byte[] bytes = withLength(in, new byte[] {type});
        String text = null;
        switch (type) {
            case 'P' ->
                prepared.put(word(bytes, 5), word(bytes, 6 + word(bytes, 5).length()));
            // With what it is given: a poll that changed nothing is recorded by the same statement.
            case 'B' ->
                text = told(prepared.getOrDefault(word(bytes, 6 + word(bytes, 5).length()), "")
                        + new String(bytes, StandardCharsets.ISO_8859_1));
            case 'Q' -> asked.add(text = told(word(bytes, 5)));
            case 'S' -> asked.add(last);
            default -> {
                // Belongs to one of these.
            }
        }
        return new Message(bytes, text, true, true);
    }

    private String told(String sql) {
        if (sql.startsWith("COMMIT")) {
            last = "COMMIT " + statement;
        } else {
            last = sql;
            statement = sql.startsWith("BEGIN") ? statement : sql;
        }
        return last;
    }

    @Override
    public Message answer(DataInputStream in) throws IOException {
        byte type = in.readByte();
        if (oneByte) {
            oneByte = false;
            return new Message(new byte[] {type}, null, true, true);
        }
        byte[] bytes = withLength(in, new byte[] {type});
        boolean first = !answering;
        // Ready for the next.
        boolean end = type == 'Z';
        answering = !end;
        return new Message(bytes, end ? asked.poll() : asked.peek(), first, end);
    }

    private static byte[] withLength(DataInputStream in, byte[] type) throws IOException {
        int length = in.readInt();
        ByteBuffer message = ByteBuffer.allocate(type.length + length).put(type).putInt(length);
        in.readFully(message.array(), message.position(), length - 4);
        return message.array();
    }

    private static String word(byte[] bytes, int from) {
        int end = from;
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    }
}
