package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Properties;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.junit.jupiter.api.Test;

/** A request to Kafka may take as long as by its own default, which is longer than some of what we give it. */
class PatientRequestsTest extends PublishedLedger {

    PatientRequestsTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Override
    void configure(Properties properties) {
        properties.setProperty("kafka.client.request.timeout.ms", "30000");
    }

    @Test
    void everyClientIsMadeAndEventsAndCheckpointsArePublished() throws Exception {
        list("Success", "a", "b");
        run();

        assertTopicIsTheHistory();
        assertThat(verify().verdict().sentence())
                .isEqualTo("intact: 2 rows verified, all of them on the topic, all of them covered by a checkpoint");
    }
}
