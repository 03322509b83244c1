package org.jobtrail.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.record.SteadyPolls.Appended;

/**
 * What somebody would write who commits to PostgreSQL and then sends to Kafka: a transaction for whatever has come meanwhile, of
 * 1,000 rows at most, with the settings of the producer that Jobtrail has. No state, no cursor, two headers; a crash between the two
 * stores loses rows.
 */
final class PlainProducer implements AutoCloseable {

    private static final int ROWS = 1_000;

    private final String topic;
    private final Producer<String, byte[]> producer;
    private final BlockingQueue<Appended> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    PlainProducer(String bootstrapServers, String topic) {
        this.topic = topic;
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("transactional.id", topic);
        settings.put("acks", "all");
        settings.put("linger.ms", "5");
        settings.put("batch.size", "131072");
        settings.put("compression.type", "lz4");
        settings.put("transaction.timeout.ms", "30000");
        producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        producer.initTransactions();
        thread = new Thread(this::publish, "plain producer");
        thread.start();
    }

    void add(Appended appended) {
        waiting.add(appended);
    }

    private void publish() {
        try {
            while (!closed) {
                Appended first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    publish(first);
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish(Appended first) throws Exception {
        List<Future<?>> acknowledgements = new ArrayList<>();
        producer.beginTransaction();
        Appended next = first;
        while (next != null) {
            for (int i = 0; i < next.rows().size(); i++) {
                var record = new ProducerRecord<>(
                        topic,
                        next.rows().get(i).key(),
                        next.rows().get(i).payload().getBytes(UTF_8));
                record.headers().add(Arrivals.ORGANIZATION, next.organization().getBytes(UTF_8));
                record.headers()
                        .add(
                                Arrivals.SEQUENCE,
                                "%019d".formatted(next.firstSeq() + i).getBytes(UTF_8));
                acknowledgements.add(producer.send(record));
            }
            next = acknowledgements.size() < ROWS ? waiting.poll() : null;
        }
        producer.commitTransaction();
        for (Future<?> acknowledgement : acknowledgements) {
            acknowledgement.get();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}
