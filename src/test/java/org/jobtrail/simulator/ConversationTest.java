package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConversationTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Conversation.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                new Conversation(
                        request -> {
                            throw new IllegalStateException("broken");
                        },
                        "localhost:1"));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        logger.setAdditive(true);
        logger.detachAppender(log);
    }

    @Test
    void aFailureIsAnsweredWith500AndLoggedWithoutSecrets() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + server.getAddress().getPort() + "/v1/token?secret=geheim"))
                .header("Authorization", "Bearer geheim")
                .POST(BodyPublishers.ofString("grant_type=password&password=geheim"))
                .build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("{\"message\":\"An internal error occurred.\"}");
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).isEqualTo("Cannot answer POST /v1/token");
        });
    }
}
