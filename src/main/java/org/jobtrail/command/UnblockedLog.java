package org.jobtrail.command;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Lets nobody wait for whoever reads the log: where it is written faster than it is read, lines are dropped, and polling goes on. Only
 * for commands that run until they are told to end: in the output of all others, the last line has to come last.
 */
final class UnblockedLog {

    /** Lines that wait to be written. Above four fifths of it, only warnings do. */
    private static final int MOST_WAITING = 10_000;

    private final Logger root;
    private final List<AsyncAppender> unblocked = new ArrayList<>();

    /** @param context whose appenders are the root's */
    UnblockedLog(LoggerContext context) {
        this.root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        var written = new ArrayList<Appender<ILoggingEvent>>();
        root.iteratorForAppenders().forEachRemaining(written::add);
        written.forEach(this::unblock);
    }

    static UnblockedLog ofTheProgram() {
        return new UnblockedLog((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    private void unblock(Appender<ILoggingEvent> appender) {
        var queue = new AsyncAppender();
        queue.setContext(root.getLoggerContext());
        queue.setName("unblocked " + appender.getName());
        queue.setQueueSize(MOST_WAITING);
        queue.setNeverBlock(true);
        // Only here it is known where a line comes from, which some patterns tell.
        queue.setIncludeCallerData(true);
        queue.addAppender(appender);
        queue.start();
        root.addAppender(queue);
        root.detachAppender(appender);
        unblocked.add(queue);
    }

    /** Writes what waits, but no longer than a second. Nothing is logged after it. */
    void close() {
        unblocked.forEach(AsyncAppender::stop);
    }
}
