package org.jobtrail.kafka;

import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;

/** What the brokers' version of transactions takes from what the topic promises (KIP-890). */
public final class BrokerFeatures {

    private static final String TRANSACTIONS = "transaction.version";
    private static final int NEEDED = 2;

    private BrokerFeatures() {}

    /** @return a sentence with what to do, or nothing where all is well */
    public static Optional<String> warning(Admin admin) throws InterruptedException {
        return warning(
                Optional.ofNullable(AdminAnswer.of(admin.describeFeatures().featureMetadata())
                                .finalizedFeatures()
                                .get(TRANSACTIONS))
                        .map(FinalizedVersionRange::maxVersionLevel)
                        .orElse((short) 0));
    }

    static Optional<String> warning(int version) {
        return version >= NEEDED
                ? Optional.empty()
                : Optional.of(
                        "Kafka's %s is %d: below %d the late end of one transaction can end the next, so that after a lost connection events may be missing or come twice; bring all brokers to 4.0 or newer, then run kafka-features.sh upgrade --feature %s=%d"
                                .formatted(TRANSACTIONS, version, NEEDED, TRANSACTIONS, NEEDED));
    }
}
