package org.jobtrail.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(RealServers.class)
class BrokerFeaturesTest {

    @Test
    void aBrokerOfThisReleaseGivesTheWholeGuarantee(KafkaServer kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(BrokerFeatures.warning(admin)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anOlderOneIsNamedWithWhatItTakesAway(int version) {
        assertThat(BrokerFeatures.warning(version))
                .get()
                .asString()
                .startsWith("Kafka's transaction.version is " + version + ":")
                .contains("events may be missing or come twice", "kafka-features.sh upgrade");
    }
}
