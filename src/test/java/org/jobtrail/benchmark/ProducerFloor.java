package org.jobtrail.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How long Kafka takes to be given the records of a poll, events and states, by a producer with Jobtrail's settings that has them in
 * memory: keys, headers and values as they are, in transactions as large as Jobtrail's.
 */
final class ProducerFloor implements AutoCloseable {

    /** 1,000 rows are an event and a state each. */
    private static final int TRANSACTION = 2_000;

    private static final int IN_MEMORY = 10 * TRANSACTION;

    private final String topic;
    private final Records records;
    private final Producer<byte[], byte[]> producer;

    ProducerFloor(Stage stage) throws Exception {
        String bootstrap = stage.servers().bootstrapServers();
        this.topic = stage.createTopic("plain-producer");
        this.records = new Records(bootstrap, stage.events(), stage.states());
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("transactional.id", topic);
        settings.put("acks", "all");
        settings.put("linger.ms", "5");
        settings.put("batch.size", "131072");
        settings.put("compression.type", "lz4");
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
    }

    /** What Jobtrail has published so far is not measured. */
    void skip() {
        records.skip();
    }

    /** Seconds for all that it has published since. */
    double seconds() throws Exception {
        double seconds = 0;
        records.look();
        while (true) {
            List<ConsumerRecord<byte[], byte[]>> some = records.next(IN_MEMORY);
            if (some.isEmpty()) {
                return seconds;
            }
            long start = System.nanoTime();
            for (int from = 0; from < some.size(); from += TRANSACTION) {
                send(some.subList(from, Math.min(from + TRANSACTION, some.size())));
            }
            seconds += (System.nanoTime() - start) / 1e9;
        }
    }

    private void send(List<ConsumerRecord<byte[], byte[]>> some) throws Exception {
        List<Future<?>> acknowledgements = new ArrayList<>();
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> one : some) {
            acknowledgements.add(
                    producer.send(new ProducerRecord<>(topic, null, one.key(), one.value(), one.headers())));
        }
        producer.commitTransaction();
        for (Future<?> acknowledgement : acknowledgements) {
            acknowledgement.get();
        }
    }

    @Override
    public void close() {
        producer.close();
        records.close();
    }
}
