package org.jobtrail.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.apache.kafka.common.utils.Utils;

/**
 * Asks what listens at an address for its versions, without TLS. Kafka's client takes the first four bytes of whatever answers for a
 * length and reserves as much memory (KAFKA-4090): an alert of TLS, or the greeting of another server, would end the program.
 */
final class PlainListener {

    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int API_VERSIONS = 18;
    private static final int OURS = 0x4A6F6254;
    private static final int LONGEST_ANSWER = 1 << 20;

    private final String address;

    PlainListener(String address) {
        this.address = address;
    }

    /** Where nothing answers, Kafka's client says so itself. */
    void requireKafka() {
        if (answersAsSomethingElse()) {
            throw new ForeignListenerException(
                    "what listens at %s does not speak Kafka without TLS: set kafka.client.security.protocol to SSL or SASL_SSL, or correct kafka.bootstrap-servers"
                            .formatted(address));
        }
    }

    private boolean answersAsSomethingElse() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(Utils.getHost(address), Utils.getPort(address)), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            ask(new DataOutputStream(socket.getOutputStream()));
            var in = new DataInputStream(socket.getInputStream());
            int length = in.readInt();
            return length < Integer.BYTES || length > LONGEST_ANSWER || in.readInt() != OURS;
        } catch (IOException | RuntimeException e) {
            // Nothing answered, or this is no address at all.
            return false;
        }
    }

    /** The oldest version of the request, which every broker answers, before anybody has logged in as well. */
    private static void ask(DataOutputStream out) throws IOException {
        out.writeInt(3 * Short.BYTES + Integer.BYTES);
        out.writeShort(API_VERSIONS);
        out.writeShort(0);
        out.writeInt(OURS);
        out.writeShort(-1);
        out.flush();
    }
}
