package org.jobtrail.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

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
        new KafkaClientConfigs(client).requireThatTheyCanBeMade(shared);
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
}
