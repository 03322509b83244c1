package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.jobtrail.settings.Settings.Kafka;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(RealServers.class)
@Timeout(60)
class PlainListenerTest {

    /** How a server with TLS answers who does not speak it: an alert. */
    private static final byte[] ALERT = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46};

    @Test
    void kafkaIsSpokenTo(KafkaServer kafka) {
        assertThatCode(() -> new PlainListener(kafka.bootstrapServers()).requireKafka())
                .doesNotThrowAnyException();
    }

    @Test
    void anotherServerIsRefusedBeforeAClientIsMade(PostgresServer postgres) throws Exception {
        String address = postgres.emptyDatabase()
                .url()
                .replaceFirst("jdbc:postgresql://", "")
                .replaceFirst("/.*", "");

        assertThatThrownBy(() -> new KafkaClients(new Kafka(address, "foreign", Map.of())).admin())
                .isInstanceOf(ForeignListenerException.class)
                .hasMessage(
                        "what listens at %s does not speak Kafka without TLS: set kafka.client.security.protocol to SSL or SASL_SSL, or correct kafka.bootstrap-servers",
                        address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAINTEXT", "SASL_PLAINTEXT"})
    void kafkaThatSpeaksOnlyTlsIsRefusedToo(String protocol) throws Exception {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            answer(server, ALERT);
            var settings = new Kafka(address(server), "foreign", Map.of("security.protocol", protocol));

            assertThatThrownBy(() -> new KafkaClients(settings).admin()).isInstanceOf(ForeignListenerException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSL", "ssl", " Ssl "})
    void whoIsToldToSpeakTlsInWhateverCaseDoesNotAskWithout(String protocol) throws Exception {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            answer(server, ALERT);
            var settings = new Kafka(address(server), "tls", Map.of("security.protocol", protocol));

            assertThatCode(() -> new KafkaClients(settings).admin().close(Duration.ZERO))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void whereNothingListensOrNothingIsAnsweredKafkasClientSaysSo() throws Exception {
        String address;
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            address = address(server);
            answer(server);
            assertThatCode(() -> new PlainListener(address).requireKafka()).doesNotThrowAnyException();
        }
        assertThatCode(() -> new PlainListener(address).requireKafka()).doesNotThrowAnyException();
        assertThatCode(() -> new PlainListener("nosuch.invalid:9092").requireKafka())
                .doesNotThrowAnyException();
    }

    private static String address(ServerSocket server) {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private static void answer(ServerSocket server, byte... answer) {
        var thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                socket.getInputStream().readNBytes(14);
                socket.getOutputStream().write(answer);
            } catch (IOException e) {
                // The test has ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
