package org.jobtrail.crash;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP/1.1 with bodies of known length: a request by its first line. */
final class HttpFraming implements Framing {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    @Override
    public Message request(DataInputStream in) throws IOException {
        byte[] bytes = message(in);
        String text = new String(bytes, StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("");
        asked.add(text);
        return new Message(bytes, text, true, true);
    }

    @Override
    public Message answer(DataInputStream in) throws IOException {
        return new Message(message(in), asked.poll(), true, true);
    }

    private static byte[] message(DataInputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        String head;
        do {
            bytes.write(in.readByte());
            head = bytes.toString(StandardCharsets.ISO_8859_1);
        } while (!head.endsWith("\r\n\r\n"));
        Matcher length = LENGTH.matcher(head);
        if (length.find()) {
            bytes.write(in.readNBytes(Integer.parseInt(length.group(1))));
        }
        return bytes.toByteArray();
    }
}
