package org.jobtrail.settings;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What Kafka's clients are told, by the operator and by us. Each value may be good, and no client be made of all of them: nothing would
 * be published, or no share be taken, as long as it takes somebody to read the log.
 *
 * @param client the operator's
 */
record KafkaClientConfigs(Map<String, String> client) {

    /** What we tell the producer that publishes, as far as others of its settings have to go with it. */
    private static final Map<String, Object> OF_THE_PRODUCER = Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "host:9092",
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, "id",
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "30000",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);

    private static final Map<String, Object> OF_ANY_CONSUMER = Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            "host:9092",
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ByteArrayDeserializer.class,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ByteArrayDeserializer.class,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            "false");

    /** As the route take-shares has them. */
    private static final Map<String, Object> OF_WHO_TAKES_SHARES = Map.of(
            ConsumerConfig.GROUP_ID_CONFIG, "id",
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000",
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1000",
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());

    /** @param shared true where this instance takes shares of polls, which Kafka hands out */
    void requireThatTheyCanBeMade(boolean shared) {
        require(OF_THE_PRODUCER, ProducerConfig::new);
        if (shared) {
            var ours = new HashMap<>(OF_ANY_CONSUMER);
            ours.putAll(OF_WHO_TAKES_SHARES);
            require(ours, KafkaClientConfigs::groupMember);
        }
        require(OF_ANY_CONSUMER, ConsumerConfig::new);
    }

    /** What a client thinks of all of them, with those that are ours: it connects to nobody for that. */
    private void require(Map<String, Object> ours, Function<Map<String, Object>, AbstractConfig> configuration) {
        try {
            configuration.apply(with(ours, client));
        } catch (KafkaException e) {
            throw new InvalidSettingException(
                    KafkaClientSettings.PREFIX + culprit(ours, configuration),
                    "does not go with what Jobtrail tells Kafka's clients: expected no value, or one that does: %s"
                            .formatted(e.getMessage().replaceAll("\\p{Cntrl}+", " ")));
        }
    }

    /** The one without which a client can be made; where each of several is in the way, the last. */
    private String culprit(Map<String, Object> ours, Function<Map<String, Object>, AbstractConfig> configuration) {
        String last = null;
        for (String setting : client.keySet()) {
            last = setting;
            var others = new HashMap<>(client);
            others.remove(setting);
            try {
                configuration.apply(with(ours, others));
                return setting;
            } catch (KafkaException e) {
                // another one, or another one too
            }
        }
        return last;
    }

    private static Map<String, Object> with(Map<String, Object> ours, Map<String, String> client) {
        Map<String, Object> all = new HashMap<>(ours);
        all.putAll(client);
        return all;
    }

    /** This one, a consumer only finds out when it joins. */
    private static ConsumerConfig groupMember(Map<String, Object> properties) {
        var config = new ConsumerConfig(properties);
        int heartbeat = config.getInt(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
        int session = config.getInt(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
        if (heartbeat >= session) {
            throw new ConfigException("heartbeat.interval.ms, %d, must be lower than session.timeout.ms, %d"
                    .formatted(heartbeat, session));
        }
        return config;
    }
}
