package org.jobtrail.kafka;

import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.apache.camel.component.kafka.KafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.settings.Settings.Kafka;

/** Makes Kafka's clients, for Camel and for us. The settings, secrets among them, go around the endpoint's address: it is logged. */
public final class KafkaClients implements KafkaClientFactory {

    private final Kafka settings;

    public KafkaClients(Kafka settings) {
        this.settings = settings;
    }

    @Override
    public Producer<Object, Object> getProducer(Properties properties) {
        // initTransactions waits so long before anything could fail. Where something does, the pause doubles each time.
        properties.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, "20");
        return new EndpointProducer(with(properties));
    }

    @Override
    public Consumer<Object, Object> getConsumer(Properties properties) {
        return new KafkaConsumer<>(with(properties));
    }

    @Override
    public String getBrokers(KafkaConfiguration configuration) {
        return settings.bootstrapServers();
    }

    public Duration deliveryTimeout() {
        return settings.timeouts().delivery();
    }

    public Duration transactionTimeout() {
        return settings.timeouts().transaction();
    }

    /**
     * To be asked first, before any other client is made.
     *
     * @throws ForeignListenerException where something else than Kafka answers, which no client must be made for
     */
    public Admin admin() {
        if (!speaksTls()) {
            for (String address : settings.bootstrapServers().split(",", -1)) {
                new PlainListener(address.strip()).requireKafka();
            }
        }
        var properties = new Properties();
        properties.put("request.timeout.ms", "5000");
        properties.put("default.api.timeout.ms", "10000");
        return Admin.create(with(properties));
    }

    /** In any case, with blanks around it, as Kafka's clients take it. */
    private boolean speaksTls() {
        return settings.client()
                .getOrDefault(
                        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL)
                .strip()
                .toUpperCase(Locale.ROOT)
                .endsWith("SSL");
    }

    /**
     * A consumer without a group: it commits nothing and needs no right to do so. When it is closed, all is read that was to be: for a
     * fetch that is under way, Kafka would take half a second to say that nothing has come since.
     */
    public Consumer<String, byte[]> consumer(String isolationLevel) {
        var properties = new Properties();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolationLevel);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        Properties all = with(properties);
        // Where retention overtakes it, it must not go on from the end, as if nothing were left.
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return new KafkaConsumer<>(all, new StringDeserializer(), new ByteArrayDeserializer()) {
            @Override
            public void close() {
                close(CloseOptions.timeout(Duration.ZERO));
            }
        };
    }

    /**
     * A producer for what an operator decides: one at a time, as all that write under the publisher's id.
     *
     * @param suffix what comes after that id
     */
    public Producer<Object, Object> transactionalProducer(String suffix) {
        var properties = new Properties();
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.transactionalId() + suffix);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "15000");
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        properties.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Long.toString(settings.timeouts().delivery().toMillis()));
        properties.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Long.toString(settings.timeouts().transaction().toMillis()));
        return getProducer(properties);
    }

    private Properties with(Properties properties) {
        properties.putAll(settings.client());
        properties.put("bootstrap.servers", settings.bootstrapServers());
        long request = millis(properties, CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG);
        haveAtLeast(properties, CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, request);
        haveAtLeast(
                properties,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                request + millis(properties, ProducerConfig.LINGER_MS_CONFIG));
        return properties;
    }

    /** Raises a value of ours: where the operator lets a request take longer, Kafka's clients could not be made with it. */
    private void haveAtLeast(Properties properties, String name, long millis) {
        if (!settings.client().containsKey(name) && properties.containsKey(name)) {
            properties.put(
                    name, Long.toString(Math.min(Integer.MAX_VALUE, Math.max(millis(properties, name), millis))));
        }
    }

    private static long millis(Properties properties, String name) {
        Object value = properties.get(name);
        return value == null ? 0 : Long.parseLong(value.toString().strip());
    }
}
