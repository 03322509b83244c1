package org.jobtrail.contract;

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
import org.jobtrail.record.Database;
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
    private static final String LIVES_V8 = "GET /v8/Jobs?organizationId=lives&offset=0&limit=10000";

    private final TestDatabase database;
    private final KafkaServer kafka;
    private final Path directory;

    PublishedHistory(TestDatabase database, KafkaServer kafka, Path directory) {
        this.database = database;
        this.kafka = kafka;
        this.directory = directory;
    }

    void publish() throws Exception {
        versionOne();
        hostileValues();
        largeFields();
        try (FakeVeeam veeam = veeam("v7", "[{\"id\":\"lives\",\"name\":\"Lives Ltd\"}]")
                .on("POST /v8/token", Answer.TOKEN)
                .on(
                        "GET /v8/Organizations",
                        Answer.json(
                                "{\"offset\":0,\"limit\":10000,\"results\":[{\"id\":\"lives\",\"name\":\"Lives Ltd\"}]}"))
                .on(LIVES_V8, page(seventh()))
                .on("GET /v8/CopyJobs", page(copy()))) {
            lives(veeam);
            Settings settings = settings(TestPipeline.source("lives", veeam.url(), "v8"));
            PublishOnce.run(settings);
            erase("a");
            erase("d");
            PublishOnce.run(settings);
        }
    }

    /** The same jobs with a status that changes, as v1 writes them. */
    private void versionOne() throws Exception {
        try (FakeVeeam veeam = veeam("v1", Answer.text("every-version/v1-organizations.json"))) {
            for (String status : List.of("Success", "Running")) {
                veeam.on(
                                "GET /v1/Organizations/" + OLD_EAST + "/Jobs",
                                Answer.json(Answer.text("every-version/v1-jobs-east.json")
                                        .replace("\"Success\"", "\"" + status + "\"")))
                        .on(
                                "GET /v1/Organizations/" + OLD_WEST + "/Jobs",
                                Answer.file("every-version/v1-jobs-west.json"));
                poll("old", veeam, "v1");
            }
        }
    }

    /** To odd values from plain ones, and back. */
    private void hostileValues() throws Exception {
        String odd = Answer.text("hostile-jobs.json");
        String plain = IntStream.range(0, odd.split("\"odd-").length - 1)
                .mapToObj("{\"id\":\"odd-%02d\",\"name\":\"Plain\"}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
        try (FakeVeeam veeam = veeam("v7", "[{\"id\":\"hostile\",\"name\":\"Hostile \\ud800\\u0000 Ltd\"}]")) {
            for (String jobs : List.of(odd, plain, odd)) {
                poll("hostile", veeam.on("GET /v7/Organizations/hostile/Jobs", Answer.json(jobs)), "v7");
            }
        }
    }

    private void largeFields() throws Exception {
        String job = "{\"id\":\"large\",\"name\":\"%s\",\"description\":\"%s\",\"lastStatus\":\"%s\","
                + "\"schedulePolicy\":{\"type\":\"%s\"}}";
        try (FakeVeeam veeam = veeam("v7", "[{\"id\":\"large\",\"name\":null}]")) {
            for (int size : List.of(5_000, 5_001)) {
                String text = "\u00e9".repeat(size);
                veeam.on(
                        "GET /v7/Organizations/large/Jobs",
                        Answer.json("[" + job.formatted(text, text, text, text) + "]"));
                poll("large", veeam, "v7");
            }
        }
    }

    /** Each kind of change; the jobs are a, b, c and, from the second poll on, d. */
    private void lives(FakeVeeam veeam) throws Exception {
        List<List<String>> polls = List.of(
                List.of(
                        job("a", true, "Success", 1, 2),
                        job("b", true, "Success", 1, 2),
                        job("c", true, "Failed", 1, 2)),
                List.of(
                        job("a", false, "Success", 1, 2),
                        job("b", true, "Failed", 1, 2),
                        job("c", true, "Failed", 1, 2),
                        d()),
                List.of(
                        job("a", true, "Success", 1, 2),
                        job("b", true, "Failed", 2, 3),
                        job("c", true, "Failed", 1, 4),
                        d()),
                List.of(
                        job("a", true, "Success", 1, 2).replace("Job a", "Mailboxes"),
                        seventh().get(1),
                        seventh().get(2)),
                List.of(seventh().get(0), seventh().get(1), seventh().get(2), d()));
        for (List<String> jobs : polls) {
            veeam.on("GET /v7/Organizations/lives/Jobs", Answer.json("[" + String.join(",", jobs) + "]"));
            poll("lives", veeam, "v7");
        }
    }

    /** As v8 lists them: d is gone. */
    private static List<String> seventh() {
        return List.of(
                job("a", true, "Success", 1, 2).replace("Job a", "Mailboxes"),
                job("b", true, "Failed", 2, 3),
                job("c", true, "Failed", 1, 4));
    }

    private static String d() {
        return job("d", true, "Warning", 1, 2);
    }

    private static List<String> copy() {
        return List.of("""
                {"id":"copy","name":"Mailboxes copy","backupJobId":"a","organizationId":"lives","isEnabled":true,\
                "lastStatus":"Queued","lastBackup":"2026-11-01T20:00:00Z","schedulePolicy":{"type":"Periodically",\
                "periodicallyEvery":"Hours12","backupCopyWindowEnabled":true,\
                "backupCopyWindowSettings":{"backupWindow":[true,false]},\
                "periodicallyWindowEnabled":true,"periodicallyOffsetMinutes":5,\
                "periodicallyWindowSettings":{"backupWindow":[false,true]}}}""");
    }

    private static String job(String id, boolean enabled, String status, int lastRun, int nextRun) {
        return """
                {"id":"%s","name":"Job %s","isEnabled":%s,"lastStatus":"%s","lastRun":"2026-11-%02dT22:00:00Z",\
                "nextRun":"2026-11-%02dT22:00:00Z"}""".formatted(id, id, enabled, status, lastRun, nextRun);
    }

    private static Answer page(List<String> jobs) {
        return Answer.json("{\"offset\":0,\"limit\":10000,\"results\":[" + String.join(",", jobs) + "]}");
    }

    private static FakeVeeam veeam(String version, String organizations) throws Exception {
        return FakeVeeam.start()
                .on("POST /" + version + "/token", Answer.TOKEN)
                .on("GET /" + version + "/Organizations", Answer.json(organizations));
    }

    private void poll(String source, FakeVeeam veeam, String version) throws Exception {
        var settings = new HashMap<>(TestPipeline.source(source, veeam.url(), version));
        settings.put("absence.missing-after", "1");
        settings.put("event.max-bytes", "10kB");
        TestPipeline.pollOnce(database, settings);
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
