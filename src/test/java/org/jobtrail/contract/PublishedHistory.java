package org.jobtrail.contract;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jobtrail.command.PublishOnce;
import org.jobtrail.database.Database;
import org.jobtrail.record.Erasure;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;

/** All that can happen to a job, polled from servers of several versions by the real routes, and published. */
final class PublishedHistory {

    private static final String OLD_EAST = "0a4c2f6e-58d1-4b7a-9c3e-7d1f5a6b8e01";
    private static final String OLD_WEST = "5b9d1e73-2c48-4f06-8a1d-3e6c9f7b2a02";

    private static final String COPY = """
            {"id":"copy","name":"Mailboxes copy","backupJobId":"a","organizationId":"lives","isEnabled":true,\
            "lastStatus":"Queued","lastBackup":"2026-11-01T20:00:00Z","schedulePolicy":{"type":"Periodically",\
            "periodicallyEvery":"Hours12","backupCopyWindowEnabled":true,\
            "backupCopyWindowSettings":{"backupWindow":[true,false]},\
            "periodicallyWindowEnabled":true,"periodicallyOffsetMinutes":5,\
            "periodicallyWindowSettings":{"backupWindow":[false,true]}}}""";

    private final TestDatabase database;
    private final KafkaServer kafka;
    private final Path directory;

    PublishedHistory(TestDatabase database, KafkaServer kafka, Path directory) {
        this.database = database;
        this.kafka = kafka;
        this.directory = directory;
    }

    /** Each kind of change in one history or another: five polls of servers of v1 and v7, then v8, then an erasure. */
    void publish() throws Exception {
        try (FakeVeeam old = versionOne();
                FakeVeeam hostile = hostileValues();
                FakeVeeam large = largeFields();
                FakeVeeam lives = lives()) {
            var sources = new HashMap<>(TestPipeline.source("old", old.url(), "v1"));
            sources.putAll(TestPipeline.source("hostile", hostile.url(), "v7"));
            sources.putAll(TestPipeline.source("large", large.url(), "v7"));
            for (int poll = 0; poll < 5; poll++) {
                sources.putAll(TestPipeline.source("lives", lives.url(), "v7"));
                sources.put("absence.missing-after", "1");
                sources.put("event.max-bytes", "10kB");
                TestPipeline.pollOnce(database, sources);
            }
            Settings settings = settings(TestPipeline.source("lives", lives.url(), "v8"));
            PublishOnce.run(settings);
            erase("a");
            erase("d");
            PublishOnce.run(settings);
        }
    }

    /** Jobs as v1 writes them, one of them with a status that changes. */
    private static FakeVeeam versionOne() throws IOException {
        String east = Answer.text("every-version/v1-jobs-east.json");
        return veeam("v1", Answer.text("every-version/v1-organizations.json"))
                .on(
                        "GET /v1/Organizations/" + OLD_EAST + "/Jobs",
                        Answer.json(east),
                        Answer.json(east.replace("\"Success\"", "\"Running\"")))
                .on("GET /v1/Organizations/" + OLD_WEST + "/Jobs", Answer.file("every-version/v1-jobs-west.json"));
    }

    /** From odd values to plain ones, and back. */
    private static FakeVeeam hostileValues() throws IOException {
        String odd = Answer.text("hostile-jobs.json");
        String plain = IntStream.range(0, odd.split("\"odd-").length - 1)
                .mapToObj("{\"id\":\"odd-%02d\",\"name\":\"Plain\"}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
        return veeam("v7", "[{\"id\":\"hostile\",\"name\":\"Hostile \\ud800\\u0000 Ltd\"}]")
                .on(jobs("hostile"), Answer.json(odd), Answer.json(plain), Answer.json(odd));
    }

    private static FakeVeeam largeFields() throws IOException {
        Answer[] answers = IntStream.of(5_000, 5_001)
                .mapToObj("\u00e9"::repeat)
                .map(text ->
                        "[{\"id\":\"large\",\"name\":\"%s\",\"description\":\"%s\",\"schedulePolicy\":{\"type\":\"%s\"}}]"
                                .formatted(text, text, text))
                .map(Answer::json)
                .toArray(Answer[]::new);
        return veeam("v7", "[{\"id\":\"large\",\"name\":null}]").on(jobs("large"), answers);
    }

    /** The jobs are a, b, c and, from the second poll on, d, which is gone in the fourth and under v8. */
    private static FakeVeeam lives() throws IOException {
        String a = job("a", true, "Success", 1, 2);
        String b = job("b", true, "Success", 1, 2);
        String c = job("c", true, "Failed", 1, 2);
        String d = job("d", true, "Warning", 1, 2);
        String renamed = a.replace("Job a", "Mailboxes");
        String failed = job("b", true, "Failed", 1, 2);
        String failedAgain = job("b", true, "Failed", 2, 3);
        String later = job("c", true, "Failed", 1, 4);
        return veeam("v7", "[{\"id\":\"lives\",\"name\":\"Lives Ltd\"}]")
                .on(
                        jobs("lives"),
                        list(a, b, c),
                        list(job("a", false, "Success", 1, 2), failed, c, d),
                        list(a, failedAgain, later, d),
                        list(renamed, failedAgain, later),
                        list(renamed, failedAgain, later, d))
                .on("POST /v8/token", Answer.TOKEN)
                .on("GET /v8/Organizations", page("{\"id\":\"lives\",\"name\":\"Lives Ltd\"}"))
                .on("GET /v8/Jobs", page(renamed, failedAgain, later))
                .on("GET /v8/CopyJobs", page(COPY));
    }

    private static String jobs(String organization) {
        return "GET /v7/Organizations/" + organization + "/Jobs";
    }

    private static String job(String id, boolean enabled, String status, int lastRun, int nextRun) {
        return """
                {"id":"%s","name":"Job %s","isEnabled":%s,"lastStatus":"%s","lastRun":"2026-11-%02dT22:00:00Z",\
                "nextRun":"2026-11-%02dT22:00:00Z"}""".formatted(id, id, enabled, status, lastRun, nextRun);
    }

    private static Answer list(String... jobs) {
        return Answer.json("[" + String.join(",", jobs) + "]");
    }

    private static Answer page(String... elements) {
        return Answer.json("{\"offset\":0,\"limit\":10000,\"results\":[" + String.join(",", elements) + "]}");
    }

    private static FakeVeeam veeam(String version, String organizations) throws IOException {
        return FakeVeeam.start()
                .on("POST /" + version + "/token", Answer.TOKEN)
                .on("GET /" + version + "/Organizations", Answer.json(organizations));
    }

    private void erase(String job) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var erasure = new Erasure(real)) {
            if (erasure.erase("lives", "backup", job).equals(Optional.empty())) {
                throw new AssertionError("nothing was kept of job " + job);
            }
        }
    }

    private Settings settings(Map<String, String> source) {
        var properties = new Properties();
        properties.putAll(source);
        properties.setProperty("absence.missing-after", "1");
        properties.setProperty("kafka.bootstrap-servers", kafka.bootstrapServers());
        for (String topic : List.of("events", "cursor", "checkpoints", "state")) {
            properties.setProperty("kafka.topic." + topic, "contract." + topic);
        }
        properties.setProperty("data.directory", directory.toString());
        properties.setProperty("http.port", "0");
        properties.setProperty("database.url", database.url());
        properties.setProperty("database.username", database.username());
        properties.setProperty("database.password", database.password());
        return new SettingsReader(PropertyLookup.of(properties, Map.of(), null)).read();
    }
}
