package org.jobtrail.crash;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Kafka's protocol: requests by the name of their kind, and their bytes. Where the broker says at which port it is found, it says
 * the proxy's: otherwise its clients would go past it.
 */
final class KafkaFraming implements Framing {
    private static final Map<Integer, String> KINDS = Map.of(
            0,
            "Produce",
            2,
            "ListOffsets",
            3,
            "Metadata",
            10,
            "FindCoordinator",
            22,
            "InitProducerId",
            26,
            "EndTxn",
            60,
            "DescribeCluster");
    private static final Set<String> TELL_THE_PORT = Set.of("Metadata", "FindCoordinator", "DescribeCluster");

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final byte[] real;
    private final byte[] shown;

    KafkaFraming(String host, int port, int proxy) {
        real = address(host, port);
        shown = address(host, proxy);
    }

    @Override
    public Message request(DataInputStream in) throws IOException {
        byte[] bytes = message(in);
        String kind = KINDS.getOrDefault((int) ByteBuffer.wrap(bytes).getShort(4), "another");
        if (kind.equals("EndTxn")) {
            // How it ends is the last field, before an empty list of tags.
            kind += bytes[bytes.length - 2] == 1 ? " commit" : " abort";
        }
        String text = kind + " " + new String(bytes, StandardCharsets.ISO_8859_1);
        asked.add(text);
        return new Message(bytes, text, true, true);
    }

    @Override
    public Message answer(DataInputStream in) throws IOException {
        byte[] bytes = message(in);
        String text = asked.poll();
        if (text != null && TELL_THE_PORT.contains(text.substring(0, text.indexOf(' ')))) {
            for (int at = 0; at + real.length <= bytes.length; at++) {
                if (ByteBuffer.wrap(bytes, at, real.length).equals(ByteBuffer.wrap(real))) {
                    System.arraycopy(shown, 0, bytes, at, shown.length);
                }
            }
        }
        return new Message(bytes, text, true, true);
    }

    private static byte[] message(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = ByteBuffer.allocate(4 + length).putInt(length).array();
        in.readFully(bytes, 4, length);
        return bytes;
    }

    private static byte[] address(String host, int port) {
        byte[] name = host.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(name.length + 4).put(name).putInt(port).array();
    }
}
