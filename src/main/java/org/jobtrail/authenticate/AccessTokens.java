package org.jobtrail.authenticate;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.jobtrail.observe.Metrics;
import org.jobtrail.settings.Settings.Source;

/** The tokens of all sources. Thread-safe; {@code 2-authenticate} and {@link RenewToken} see to it that one login at a time runs. */
public final class AccessTokens {

    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final ObjectMapper json;
    private final Clock clock;
    private final Metrics metrics;

    public AccessTokens(ObjectMapper json, Clock clock, Metrics metrics) {
        this.json = json;
        this.clock = clock;
        this.metrics = metrics;
    }

    public boolean wanted(@Variable("source") Source source) {
        return session(source).wanted(clock.instant());
    }

    public void request(@Variable("source") Source source, Exchange exchange) {
        TokenRequest request = session(source).request();
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        message.setHeader(Exchange.HTTP_PATH, request.version().tokenPath());
        message.setHeader(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
        message.setHeader("Accept", "application/json");
        message.setBody(request.form());
    }

    /** Takes the answer, whatever its status: the body of a refusal is not looked at, it may be empty or a page. */
    public void accept(
            @Variable("source") Source source, @Header(Exchange.HTTP_RESPONSE_CODE) int status, Exchange exchange) {
        Map<?, ?> body = status == 200 ? read(exchange.getMessage().getBody(byte[].class)) : Map.of();
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(null);
        metrics.login(source.name(), session(source).accept(status, body, clock.instant()));
    }

    /** Tells the routes what to send with each data call. */
    public void present(@Variable("source") Source source, Exchange exchange) {
        AccessToken token = session(source).token();
        exchange.setVariable("authorization", "Bearer " + token.value());
        exchange.setVariable("apiVersion", token.version());
    }

    void reject(Source source, String authorization) {
        session(source).reject(authorization);
    }

    private Session session(Source source) {
        return sessions.computeIfAbsent(source.name(), name -> new Session(source));
    }

    private Map<?, ?> read(byte[] body) {
        try {
            return json.readValue(body, Map.class);
        } catch (IOException | IllegalArgumentException e) {
            throw new LoginException("the server answered the login with something that is not JSON");
        }
    }
}
