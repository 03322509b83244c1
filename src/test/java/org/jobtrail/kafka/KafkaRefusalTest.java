package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaRefusalTest {

    @Test
    void aPasswordACertificateAndARightAreRefusedByAKafkaThatIsThere() {
        assertThat(KafkaRefusal.isIn(new SaslAuthenticationException("invalid credentials")))
                .isTrue();
        assertThat(KafkaRefusal.isIn(new KafkaException(new SslAuthenticationException("handshake failed"))))
                .isTrue();
        assertThat(KafkaRefusal.isIn(new TopicAuthorizationException(Set.of("events"))))
                .isTrue();
    }

    @Test
    void oneThatDoesNotAnswerOrIsNotFoundRefusesNothing() {
        assertThat(KafkaRefusal.isIn(new TimeoutException("timed out waiting for a node assignment")))
                .isFalse();
        assertThat(KafkaRefusal.isIn(new KafkaException(new ConfigException("No resolvable bootstrap urls"))))
                .isFalse();
        assertThat(KafkaRefusal.isIn(new ForeignListenerException("something else listens")))
                .isFalse();
    }
}
