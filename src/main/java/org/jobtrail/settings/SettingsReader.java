package org.jobtrail.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.settings.Settings.Checkpoint;
import org.jobtrail.settings.Settings.Database;
import org.jobtrail.settings.Settings.Http;
import org.jobtrail.settings.Settings.Kafka;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.settings.Settings.Poll;
import org.jobtrail.settings.Settings.Report;
import org.jobtrail.settings.Settings.Source;

/** Reads all settings and refuses the first that is wrong. */
public final class SettingsReader {

    private static final String HOST = "(?:[^,:/@?\\s\\[\\]]+|\\[[0-9a-fA-F:.%]+])";
    private static final Pattern BOOTSTRAP_SERVER = Pattern.compile(HOST + ":(\\d{1,5})");
    private static final Pattern DATABASE_URL = Pattern.compile(
            "jdbc:postgresql://(?:%1$s)?(?::\\d{1,5})?(?:,%1$s(?::\\d{1,5})?)*/[^?@]*(?:\\?.*)?".formatted(HOST));

    /** Settings that have no default, besides those of sources. */
    private static final Set<String> WITHOUT_DEFAULT = Set.of(
            "database.url",
            "database.username",
            "database.password",
            "database.migration.username",
            "database.migration.password",
            "kafka.bootstrap-servers",
            "kafka.transactional-id",
            "checkpoint.key-file",
            "checkpoint.file");

    /** What the variables begin with of which hardly anybody else has any. */
    private static final List<String> OURS = List.of(
            "ABSENCE_",
            "CHECKPOINT_",
            "DATABASE_MIGRATION_",
            "DATABASE_PASS",
            "DATABASE_USER",
            "EVENT_MAX_",
            "KAFKA_BOOTSTRAP_",
            "KAFKA_TOPIC_",
            "KAFKA_TRANSACTIONAL",
            "POLL_");

    private final PropertyLookup lookup;
    private final Values values;

    public SettingsReader(PropertyLookup lookup) {
        this.lookup = lookup;
        this.values = new Values(lookup);
    }

    public Settings read() {
        refuseUnknown();
        KafkaTopics topics = topics();
        List<Source> sources = new SourceSettings(lookup, values).read();
        boolean shared = values.truth("poll.shared");
        if (shared) {
            refuseTopicsOfOthers(topics, sources);
        }
        Path dataDirectory = values.directory("data.directory");
        return new Settings(
                sources,
                new Poll(
                        values.duration("poll.period"),
                        values.integer("poll.concurrency", 1, SourceSettings.MOST_AT_ONCE),
                        values.duration("poll.deadline"),
                        shared),
                new Absence(values.integer("absence.missing-after", 1, 1000), values.duration("absence.suspect-for")),
                new Report(timeZone()),
                database(),
                kafka(topics, shared),
                topics,
                values.bytes("event.max-bytes", 10_000, 100_000_000),
                checkpoint(dataDirectory),
                new Http(httpHost(), values.integer("http.port", 0, 65_535)),
                dataDirectory);
    }

    /** By name only: PostgreSQL and Java disagree about the sign of an offset. */
    private ZoneId timeZone() {
        String expected = "the name of a time zone, such as UTC or Europe/Berlin";
        String name = values.required("report.time-zone", expected);
        if (!ZoneId.getAvailableZoneIds().contains(name)) {
            throw values.wrong("report.time-zone", name, expected);
        }
        return ZoneId.of(name);
    }

    private String httpHost() {
        String expected = "an address to listen on, such as 127.0.0.1";
        String host = values.required("http.host", expected);
        try {
            InetAddress.getByName(host);
            return host;
        } catch (UnknownHostException e) {
            throw values.wrong("http.host", host, expected);
        }
    }

    private Optional<Database> database() {
        if (values.optional("database.url").isEmpty()) {
            refuseWithoutUrl(
                    "database.username",
                    "database.password",
                    "database.migration.username",
                    "database.migration.password");
        }
        return values.optional("database.url").map(url -> {
            if (!DATABASE_URL.matcher(url).matches()) {
                throw values.wrong("database.url", withoutPassword(url), DatabaseUrl.EXPECTED);
            }
            if (url.matches("(?i).*[?&](password|sslpassword)=.*")) {
                throw new InvalidSettingException(
                        "database.url",
                        "holds a password: URLs are logged, expected it in database.password (DATABASE_PASSWORD)");
            }
            new DatabaseUrl(url).expected().ifPresent(expected -> {
                throw values.wrong("database.url", withoutPassword(url), expected);
            });
            String username = values.required("database.username", "the account that writes the history");
            String password = values.optional("database.password").orElse("");
            Optional<String> migration = values.optional("database.migration.username");
            if (migration.isEmpty()
                    && values.optional("database.migration.password").isPresent()) {
                throw new InvalidSettingException(
                        "database.migration.username",
                        "is not set, but database.migration.password is: expected both or neither");
            }
            return new Database(
                    url,
                    username,
                    password,
                    migration.orElse(username),
                    migration
                            .map(name -> values.optional("database.migration.password")
                                    .orElse(""))
                            .orElse(password));
        });
    }

