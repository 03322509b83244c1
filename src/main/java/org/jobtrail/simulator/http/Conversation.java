package org.jobtrail.simulator.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 on one connection: reads requests from the wire and writes their answers there, one after another.
 *
 * <p>It speaks HTTP itself, because a server that does it well has none of the faults that a client must live with: it sends the
 * right Date and whole bodies, and it does answer.
 */
public final class Conversation {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
    private static final int LARGEST_REQUEST = 64 * 1024;
    private static final int PIECE = 256;
    /** How much of a body is announced and not sent. */
    private static final int MISSING = 64;

    private final Function<Request, Answer> api;
    private final Supplier<String> date;
    private final String ownAuthority;

    public Conversation(Function<Request, Answer> api, Supplier<String> date, String ownAuthority) {
        this.api = api;
        this.date = date;
        this.ownAuthority = ownAuthority;
    }

    /** Until one of the two has had enough. */
    void hold(InputStream input, OutputStream output) throws IOException, InterruptedException {
        InputStream requests = new BufferedInputStream(input);
        for (Head head = Head.read(requests); head != null; head = Head.read(requests)) {
            if (head.contentLength() < 0 || head.contentLength() > LARGEST_REQUEST) {
                send(Answer.message(413, "The request is too large or does not say how large it is."), head, output);
                return;
            }
            if (head.expectsContinue()) {
                output.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                output.flush();
            }
            byte[] body = requests.readNBytes((int) head.contentLength());
            Answer answer = answer(head, new String(body, StandardCharsets.UTF_8));
            if (answer.delivery().manner() == Delivery.Manner.NEVER) {
                waitForTheEndOf(requests);
                return;
            }
            // Each connection has a thread of its own: nobody else waits.
            Thread.sleep(answer.delivery().delay().toMillis());
            send(answer, head, output);
            if (answer.delivery().manner() == Delivery.Manner.CUT || head.isLast()) {
                return;
            }
        }
    }

    private Answer answer(Head head, String body) {
        try {
            return api.apply(head.request(body, ownAuthority));
        } catch (RuntimeException e) {
            // Method and path only: a query or a body may hold a secret.
            LOG.warn("Cannot answer {} {}", head.method(), head.path(), e);
            return Answer.message(500, "An internal error occurred.");
        }
    }

    private void send(Answer answer, Head head, OutputStream output) throws IOException, InterruptedException {
        boolean cut = answer.delivery().manner() == Delivery.Manner.CUT;
        StringBuilder top = new StringBuilder("HTTP/1.1 ")
                .append(answer.status())
                .append(' ')
                .append(reason(answer.status()))
                .append("\r\nDate: ")
                .append(date.get())
                .append("\r\nContent-Length: ")
                .append(answer.body().length + (cut ? MISSING : 0));
        answer.headers()
                .forEach((name, value) ->
                        top.append("\r\n").append(name).append(": ").append(value));
        byte[] start = top.append("\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);

        // Head and body together: what is sent in two parts waits for the client's acknowledgement of the first.
        ByteArrayOutputStream whole = new ByteArrayOutputStream(start.length + answer.body().length);
        whole.writeBytes(start);
        if (answer.delivery().manner() == Delivery.Manner.SLOW) {
            whole.writeTo(output);
            output.flush();
            sendSlowly(answer, output);
            return;
        }
        if (!head.method().equals("HEAD")) {
            whole.writeBytes(answer.body());
        }
        whole.writeTo(output);
        output.flush();
    }

    private static void sendSlowly(Answer answer, OutputStream output) throws IOException, InterruptedException {
        byte[] body = answer.body();
        for (int sent = 0; sent < body.length; sent += PIECE) {
            Thread.sleep(answer.delivery().pause().toMillis());
            output.write(body, sent, Math.min(PIECE, body.length - sent));
            output.flush();
        }
    }

    private static void waitForTheEndOf(InputStream requests) throws IOException {
        requests.transferTo(OutputStream.nullOutputStream());
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 413 -> "Content Too Large";
            case 429 -> "Too Many Requests";
            default -> "Internal Server Error";
        };
    }
}
