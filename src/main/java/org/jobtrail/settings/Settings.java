package org.jobtrail.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every setting, read and checked once at the start. Holds secrets: it has no text form that shows them. */
public record Settings(
        List<Source> sources,
        Poll poll,
        Absence absence,
        Report report,
        Optional<Database> database,
        Optional<Kafka> kafka,
        KafkaTopics topics,
        int eventMaxBytes,
        Checkpoint checkpoint,
        Http http,
        Path dataDirectory) {

    /**
     * These settings with the events on another topic.
     *
     * @param option that names it
     * @throws InvalidSettingException where that is no topic, or has another purpose
     */
    public Settings withEvents(String option, String topic) {
        if (!TopicName.isOne(topic)) {
            throw new InvalidSettingException(option, "is \"%s\": expected %s".formatted(topic, TopicName.EXPECTED));
        }
        if (List.of(topics.cursor(), topics.checkpoints(), topics.state()).contains(topic)) {
            throw new InvalidSettingException(
                    option,
                    "is \"%s\": expected another topic than those of the cursor, the checkpoints and the states"
                            .formatted(topic));
        }
        var moved = new KafkaTopics(
                topic, topics.cursor(), topics.checkpoints(), topics.state(), topics.shares(), topics.partitions());
        return new Settings(
                sources, poll, absence, report, database, kafka, moved, eventMaxBytes, checkpoint, http, dataDirectory);
    }

    /** A VB365 server; {@code concurrency} is how many of its organizations are read at once. */
    public record Source(
            String name,
            URI url,
            String apiVersion,
            String username,
            Optional<String> password,
            Optional<Path> passwordFile,
            Optional<Path> caCertificate,
            Optional<Path> trustStore,
            List<String> include,
            List<String> exclude,
            int concurrency) {
        /** True where the newest version is spoken that the server knows. */
        public boolean findsVersion() {
            return apiVersion.equals("auto");
        }

        @Override
        public String toString() {
            return "source %s at %s".formatted(name, url);
        }
    }

    /**
     * When and how the sources are polled; {@code deadline} is the longest that one list may take, {@code shared}: by all instances
     * together.
     */
    public record Poll(Duration period, int concurrency, Duration deadline, boolean shared) {}

    /** When a job that is not listed any more counts as missing. */
    public record Absence(int missingAfter, Duration suspectFor) {}

    /** Where the days of the report views begin. */
    public record Report(ZoneId timeZone) {}

    /** An account on PostgreSQL, and the one that migrates where that is another. */
    public record Database(
            String url, String username, String password, String migrationUsername, String migrationPassword) {
        @Override
        public String toString() {
            return "database at %s".formatted(url);
        }
    }

    /** A Kafka cluster; {@code client} holds further settings of Kafka's clients, by Kafka's names. */
    public record Kafka(String bootstrapServers, String transactionalId, Map<String, String> client) {

        public KafkaTimeouts timeouts() {
            return new KafkaTimeouts(client);
        }

        @Override
        public String toString() {
            return "Kafka at %s".formatted(bootstrapServers);
        }
    }

    /**
     * The topics, and how many partitions events, states and shares get where their topics have to be created. {@code shares} is what
     * those names begin with that end in a source's.
     */
    public record KafkaTopics(
            String events, String cursor, String checkpoints, String state, String shares, int partitions) {

        /** Through which instances share the polling of a source. */
        public String shares(Source source) {
            return shares + "." + source.name();
        }
    }

    /** The key that signs checkpoints, the file that holds them besides the topic, and how often one is taken. */
    public record Checkpoint(Path keyFile, Path file, Duration period) {}

    /** Where health and metrics are served. */
    public record Http(String host, int port) {}
}
