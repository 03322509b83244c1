package org.jobtrail.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Reads {@code kafka.client.*}. Kafka's clients only log a setting that they do not know, and some would undo what exactly
 * once rests on: both are refused here.
 */
final class KafkaClientSettings {

    static final String PREFIX = "kafka.client.";
    private static final String VARIABLE_PREFIX = "KAFKA_CLIENT_";
    private static final List<ConfigDef> DEFINITIONS =
            List.of(ProducerConfig.configDef(), ConsumerConfig.configDef(), AdminClientConfig.configDef());

    private static final Map<String, String> HAVE_A_SETTING = Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "kafka.bootstrap-servers",
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, "kafka.transactional-id");

    private static final Set<String> NOT_TO_CHOOSE = Set.of(
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.PARTITIONER_CLASS_CONFIG,
            ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG);

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

    private final PropertyLookup lookup;

    KafkaClientSettings(PropertyLookup lookup) {
        this.lookup = lookup;
    }

    /** @param shared true where this instance takes shares of polls, which Kafka hands out */
    Map<String, String> read(boolean shared) {
        var client = new TreeMap<String, String>();
        lookup.environment().forEach((variable, text) -> {
            if (variable.startsWith(VARIABLE_PREFIX)) {
                String name = variable.substring(VARIABLE_PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
                String value = PropertyLookup.value(name, text);
                if (!value.isEmpty()) {
                    client.put(name, value);
                }
            }
        });
        lookup.names().stream()
                .filter(name -> name.startsWith(PREFIX))
                .forEach(name ->
                        lookup.find(name).ifPresent(value -> client.put(name.substring(PREFIX.length()), value)));
        client.keySet().forEach(this::refuseName);
        refuseValues(client);
        refuseTogether(client, OF_THE_PRODUCER, ProducerConfig::new);
        refuseTogether(client, OF_ANY_CONSUMER, ConsumerConfig::new);
        if (shared) {
            var ours = new HashMap<>(OF_ANY_CONSUMER);
            ours.putAll(OF_WHO_TAKES_SHARES);
            refuseTogether(client, ours, KafkaClientSettings::groupMember);
        }
        return client;
    }

    private void refuseName(String name) {
        if (HAVE_A_SETTING.containsKey(name)) {
            throw new InvalidSettingException(
                    PREFIX + name, "is not for Kafka's clients: expected %s".formatted(HAVE_A_SETTING.get(name)));
        }
        if (NOT_TO_CHOOSE.contains(name)) {
            throw new InvalidSettingException(
                    PREFIX + name, "is set by Jobtrail, exactly once depends on it: expected no value");
        }
        if (DEFINITIONS.stream().noneMatch(definition -> definition.names().contains(name))) {
            throw new InvalidSettingException(
                    PREFIX + name, "is not known to Kafka's clients: expected a setting of theirs, by Kafka's name");
        }
    }

    /** What a client thinks of a value, before one is made: of several that know it, all must take it. */
    private static void refuseValues(Map<String, String> client) {
        for (ConfigDef definition : DEFINITIONS) {
            var theirs = new HashMap<>(client);
            theirs.keySet().retainAll(definition.names());
            var verdicts = definition.validateAll(theirs);
            theirs.keySet().stream().sorted().forEach(name -> {
                List<String> errors = verdicts.get(name).errorMessages();
                if (!errors.isEmpty()) {
                    throw new InvalidSettingException(
                            PREFIX + name,
                            "is not as Kafka's clients expected: %s"
                                    .formatted(errors.get(0).replaceAll("\\p{Cntrl}+", " ")));
                }
            });
        }
    }

    /** What a client thinks of all of them, with those that are ours: it connects to nobody for that. */
    private static void refuseTogether(
            Map<String, String> client,
            Map<String, Object> ours,
            Function<Map<String, Object>, AbstractConfig> configuration) {
        var all = new HashMap<>(ours);
        all.putAll(client);
        try {
            configuration.apply(all);
        } catch (KafkaException e) {
            throw new InvalidSettingException(
                    PREFIX + culprit(client, ours, configuration),
                    "does not go with what Jobtrail tells Kafka's clients: expected no value, or one that does: %s"
                            .formatted(e.getMessage().replaceAll("\\p{Cntrl}+", " ")));
        }
    }

    /** The first with which a client is not made any more. */
    private static String culprit(
            Map<String, String> client,
            Map<String, Object> ours,
            Function<Map<String, Object>, AbstractConfig> configuration) {
        var taken = new HashMap<>(ours);
        for (var setting : client.entrySet()) {
            taken.put(setting.getKey(), setting.getValue());
            try {
                configuration.apply(taken);
            } catch (KafkaException e) {
                return setting.getKey();
            }
        }
        throw new IllegalStateException("Kafka's clients refuse what they are told without any setting");
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
