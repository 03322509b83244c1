package org.jobtrail.authenticate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.PasswordFile;
import org.jobtrail.settings.Settings.Source;

/**
 * A source's account, read for each login. What the server has refused is not tried again soon: an account that is locked
 * after some wrong passwords would be locked by us.
 */
final class Credentials {

    private static final Duration FIRST_WAIT = Duration.ofSeconds(20);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final Source source;
    private Pair tried;
    private Refusal refusal;

    /** Holds a secret: its text form tells the account alone. */
    record Pair(String username, String password) {
        @Override
        public String toString() {
            return username;
        }
    }

    private record Refusal(Pair pair, int status, Duration pause, Instant nextTry) {}

    Credentials(Source source) {
        this.source = source;
    }

    /** @throws LoginException where they were refused and it is too early to try them again */
    Pair toTry(Instant now) {
        tried = read();
        if (refusal != null && refusal.pair().equals(tried) && now.isBefore(refusal.nextTry())) {
            throw refused();
        }
        return tried;
    }

    LoginException refused(int status, Instant now) {
        boolean again = refusal != null && refusal.pair().equals(tried);
        Duration doubled = again ? refusal.pause().multipliedBy(2) : FIRST_WAIT;
        Duration pause = doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
        refusal = new Refusal(tried, status, pause, now.plus(pause));
        return refused();
    }

    void accepted() {
        refusal = null;
    }

    private LoginException refused() {
        String setting = "source." + source.name();
        return LoginException.refused("credentials refused (status %d): check %s.username and %s; next try at %s"
                .formatted(
                        refusal.status(),
                        setting,
                        passwordSetting(),
                        refusal.nextTry().truncatedTo(ChronoUnit.SECONDS)));
    }

    private Pair read() {
        return new Pair(source.username(), source.password().orElseGet(this::fromFile));
    }

    private String fromFile() {
        try {
            return PasswordFile.read(passwordSetting(), source.passwordFile().orElseThrow());
        } catch (InvalidSettingException e) {
            throw new LoginException(e.getMessage());
        }
    }

    private String passwordSetting() {
        Optional<?> file = source.passwordFile();
        return "source." + source.name() + (file.isPresent() ? ".password-file" : ".password");
    }
}
