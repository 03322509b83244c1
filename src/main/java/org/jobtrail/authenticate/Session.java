package org.jobtrail.authenticate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jobtrail.fetch.Authorization;
import org.jobtrail.fetch.PagedList;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.ServiceInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login at one source: the newest token, or what to ask next for one. Requests and their answers take turns, from
 * {@link #begin} until nothing is {@link #wanted}; an answer that never comes is made up for by the next {@code begin}.
 */
final class Session implements Authorization {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** Held by the thread that renews a token in the middle of a poll. All others wait for it, and ask for none themselves. */
    final ReentrantLock renewal = new ReentrantLock();

    final LoneList lone;

    final SingleLogin logins = new SingleLogin();

    private final Source source;
    private final Credentials credentials;
    private final Versions versions;
    private final TokenAnswers answers = new TokenAnswers();
    private AccessToken token;
    private String refreshToken;
    private ServiceInstance instance = ServiceInstance.UNKNOWN;
    private boolean tokenWanted;
    private boolean instanceWanted;
    private boolean instanceDoubted;
    private boolean lifeWanted;
    private boolean alive;
    private boolean refreshed;
    private boolean renewedInPoll;
    private boolean midPoll;
    private Instant deadline;
    private String failure = "nobody has logged in yet";

    Session(Source source, Clock clock) {
        this.source = source;
        this.lone = new LoneList(renewal, clock);
        this.credentials = new Credentials(source);
        this.versions = new Versions(source);
    }

    /** At the beginning of a poll: a token that is about to expire is none. */
    synchronized void begin(Instant now, Duration longest) {
        midPoll = false;
        renewedInPoll = false;
        lifeWanted = false;
        tokenWanted = token == null || !token.usable(now) || answers.areRefusals();
        if (refreshed && answers.areUseless()) {
            // A refresh may repeat for ever what the first login was given: the password asks anew.
            refreshToken = null;
        }
        // Where the poll before sent nothing, the server was taken for another source's. By now it may be one that does
        // not know the token, which only a call for data would tell.
        instanceDoubted = !tokenWanted && instance.known() && answers.areNone();
        answers.beginPoll();
        if (tokenWanted) {
            versions.search();
        }
        // Asked for again where it is not known: the answer may have been lost.
        instanceWanted = !tokenWanted
                && (!instance.known() || instanceDoubted)
                && token.version().hasServiceInstance();
        deadline = now.plus(longest);
    }

    /** In the middle of a poll, where a list was refused with the token at hand. */
    synchronized void beginRenewal(Instant now, Duration longest) {
        midPoll = true;
        versions.keep();
        // A list that is refused with a token that was made only now may be
        // the only one: a login for each such list would be a storm.
        lifeWanted = renewedInPoll;
        alive = false;
        tokenWanted = !lifeWanted;
        instanceWanted = false;
        deadline = now.plus(longest);
    }

    synchronized boolean wanted() {
        return tokenWanted || instanceWanted || lifeWanted;
    }

    synchronized LoginRequest request(Instant now) {
        if (lifeWanted) {
            return alive ? LoginRequest.anybody(token.version()) : LoginRequest.life(token);
        }
        if (!tokenWanted) {
            return LoginRequest.instance(token);
        }
        if (refreshToken == null) {
            // Before the version is asked for: while a login has to wait, nothing is asked.
            credentials.toTry(now);
        }
        if (!versions.found()) {
            return LoginRequest.version(versions.candidate());
        }
        // A refresh token may be used once: whatever comes of it, the password is asked for next.
        String once = versions.asBefore() ? refreshToken : null;
        refreshToken = null;
        // The token is kept until there is another: a poll that overlaps this one may still read with it.
        return once != null
                ? LoginRequest.refresh(versions.candidate(), once)
                : LoginRequest.password(versions.candidate(), credentials.toTry(now));
    }

    synchronized Instant deadline() {
        return deadline;
    }

    /**
     * Takes the server's answer to a request; status 0 is none. Afterwards either nothing is wanted any more, or another request is worth a
     * try, or this throws.
     */
    synchronized Login accept(LoginRequest asked, int status, Map<?, ?> body, Instant now) {
        switch (asked.purpose()) {
            case VERSION -> versions.answered(status);
            case PASSWORD -> {
                return passwordAnswered(asked, status, body, now);
            }
            case REFRESH -> {
                return refreshAnswered(asked, status, body, now);
            }
            case INSTANCE -> instanceAnswered(status, body);
            case LIFE -> {
                alive = status == 200;
                lifeWanted = alive;
                tokenWanted = !alive;
            }
            case ANYBODY -> {
                lifeWanted = false;
                tokenWanted = status != 401 && status != 403;
            }
        }
        return null;
    }

    private Login passwordAnswered(LoginRequest asked, int status, Map<?, ?> body, Instant now) {
        if (status == 400 || status == 401 || status == 403) {
            throw credentials.refused(status, now);
        }
        if (status == 404 && versions.tryOlder()) {
            return Login.VERSION_UNKNOWN;
        }
        if (status != 200) {
            throw LoginProblem.of(source, status);
        }
        credentials.accepted();
        take(AccessToken.of(body, asked.version(), now));
        refreshed = false;
        return Login.LOGGED_IN;
    }

    private Login refreshAnswered(LoginRequest asked, int status, Map<?, ?> body, Instant now) {
        try {
            if (status == 200) {
                take(AccessToken.of(body, asked.version(), now));
                refreshed = true;
                return Login.REFRESHED;
            }
        } catch (LoginException e) {
            LOG.debug("source {}: a refresh brought nothing: {}", source.name(), e.getMessage());
        }
        return Login.REFRESH_REFUSED;
    }

    private void take(AccessToken fresh) {
        versions.loggedIn();
        token = fresh;
        refreshToken = fresh.refreshToken();
        tokenWanted = false;
        instanceWanted = fresh.version().hasServiceInstance();
        instanceDoubted = false;
        answers.beginToken();
        renewedInPoll = midPoll;
        if (!instanceWanted) {
            instance = ServiceInstance.UNKNOWN;
        }
    }

    private void instanceAnswered(int status, Map<?, ?> body) {
        instanceWanted = false;
        String id = name(body.get("installationId"));
        if (instanceDoubted && id == null) {
            // Forgotten for want of an answer, another source's server would be read.
            if (status == 401 || status == 404 && versions.auto()) {
                versions.search();
                tokenWanted = true;
            }
            return;
        }
        ServiceInstance before = instance;
        instance = new ServiceInstance(id == null ? null : id.toLowerCase(Locale.ROOT), name(body.get("version")));
        if (!instance.known()) {
            LOG.debug("source {}: status {} to the question which installation it is", source.name(), status);
        }
        // The same one with another build was upgraded: its lists are begun anew, as always after a login.
        if (midPoll
                && before.known()
                && instance.known()
                && !before.installationId().equals(instance.installationId())) {
            token = null;
            throw new LoginException("another installation answers at %s than when the poll began, %s instead of %s"
                    .formatted(source.url(), instance.installationId(), before.installationId()));
        }
    }

    /** What can be the name of something; anything else is none. */
    private static String name(Object value) {
        return value instanceof String text && text.matches("[\\x21-\\x7E]{1,100}") ? text : null;
    }

    /** Takes note that a login has ended without a token, for those who wait for it. */
    synchronized void failed(String reason) {
        token = null;
        failure = reason;
    }

    /** That of the last login, also where its token has died since. */
    synchronized ApiVersion version() {
        return versions.spoken();
    }

    synchronized ServiceInstance instance() {
        return instance;
    }

    synchronized boolean current(String value) {
        return token != null && Objects.equals(value, token.authorization());
    }

    /** True where another list was answered with the token, or may be: it was good once. */
    synchronized boolean wasAccepted() {
        return answers.wasAccepted();
    }

    @Override
    public String value(PagedList list) {
        renewal.lock();
        try {
            lone.await(list);
            synchronized (this) {
                if (token == null) {
                    throw new LoginException(failure);
                }
                return token.authorization();
            }
        } finally {
            renewal.unlock();
        }
    }

    @Override
    public synchronized void sent(String value) {
        if (current(value)) {
            answers.sent();
        }
    }

    @Override
    public synchronized void answered(String value, int status) {
        if (current(value)) {
            answers.answered(status);
        }
    }

    @Override
    public synchronized void versionUnknown(String value) {
        if (versions.auto() && current(value)) {
            failed("the server does not know %s of the API any more".formatted(token.version()));
        }
    }
}
