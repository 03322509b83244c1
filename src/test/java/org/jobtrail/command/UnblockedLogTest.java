package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnblockedLogTest {

    private final LoggerContext context = new LoggerContext();
    private final Logger log = context.getLogger("jobtrail.poll");
    private final Queue<String> written = new ConcurrentLinkedQueue<>();
    private final Semaphore reader = new Semaphore(0);

    @BeforeEach
    void aPipe() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        var pipe = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                // As a write to a pipe, it is not interrupted.
                reader.acquireUninterruptibly();
                reader.release();
                written.add(event.getFormattedMessage());
            }
        };
        pipe.setContext(context);
        pipe.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(pipe);
    }

    @Test
    void nobodyWaitsForAReaderThatDoesNotRead() {
        var unblocked = new UnblockedLog(context);

        log(10_000);

        reader.release();
        unblocked.close();
        assertThat(written).startsWith("line 0", "line 1").hasSizeLessThan(10_000);
    }

    @Test
    void whatWasSaidIsWrittenBeforeTheEndAndInItsOrder() {
        reader.release();
        var unblocked = new UnblockedLog(context);

        log(500);
        unblocked.close();

        assertThat(written).hasSize(500).startsWith("line 0", "line 1").endsWith("line 499");
    }

    @Test
    void theEndDoesNotWaitForItEither() {
        var unblocked = new UnblockedLog(context);
        log(10);

        unblocked.close();
        log.info("after it");

        assertThat(written).isEmpty();
    }

    private void log(int lines) {
        IntStream.range(0, lines).forEach(line -> log.info("line {}", line));
    }
}
