package org.jobtrail.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jobtrail.text.Counted;

/**
 * A topic that has to be there.
 *
 * @param one true where another number of partitions would be wrong
 * @param made what it is made with
 * @param settings what it must have, whoever made it; none where anything will do
 */
record NeededTopic(String name, int partitions, boolean one, Map<String, String> made, Map<String, String> settings) {

    /** @throws MissingTopicException where it cannot be made, or is not as it must be */
    TopicDescription ensure(Admin admin) throws InterruptedException {
        Optional<TopicDescription> found = TopicDescriptions.find(admin, name);
        TopicDescription topic = found.isPresent() ? found.get() : create(admin);
        problem(admin, topic).ifPresent(problem -> {
            throw new MissingTopicException(problem);
        });
        return topic;
    }

    /** What is wrong with it, where it is there. */
    Optional<String> problem(Admin admin) throws InterruptedException {
        Optional<TopicDescription> found = TopicDescriptions.find(admin, name);
        return found.isPresent() ? problem(admin, found.get()) : Optional.empty();
    }

    private Optional<String> problem(Admin admin, TopicDescription topic) throws InterruptedException {
        // Who asks for what nobody needs would need the right to.
        if (settings.isEmpty()) {
            return Optional.empty();
        }
        Config actual = TopicDescriptions.config(admin, name);
        // What a broker does not tell of, it may not know: some only speak Kafka's protocol.
        Map<String, String> found = settings.keySet().stream()
                .filter(setting -> actual.get(setting) != null)
                .collect(Collectors.toMap(
                        setting -> setting,
                        setting -> String.valueOf(actual.get(setting).value())));
        int actualPartitions = topic.partitions().size();
        if (settings.entrySet().containsAll(found.entrySet()) && (!one || actualPartitions == 1)) {
            return Optional.empty();
        }
        return Optional.of("topic %s has %s%s: it must have %s%s"
                .formatted(
                        name,
                        one ? "%s, ".formatted(Counted.of(actualPartitions, "partition")) : "",
                        listed(found),
                        one ? "1 partition, " : "",
                        listed(settings)));
    }

    private TopicDescription create(Admin admin) throws InterruptedException {
        var topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(made);
        try {
            AdminAnswer.of(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException e) {
            // Another instance was first.
        } catch (KafkaException e) {
            throw new MissingTopicException(
                    "topic %s is missing and this account cannot create it (%s): create it with %s, %s, replication factor as your cluster's default"
                            .formatted(
                                    name,
                                    e.getClass().getSimpleName(),
                                    Counted.of(partitions, "partition"),
                                    listed(made)));
        }
        // A new topic is known to the controller before every broker has heard of it.
        for (int tries = 0; tries < 250; tries++) {
            Optional<TopicDescription> description = TopicDescriptions.find(admin, name);
            if (description.isPresent()) {
                return description.get();
            }
            Thread.sleep(20);
        }
        throw new MissingTopicException("topic %s was created but is not to be seen".formatted(name));
    }

    private static String listed(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
