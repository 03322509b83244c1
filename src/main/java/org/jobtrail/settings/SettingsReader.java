package org.jobtrail.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jobtrail.settings.Settings.Absence;
import org.jobtrail.settings.Settings.Database;
import org.jobtrail.settings.Settings.Http;
import org.jobtrail.settings.Settings.Kafka;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.settings.Settings.Poll;

/** Reads all settings and refuses the first that is wrong. */
public final class SettingsReader {

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Pattern BOOTSTRAP_SERVERS = Pattern.compile(
            "[^,:/\\s\\[\\]]+:\\d{1,5}(\\s*,\\s*[^,:/\\s\\[\\]]+:\\d{1,5})*|\\[[0-9a-fA-F:.]+]:\\d{1,5}");
    private static final String KAFKA_CLIENT = "kafka.client.";
    private static final String KAFKA_CLIENT_VARIABLE = "KAFKA_CLIENT_";

    /** Settings that have no default, besides those of sources. */
    private static final Set<String> WITHOUT_DEFAULT = Set.of(
            "database.url",
            "database.username",
            "database.password",
            "database.migration.username",
            "database.migration.password",
            "kafka.bootstrap-servers",
            "kafka.transactional-id");

    private final PropertyLookup lookup;
    private final Values values;

    public SettingsReader(PropertyLookup lookup) {
        this.lookup = lookup;
        this.values = new Values(lookup);
    }

    public Settings read() {
        refuseUnknown();
        KafkaTopics topics = topics();
        return new Settings(
                new SourceSettings(lookup, values).read(),
                new Poll(
                        values.duration("poll.period", Duration.ofSeconds(1)),
                        values.integer("poll.concurrency", 1, 256),
                        values.duration("poll.deadline", Duration.ofSeconds(1))),
                new Absence(
                        values.integer("absence.missing-after", 1, 1000),
                        values.duration("absence.suspect-for", Duration.ofSeconds(1))),
                database(),
                kafka(topics),
                topics,
                values.bytes("event.max-bytes", 10_000, 100_000_000),
                new Http(
                        values.required("http.host", "an address to listen on, such as 127.0.0.1"),
                        values.integer("http.port", 0, 65_535)),
                values.path("data.directory", values.required("data.directory", "a path")));
    }

    private Optional<Database> database() {
        return values.optional("database.url").map(url -> {
            if (!url.startsWith("jdbc:postgresql://")) {
                throw values.wrong(
                        "database.url",
                        withoutPassword(url),
                        "a URL such as jdbc:postgresql://localhost:5432/jobtrail");
            }
            if (url.matches("(?i).*[?&](password|sslpassword)=.*")) {
                throw new InvalidSettingException(
                        "database.url", "holds a password: URLs are logged, set database.password (DATABASE_PASSWORD)");
            }
            String username = values.required("database.username", "the account that writes the history");
            String password = values.optional("database.password").orElse("");
            Optional<String> migration = values.optional("database.migration.username");
            if (migration.isEmpty()
                    && values.optional("database.migration.password").isPresent()) {
                throw new InvalidSettingException(
                        "database.migration.username", "is not set, but database.migration.password is");
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

    private Optional<Kafka> kafka(KafkaTopics topics) {
        return values.optional("kafka.bootstrap-servers").map(servers -> {
            if (!BOOTSTRAP_SERVERS.matcher(servers).matches()) {
                throw values.wrong("kafka.bootstrap-servers", servers, "host:port, or several with commas");
            }
            String transactionalId = values.optional("kafka.transactional-id").orElse(topics.cursor());
            return new Kafka(servers, transactionalId, kafkaClient());
        });
    }

    private Map<String, String> kafkaClient() {
        var client = new TreeMap<String, String>();
        lookup.names().stream()
                .filter(name -> name.startsWith(KAFKA_CLIENT))
                .forEach(name ->
                        lookup.find(name).ifPresent(value -> client.put(name.substring(KAFKA_CLIENT.length()), value)));
        lookup.environment().forEach((variable, value) -> {
            if (variable.startsWith(KAFKA_CLIENT_VARIABLE) && !value.isEmpty()) {
                String name = variable.substring(KAFKA_CLIENT_VARIABLE.length());
                client.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return client;
    }

    private KafkaTopics topics() {
        return new KafkaTopics(
                topic("kafka.topic.events"),
                topic("kafka.topic.cursor"),
                values.integer("kafka.topic.partitions", 1, 10_000));
    }

    private String topic(String name) {
        String topic = values.required(name, "a topic's name");
        if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
            throw values.wrong(name, topic, "a topic's name: letters, digits, dot, underscore and dash, 249 at most");
        }
        return topic;
    }

    private void refuseUnknown() {
        for (String name : lookup.namesInFile()) {
            boolean known = lookup.defaultNames().contains(name)
                    || WITHOUT_DEFAULT.contains(name)
                    || name.startsWith("source.")
                    || name.startsWith(KAFKA_CLIENT);
            if (!known) {
                throw new InvalidSettingException(name, "is not a setting of Jobtrail: see the table in the README");
            }
        }
    }

    private static String withoutPassword(String url) {
        return url.replaceAll("(?i)(password)=[^&]*", "$1=...").replaceAll("//[^/@]*@", "//...@");
    }
}
