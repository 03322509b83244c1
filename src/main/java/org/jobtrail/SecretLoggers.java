package org.jobtrail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Loggers that write requests as they go over the wire, passwords and tokens with them: off, whatever a configuration says. */
final class SecretLoggers implements LoggerContextListener {

    private static final Set<String> NAMES =
            Set.of("org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers");

    private SecretLoggers() {}

    static void silence() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            silence(context);
        }
    }

    static void silence(LoggerContext context) {
        var silence = new SecretLoggers();
        context.addListener(silence);
        silence.onReset(context);
    }

    /** A configuration that is read again while the program runs does not bring them back. */
    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onReset(LoggerContext context) {
        NAMES.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
    }

    @Override
    public void onLevelChange(Logger logger, Level level) {
        if (level != Level.OFF && NAMES.stream().anyMatch(name -> isOrIsIn(logger.getName(), name))) {
            logger.setLevel(Level.OFF);
        }
    }

    private static boolean isOrIsIn(String name, String loggers) {
        return name.equals(loggers) || name.startsWith(loggers + ".");
    }

    @Override
    public void onStart(LoggerContext context) {
        // nothing to do
    }

    @Override
    public void onStop(LoggerContext context) {
        // nothing to do
    }
}
