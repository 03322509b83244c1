package org.jobtrail.settings;

import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.Driver;
import org.postgresql.jdbc.SslMode;
import org.postgresql.util.PSQLException;

/** What PostgreSQL's driver thinks of its URL, before it connects: later, one that never works looks like an outage. */
record DatabaseUrl(String url) {

    static final String EXPECTED = "a URL such as jdbc:postgresql://localhost:5432/jobtrail";

    /** What it expects instead, where it cannot work with the URL. */
    Optional<String> expected() {
        Properties parsed = parsed();
        if (parsed == null) {
            return Optional.of(EXPECTED);
        }
        try {
            SslMode.of(parsed);
            return Optional.empty();
        } catch (PSQLException e) {
            return Optional.of("the sslmode disable, allow, prefer, require, verify-ca or verify-full");
        }
    }

    /** The driver would write the URL, and what is secret in it, to a log of its own. */
    private Properties parsed() {
        Logger log = Logger.getLogger("org.postgresql");
        Level level = log.getLevel();
        log.setLevel(Level.OFF);
        try {
            return Driver.parseURL(url, null);
        } finally {
            log.setLevel(level);
        }
    }
}
