package org.jobtrail;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.nio.file.Path;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.internals.ConsumerCoordinator;
import org.junit.jupiter.api.Test;

/** The log as the program comes, without what Kafka's clients say of what does no harm. */
class QuietLogTest {

    @Test
    void thatOffsetsOfWhoWasPausedComeTooLateIsNoError() throws Exception {
        var context = new LoggerContext();
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Path.of("src/main/resources/logback.xml").toFile());

        assertThat(context.getLogger(ConsumerCoordinator.class).isErrorEnabled())
                .isFalse();
        assertThat(context.getLogger(KafkaConsumer.class).isErrorEnabled()).isTrue();
        context.stop();
    }
}
