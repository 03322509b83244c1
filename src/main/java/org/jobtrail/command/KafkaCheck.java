package org.jobtrail.command;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jobtrail.checkpoint.CheckpointKey;
import org.jobtrail.checkpoint.Checkpoints;
import org.jobtrail.database.Role;
import org.jobtrail.failure.Reason;
import org.jobtrail.kafka.AdminAnswer;
import org.jobtrail.kafka.BrokerFeatures;
import org.jobtrail.kafka.Durability;
import org.jobtrail.kafka.MissingRights;
import org.jobtrail.kafka.TopicDescriptions;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.PublishedTopics;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.Counted;

/** What {@code check} looks at on Kafka: what would keep events or checkpoints from it. */
final class KafkaCheck {

    private final Engine engine;
    private final Settings settings;
    private final PrintStream out;
    private final Consumer<String> bad;

    KafkaCheck(Engine engine, Settings settings, PrintStream out, Consumer<String> bad) {
        this.engine = engine;
        this.settings = settings;
        this.out = out;
        this.bad = bad;
    }

    /** @param recorded true where there are tables that may know of topics */
    void look(boolean recorded) throws InterruptedException {
        checkpoints(topics(recorded));
    }

    /** True where Kafka answers. */
    private boolean topics(boolean recorded) throws InterruptedException {
        String servers = settings.kafka().orElseThrow().bootstrapServers();
        try (Admin admin = engine.clients().admin()) {
            out.printf(
                    "Kafka at %s: cluster %s%n",
                    servers, AdminAnswer.of(admin.describeCluster().clusterId()));
            BrokerFeatures.warning(admin).ifPresent(warning -> out.println("  warning: " + warning));
            for (String topic : names()) {
                Optional<TopicDescription> found = TopicDescriptions.find(admin, topic);
                out.printf(
                        "  topic %s: %s%n",
                        topic,
                        found.map(description ->
                                        Counted.of(description.partitions().size(), "partition"))
                                .orElse("run would create it"));
            }
            Durability.warnings(admin, settings.topics()).forEach(warning -> out.println("  warning: " + warning));
            MissingRights.of(
                            admin,
                            settings.topics(),
                            settings.kafka().orElseThrow().transactionalId())
                    .forEach(right -> bad.accept("  " + right));
            new Topics(settings.topics()).problems(admin).forEach(problem -> bad.accept("  " + problem));
            if (recorded) {
                published(admin).forEach(problem -> bad.accept("  " + problem));
            }
            return true;
        } catch (RuntimeException e) {
            bad.accept("Kafka at %s: %s".formatted(servers, Reason.of(e)));
            return false;
        }
    }

    private List<String> published(Admin admin) throws InterruptedException {
        try (Connection connection = engine.database().connect(Role.WRITER)) {
            List<String> problems = PublishedTopics.halted(connection);
            problems.addAll(PublishedTopics.elsewhere(connection, admin, settings.topics()));
            return problems;
        } catch (SQLException e) {
            return List.of("what was published is not known: " + Reason.of(e));
        }
    }

    private List<String> names() {
        var topics = new ArrayList<>(List.of(
                settings.topics().events(),
                settings.topics().cursor(),
                settings.topics().state(),
                settings.topics().checkpoints()));
        if (settings.poll().shared()) {
            settings.sources().forEach(source -> topics.add(settings.topics().shares(source)));
        }
        return topics;
    }

    private void checkpoints(boolean reached) throws InterruptedException {
        Settings.Checkpoint checkpoint = settings.checkpoint();
        for (Path file : List.of(checkpoint.keyFile(), checkpoint.file())) {
            if (!isThereOrCanBeMade(file.toAbsolutePath())) {
                bad.accept("checkpoints: %s cannot be made: look at its directory and at the rights on it"
                        .formatted(file));
            }
        }
        if (!Files.exists(checkpoint.keyFile())) {
            out.printf("checkpoints: run would make the key %s; file %s%n", checkpoint.keyFile(), checkpoint.file());
            return;
        }
        try {
            var key = CheckpointKey.open(checkpoint.keyFile());
            out.printf(
                    "checkpoints: signed with key %s of %s; file %s%n",
                    key.id(), checkpoint.keyFile(), checkpoint.file());
            if (reached) {
                Checkpoints.problem(engine.clients(), settings.topics(), checkpoint, key)
                        .ifPresent(problem -> bad.accept("  none would be taken: " + problem));
            }
        } catch (InvalidSettingException e) {
            bad.accept("checkpoints: " + e.getMessage());
        }
    }

    /** The directories on the way to it would be made, too. */
    private static boolean isThereOrCanBeMade(Path file) {
        Path there = file;
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        return there.equals(file) || Files.isDirectory(there) && Files.isWritable(there);
    }
}
