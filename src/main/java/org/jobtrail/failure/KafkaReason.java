package org.jobtrail.failure;

import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Why Kafka could not be reached, or refused something: its own words name none of our settings. */
final class KafkaReason {

    private KafkaReason() {}

    static Optional<String> of(Throwable cause, String message) {
        if (cause instanceof SslAuthenticationException) {
            return Optional.of("no TLS connection to Kafka: kafka.client.ssl.* says what to trust (%s)"
                    .formatted(
                            cause.getCause() == null
                                    ? message
                                    : cause.getCause().getMessage()));
        }
        if (cause instanceof AuthenticationException) {
            return Optional.of(
                    "Kafka refuses the login: kafka.client.sasl.* says who logs in, and how (%s)".formatted(message));
        }
        if (cause instanceof IllegalArgumentException && message.startsWith("Could not find a 'KafkaClient' entry")) {
            return Optional.of(
                    "kafka.client.sasl.jaas.config is not set: it says who logs in at Kafka, as kafka.client.security.protocol asks for it");
        }
        if (cause instanceof TimeoutException && message.contains("node assignment")) {
            return Optional.of(
                    "Kafka does not answer: look at kafka.bootstrap-servers and kafka.client.security.protocol (%s)"
                            .formatted(message));
        }
        if (cause instanceof ConfigException && message.startsWith("No resolvable bootstrap urls")) {
            return Optional.of("none of the hosts of kafka.bootstrap-servers is known");
        }
        if (cause instanceof TopicAuthorizationException refused) {
            // A broker that hides a topic does not say which one it means.
            String topics = refused.unauthorizedTopics().isEmpty()
                    ? "a topic that it needs (README, ACLs)"
                    : String.join(", ", new TreeSet<>(refused.unauthorizedTopics()));
            return Optional.of("Kafka refuses this account a right on %s: %s".formatted(topics, message));
        }
        if (cause instanceof TransactionalIdAuthorizationException) {
            return Optional.of(
                    "Kafka refuses this account a transactional id, kafka.transactional-id or the same with -checkpoints: %s"
                            .formatted(message));
        }
        return Optional.empty();
    }
}
