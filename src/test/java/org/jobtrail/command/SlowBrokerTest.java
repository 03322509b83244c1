package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.support.Answer;
import org.jobtrail.support.Await;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.junit.jupiter.api.Test;

/** Kafka takes only so many bytes a second: what it cannot take in time, it takes in smaller batches. */
class SlowBrokerTest extends PublishedLedger {

    private static final String BYTES_A_SECOND = "producer_byte_rate";
    private static final int JOBS_OF_5_KB = 400;

    SlowBrokerTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Override
    void configure(Properties properties) {
        properties.setProperty("kafka.client.client.id", prefix);
        // A tenth of what they are, so that nobody has to wait for so long.
        properties.setProperty("kafka.client.request.timeout.ms", "1000");
        properties.setProperty("kafka.client.linger.ms", "500");
        properties.setProperty("kafka.client.delivery.timeout.ms", "2000");
    }

    @Test
    void aBatchThatIsNotTakenInTimeIsTriedWithFewerRows() throws Exception {
        limit(100_000.0);
        try (var engine = begin(Polls.ALWAYS)) {
            await(engine, Optional.empty());
            listLargeJobs();
            Await.until(
                    Duration.ofMinutes(2),
                    () -> "something is published: " + engine.publisher().problem(),
                    this::isPublished);
            limit(null);
            Await.until(
                    Duration.ofMinutes(1),
                    () -> "all is published: " + engine.publisher().problem(),
                    () -> (Boolean)
                            database.value(
                                    "select published_seq = last_seq from jobtrail.publication join jobtrail.organization_head using (organization_id)"));
        }

        assertThat(rows()).isEqualTo(JOBS_OF_5_KB);
        assertTopicIsTheHistory();
    }

    private boolean isPublished() throws SQLException {
        return (Boolean) database.value("select exists (select from jobtrail.publication where published_seq > 0)");
    }

    private void listLargeJobs() {
        var random = new Random(1);
        veeam.on(
                JOBS,
                Answer.json(IntStream.range(0, JOBS_OF_5_KB)
                        .mapToObj(job -> "{\"id\":\"%d\",\"name\":\"Job\",\"description\":\"%s\"}"
                                .formatted(
                                        job,
                                        random.ints(5_000, 'a', 'z')
                                                .mapToObj(Character::toString)
                                                .collect(Collectors.joining())))
                        .collect(Collectors.joining(",", "[", "]"))));
    }

    /** @param bytesASecond null for no limit */
    private void limit(Double bytesASecond) throws Exception {
        var client = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, prefix));
        var limit =
                new ClientQuotaAlteration(client, List.of(new ClientQuotaAlteration.Op(BYTES_A_SECOND, bytesASecond)));
        try (Admin admin = clients().admin()) {
            admin.alterClientQuotas(List.of(limit)).all().get();
        }
    }
}
