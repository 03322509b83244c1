package org.jobtrail.publish;

import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.kafka.BrokerFeatures;
import org.jobtrail.kafka.Durability;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the cluster is set to that keeps nothing from being published, but may lose it. Told once. Used by one thread. */
final class ClusterWarnings {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");

    private final KafkaTopics topics;
    private Set<String> told = Set.of();

    ClusterWarnings(KafkaTopics topics) {
        this.topics = topics;
    }

    /** Nobody waits for these questions. */
    void look(Admin admin) throws InterruptedException {
        var found = new LinkedHashSet<>(Durability.warnings(admin, topics));
        BrokerFeatures.warning(admin).ifPresent(found::add);
        found.stream().filter(warning -> !told.contains(warning)).forEach(LOG::warn);
        told = found;
    }
}
