package org.jobtrail.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A consumer of Camel's, of a real topic, whose polls are refused twice: a broker that asks for no password cannot show the case. */
@ExtendWith(RealServers.class)
class ShareErrorsTest {

    private static final String TOPIC = "share-errors";

    private final KafkaServer kafka;

    ShareErrorsTest(KafkaServer kafka) {
        this.kafka = kafka;
    }

    @Test
    void whatKafkaRefusesForATimeIsTakenAfterwards() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
        var taken = new LinkedBlockingQueue<String>();
        var component = new KafkaComponent();
        component.setPollExceptionStrategy(new ShareErrors());
        component.setKafkaClientFactory(new Refusing());
        try (var context = new DefaultCamelContext()) {
            context.addComponent("kafka", component);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("kafka:%s?brokers=%s&groupId=%s&autoOffsetReset=earliest"
                                    .formatted(TOPIC, kafka.bootstrapServers(), TOPIC))
                            .process(exchange -> taken.add(exchange.getMessage().getBody(String.class)));
                }
            });
            context.start();
            send("1/2");

            assertThat(taken.poll(60, TimeUnit.SECONDS)).isEqualTo("1/2");
        }
    }

    @Test
    void theProgramTakesItsSharesSo(PostgresServer postgres) throws Exception {
        try (var pipeline = TestPipeline.start(TestPipeline.CHECKOUT, postgres.migratedDatabase())) {
            assertThat(pipeline.context()
                            .getComponent("kafka", KafkaComponent.class)
                            .getPollExceptionStrategy())
                    .isInstanceOf(ShareErrors.class);
        }
    }

    private void send(String share) throws Exception {
        var properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, share)).get();
        }
    }

    private static final class Refusing extends DefaultKafkaClientFactory {

        private final AtomicInteger polls = new AtomicInteger();

        @Override
        public Consumer<?, ?> getConsumer(Properties properties) {
            Consumer<?, ?> real = super.getConsumer(properties);
            return (Consumer<?, ?>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("poll")) {
                            switch (polls.incrementAndGet()) {
                                case 1 -> throw new TopicAuthorizationException(Set.of(TOPIC));
                                case 2 -> throw new SaslAuthenticationException("the password was changed");
                                default -> {
                                    // The broker is asked.
                                }
                            }
                        }
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
