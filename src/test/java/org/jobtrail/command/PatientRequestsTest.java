package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Properties;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A request to Kafka may take as long as by its own default, which is longer than some of what we give it. */
class PatientRequestsTest extends PublishedLedger {

    private String setting;
    private String millis;

    PatientRequestsTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Override
    void configure(Properties properties) {
        properties.setProperty("kafka.client." + setting, millis);
    }

    @ParameterizedTest
    @CsvSource({"request.timeout.ms, 30000", "request.timeout.ms, 2147483647", "delivery.timeout.ms, 12000"})
    void everyClientIsMadeAndAllIsPublishedAndPublishedAgain(String name, String value) throws Exception {
        setting = name;
        millis = value;
        list("Success", "a", "b");
        run();
        assertTopicIsTheHistory();
        assertThat(verify().verdict().sentence())
                .isEqualTo("intact: 2 rows verified, all of them on the topic, all of them covered by a checkpoint");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        assertTopicIsTheHistory();
    }
}