    private Optional<Kafka> kafka(KafkaTopics topics, boolean shared) {
        return values.optional("kafka.bootstrap-servers").map(servers -> {
            for (String server : servers.split(",", -1)) {
                var matcher = BOOTSTRAP_SERVER.matcher(server.strip());
                if (!matcher.matches() || !isPort(Integer.parseInt(matcher.group(1)))) {
                    throw values.wrong(
                            "kafka.bootstrap-servers", withoutPassword(servers), "host:port, or several with commas");
                }
            }
            String transactionalId = values.optional("kafka.transactional-id").orElse(topics.cursor());
            var kafka = new Kafka(servers, transactionalId, new KafkaClientSettings(lookup).read(shared));
            kafka.timeouts().requireThatTheyFit();
            return kafka;
        });
    }

    /** An account without its server: the embedded one would be used instead of the one that was meant. */
    private void refuseWithoutUrl(String... names) {
        for (String name : names) {
            if (values.optional(name).isPresent()) {
                throw new InvalidSettingException(name, "is set, but database.url is not: expected both");
            }
        }
    }

    private KafkaTopics topics() {
        String events = topic("kafka.topic.events");
        String cursor = topic("kafka.topic.cursor");
        if (events.equals(cursor)) {
            throw values.wrong("kafka.topic.cursor", cursor, "another topic than kafka.topic.events: it is compacted");
        }
        String checkpoints = topic("kafka.topic.checkpoints");
        if (checkpoints.equals(events) || checkpoints.equals(cursor)) {
            throw values.wrong(
                    "kafka.topic.checkpoints", checkpoints, "another topic than those of the events and of the cursor");
        }
        String state = topic("kafka.topic.state");
        if (List.of(events, cursor, checkpoints).contains(state)) {
            throw values.wrong(
                    "kafka.topic.state",
                    state,
                    "another topic than those of the events, the cursor and the checkpoints");
        }
        return new KafkaTopics(
                events,
                cursor,
                checkpoints,
                state,
                topic("kafka.topic.shares"),
                values.integer("kafka.topic.partitions", 1, 10_000));
    }

    /** Two deployments on one cluster would take each other's shares, and shares are no events. */
    private void refuseTopicsOfOthers(KafkaTopics topics, List<Source> sources) {
        String name = "kafka.topic.shares";
        if (!lookup.isDefault("kafka.topic.cursor") && lookup.isDefault(name)) {
            throw values.wrong(name, topics.shares(), "a name of this deployment's own, as kafka.topic.cursor has one");
        }
        for (Source source : sources) {
            String topic = topics.shares(source);
            if (topic.length() > 249
                    || List.of(topics.events(), topics.cursor(), topics.checkpoints(), topics.state())
                            .contains(topic)) {
                throw values.wrong(
                        name,
                        topics.shares(),
                        "a name that with .%s behind it is no other topic's, and has 249 characters at most"
                                .formatted(source.name()));
            }
        }
    }

    private Checkpoint checkpoint(Path dataDirectory) {
        Path keyFile = values.file("checkpoint.key-file").orElse(dataDirectory.resolve("checkpoint-key.pem"));
        Path file = values.file("checkpoint.file").orElse(dataDirectory.resolve("checkpoints.jws"));
        if (file.toAbsolutePath().normalize().equals(keyFile.toAbsolutePath().normalize())) {
            throw values.wrong("checkpoint.file", file.toString(), "another file than checkpoint.key-file");
        }
        return new Checkpoint(keyFile, file, values.duration("checkpoint.period"));
    }

    private String topic(String name) {
        String topic = values.required(name, "a topic's name");
        if (!TopicName.isOne(topic)) {
            throw values.wrong(name, topic, TopicName.EXPECTED);
        }
        return topic;
    }

    /** The environment variables that look like settings, and are none: others may have theirs, so they are no reason to refuse. */
    public List<String> strangeVariables() {
        Set<String> known =
                names().map(InvalidSettingException::environmentVariable).collect(Collectors.toSet());
        return lookup.environment().keySet().stream()
                .filter(variable -> OURS.stream().anyMatch(variable::startsWith) && !known.contains(variable))
                .sorted()
                .toList();
    }

    /** The names of all settings but those of sources and of Kafka's clients. */
    private Stream<String> names() {
        return Stream.concat(lookup.defaultNames().stream(), WITHOUT_DEFAULT.stream());
    }

    private void refuseUnknown() {
        Set<String> names = names().collect(Collectors.toSet());
        for (String name : lookup.namesInFile()) {
            boolean known = names.contains(name)
                    || SourceSettings.looksLikeOne(name)
                    || name.startsWith(KafkaClientSettings.PREFIX);
            if (!known) {
                throw new InvalidSettingException(
                        name, "is not a setting of Jobtrail: expected one of the table in the README");
            }
        }
    }

    private static boolean isPort(int number) {
        return number >= 1 && number <= 65_535;
    }

    private static String withoutPassword(String url) {
        return url.replaceAll("^.*@", "...@").replaceAll("(?i)(password)=[^&]*", "$1=...");
    }
}
