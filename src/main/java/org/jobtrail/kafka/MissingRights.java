package org.jobtrail.kafka;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.utils.SecurityUtils;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which rights this account lacks without which nothing would be published. Asks, and changes nothing; what a broker does not tell is not judged. */
public final class MissingRights {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.publish");
    private static final Set<AclOperation> WRITTEN = EnumSet.of(AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS);
    private static final Set<AclOperation> READ_TOO =
            EnumSet.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS);

    private MissingRights() {}

    /** A sentence for each topic and each transactional id. */
    public static List<String> of(Admin admin, KafkaTopics names, String transactionalId) throws InterruptedException {
        Map<String, Set<AclOperation>> needed = new TreeMap<>(Map.of(
                names.events(), WRITTEN,
                names.state(), WRITTEN,
                names.cursor(), READ_TOO,
                names.checkpoints(), READ_TOO));
        var missing = new ArrayList<String>();
        for (Map.Entry<String, Set<AclOperation>> topic : needed.entrySet()) {
            topic(admin, topic.getKey(), topic.getValue()).ifPresent(missing::add);
        }
        for (String id : List.of(transactionalId, transactionalId + "-checkpoints")) {
            transactionalId(admin, id).ifPresent(missing::add);
        }
        return missing;
    }

    private static Optional<String> topic(Admin admin, String name, Set<AclOperation> needed)
            throws InterruptedException {
        Optional<TopicDescription> found = TopicDescriptions.findWithRights(admin, name);
        if (found.isEmpty()) {
            return mayCreate(admin, name)
                    ? Optional.empty()
                    : Optional.of("topic %s is missing, and this account may not create it".formatted(name));
        }
        Set<AclOperation> granted = found.get().authorizedOperations();
        // Who may do nothing could not be told of the topic: then this is a broker that does not tell rights.
        if (granted == null || granted.isEmpty() || granted.containsAll(needed)) {
            return Optional.empty();
        }
        return Optional.of("topic %s: this account lacks %s"
                .formatted(
                        name,
                        needed.stream()
                                .filter(right -> !granted.contains(right))
                                .map(SecurityUtils::operationName)
                                .collect(Collectors.joining(", "))));
    }

    private static boolean mayCreate(Admin admin, String name) throws InterruptedException {
        var topic = new NewTopic(name, Optional.of(1), Optional.empty());
        try {
            AdminAnswer.of(admin.createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(true))
                    .all());
            return true;
        } catch (AuthorizationException e) {
            return false;
        } catch (KafkaException e) {
            LOG.debug("whether topic {} may be created is not known", name, e);
            return true;
        }
    }

    /** Who may write with it may also ask what became of its last transaction. */
    private static Optional<String> transactionalId(Admin admin, String id) throws InterruptedException {
        try {
            AdminAnswer.of(admin.describeTransactions(List.of(id)).all());
        } catch (TransactionalIdAuthorizationException e) {
            return Optional.of("transactional id %s: this account lacks Write".formatted(id));
        } catch (KafkaException e) {
            LOG.debug("whether transactional id {} may be used is not known", id, e);
        }
        return Optional.empty();
    }
}
