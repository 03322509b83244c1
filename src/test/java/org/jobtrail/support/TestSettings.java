package org.jobtrail.support;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.Settings.KafkaTopics;

/** All settings of a program that reads none. */
public final class TestSettings {

    private TestSettings() {}

    /**
     * @param name what the names of topics begin with, and the publisher's
     * @param directory of keys and checkpoints
     */
    public static Settings of(
            TestSource source, TestDatabase database, String bootstrapServers, String name, Path directory) {
        return new Settings(
                List.of(source.settings()),
                new Settings.Poll(Duration.ofMinutes(1), 4, Duration.ofMinutes(2), false),
                new Settings.Absence(3, Duration.ofHours(24)),
                new Settings.Report(ZoneOffset.UTC),
                Optional.of(database.settings()),
                Optional.of(new Settings.Kafka(bootstrapServers, name, Map.of())),
                topics(name, 3),
                900_000,
                new Settings.Checkpoint(
                        directory.resolve("key.pem"), directory.resolve("checkpoints.jws"), Duration.ofMinutes(10)),
                new Settings.Http("127.0.0.1", 0),
                Path.of("data"));
    }

    /** @param name what each of their names begins with */
    public static KafkaTopics topics(String name, int partitions) {
        return new KafkaTopics(
                name + ".events",
                name + ".cursor",
                name + ".checkpoints",
                name + ".state",
                name + ".shares",
                partitions);
    }

    /** The same on another Kafka. */
    public static Settings withKafka(Settings.Kafka kafka, Settings settings) {
        return with(Optional.of(kafka), settings.topics(), settings);
    }

    /** The same with the checkpoints on another topic. */
    public static Settings withCheckpointsOn(String topic, Settings settings) {
        KafkaTopics topics = settings.topics();
        return with(
                settings.kafka(),
                new KafkaTopics(
                        topics.events(), topics.cursor(), topic, topics.state(), topics.shares(), topics.partitions()),
                settings);
    }

    private static Settings with(Optional<Settings.Kafka> kafka, KafkaTopics topics, Settings settings) {
        return new Settings(
                settings.sources(),
                settings.poll(),
                settings.absence(),
                settings.report(),
                settings.database(),
                kafka,
                topics,
                settings.eventMaxBytes(),
                settings.checkpoint(),
                settings.http(),
                settings.dataDirectory());
    }
}
