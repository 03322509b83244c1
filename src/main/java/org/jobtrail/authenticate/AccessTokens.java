package org.jobtrail.authenticate;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.http.HttpMethods;
import org.jobtrail.authenticate.LoginRequest.Purpose;
import org.jobtrail.fetch.AtEnd;
import org.jobtrail.fetch.SourceRequest;
import org.jobtrail.observe.Metrics;
import org.jobtrail.observe.PollHealth;
import org.jobtrail.settings.Settings.Source;

/** What {@code 2-authenticate} asks of the sessions of all sources. Thread-safe. */
public final class AccessTokens {

    private static final String UNDER_WAY = "loginUnderWay";

    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final ObjectMapper json;
    private final Clock clock;
    private final Duration longest;
    private final Metrics metrics;
    private final PollHealth health;

    public AccessTokens(ObjectMapper json, Clock clock, Duration longest, Metrics metrics, PollHealth health) {
        this.json = json;
        this.clock = clock;
        this.longest = longest;
        this.metrics = metrics;
        this.health = health;
    }

    /** {@code renewal} is set where a list was refused in the middle of a poll. */
    public void begin(@Variable("source") Source source, @Variable("renewal") Boolean renewal, Exchange exchange) {
        Session session = session(source);
        SingleLogin.UnderWay login = session.logins.begin(longest);
        exchange.setVariable(UNDER_WAY, login);
        // Mostly it is over by then: this is for one that failed.
        AtEnd.of(exchange, done -> login.end());
        if (renewal == null) {
            session.begin(clock.instant(), longest);
        } else {
            session.beginRenewal(clock.instant(), longest);
        }
    }

    public boolean wanted(@Variable("source") Source source) {
        return session(source).wanted();
    }

    public void request(@Variable("source") Source source, Exchange exchange) {
        LoginRequest request = watched(source, () -> session(source).request(clock.instant()));
        Message message = SourceRequest.prepare(
                exchange,
                request.forToken() ? HttpMethods.POST : HttpMethods.GET,
                request.path(),
                session(source).deadline());
        if (request.forToken()) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
            message.setBody(request.form());
        } else if (request.authorization() != null) {
            message.setHeader("Authorization", request.authorization());
        }
        exchange.setVariable("login", request);
    }

    /** True where no answer is an answer: the login goes on without. */
    public boolean canDoWithout(@Variable("login") LoginRequest request) {
        return request != null && request.optional();
    }

    /** Takes the answer, whatever its status: the body of a refusal is not looked at, it may be empty or a page. */
    public void accept(
            @Variable("source") Source source,
            @Variable("login") LoginRequest request,
            @Header(Exchange.HTTP_RESPONSE_CODE) Integer status,
            Exchange exchange) {
        boolean good = status != null && status == 200;
        byte[] answer = good ? exchange.getMessage().getBody(byte[].class) : null;
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(null);
        exchange.removeVariable("login");
        watched(
                source,
                () -> counted(source, request, () -> {
                    Map<?, ?> body = good ? read(request.purpose(), answer) : Map.of();
                    return session(source).accept(request, status == null ? 0 : status, body, clock.instant());
                }));
    }

    private Login counted(Source source, LoginRequest request, Supplier<Login> answer) {
        try {
            Login result = answer.get();
            if (result != null) {
                metrics.login(source.name(), result);
            }
            return result;
        } catch (LoginException e) {
            if (request.forToken()) {
                metrics.login(source.name(), e.credentialsRefused() ? Login.CREDENTIALS_REFUSED : Login.FAILED);
            }
            throw e;
        }
    }

    /** Tells the routes what they speak, and with whom. */
    public void present(@Variable("source") Source source, Exchange exchange) {
        Session session = session(source);
        exchange.setVariable("authorization", session);
        exchange.setVariable("apiVersion", session.version());
        exchange.setVariable("instance", session.instance());
        metrics.source(source.name(), session.version().toString(), session.instance());
        health.speaks(source.name(), session.version().toString(), session.instance());
        // The next login changes what was just told.
        exchange.getVariable(UNDER_WAY, SingleLogin.UnderWay.class).end();
        exchange.removeVariable(UNDER_WAY);
    }

    /** The next poll logs in anew, and looks which version the server speaks. */
    public void forget(Source source) {
        session(source).failed("the version that the server speaks is in doubt");
    }

    Session session(Source source) {
        return sessions.computeIfAbsent(source.name(), name -> new Session(source, clock));
    }

    /** Sees to it that health tells of refused credentials at once, and as long as they are. */
    private <T> T watched(Source source, Supplier<T> step) {
        try {
            T result = step.get();
            if (result == Login.LOGGED_IN || result == Login.REFRESHED) {
                health.credentialsAccepted(source.name());
            }
            return result;
        } catch (LoginException e) {
            if (e.credentialsRefused()) {
                health.credentialsRefused(source.name(), e.getMessage());
            }
            throw e;
        }
    }

    private Map<?, ?> read(Purpose purpose, byte[] body) {
        try {
            Map<?, ?> read = json.readValue(body, Map.class);
            return read == null ? Map.of() : read;
        } catch (IOException | IllegalArgumentException e) {
            if (purpose == Purpose.PASSWORD) {
                throw new LoginException("the server answered the login with something that is not JSON");
            }
            return Map.of();
        }
    }
}
