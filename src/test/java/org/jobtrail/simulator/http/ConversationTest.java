package org.jobtrail.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConversationTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Conversation.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void start() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.setAdditive(true);
        logger.detachAppender(log);
    }

    @Test
    void aFailureIsAnsweredWith500AndLoggedWithoutSecrets() throws Exception {
        String answer = conversation(
                request -> {
                    throw new IllegalStateException("broken");
                },
                "POST /v1/token?secret=geheim HTTP/1.1\r\nAuthorization: Bearer geheim\r\nContent-Length: 35\r\n\r\n"
                        + "grant_type=password&password=geheim");

        assertThat(answer)
                .startsWith("HTTP/1.1 500 ")
                .endsWith("\r\n\r\n{\"message\":\"An internal error occurred.\"}");
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).isEqualTo("Cannot answer POST /v1/token");
        });
    }

    @Test
    void severalRequestsAreAnsweredOneAfterAnotherUntilTheLast() throws Exception {
        List<String> asked = new ArrayList<>();
        String answer = conversation(
                request -> {
                    asked.add(request.toString());
                    return Answer.empty(401);
                },
                "GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nx=GET /c HTTP/1.1\r\n"
                        + "Connection: close\r\n\r\nGET /d HTTP/1.1\r\n\r\n");

        assertThat(asked).containsExactly("GET /a", "POST /b", "GET /c");
        assertThat(answer.split("HTTP/1.1 401 Unauthorized")).hasSize(4);
    }

    @Test
    void anAnswerSaysTheDateThatTheServerThinksItIs() throws Exception {
        assertThat(conversation(request -> Answer.empty(401), "GET / HTTP/1.1\r\n\r\n"))
                .contains("\r\nDate: Sun, 01 Nov 2026 10:00:00 GMT\r\n");
    }

    @Test
    void aRequestThatDoesNotSayHowLongItIsIsRefused() throws Exception {
        String chunked = "POST /v1/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

        assertThat(conversation(request -> Answer.empty(200), chunked)).startsWith("HTTP/1.1 413 ");
    }

    private static String conversation(Function<Request, Answer> api, String requests) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        new Conversation(api, () -> "Sun, 01 Nov 2026 10:00:00 GMT", "localhost:1")
                .hold(new ByteArrayInputStream(requests.getBytes(StandardCharsets.US_ASCII)), output);
        return output.toString(StandardCharsets.UTF_8);
    }
}
