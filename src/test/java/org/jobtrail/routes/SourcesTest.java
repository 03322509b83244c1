package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several sources at once, each with its own timer, version, credentials and threads. */
@ExtendWith(RealServers.class)
class SourcesTest {

    private static final String NORTH = "3f2b8c1d-0a54-4e69-9b7e-1c5d2a6f7e01";
    private static final String SOUTH = "9d0e4a77-52c3-4f18-8a2b-6b7c3d1e9f02";

    private final TestDatabase database;

    SourcesTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @Test
    void aSourceThatHangsDelaysNoOther() throws Exception {
        try (ServerSocket silent = silent();
                FakeVeeam veeam = veeam("v7");
                TestPipeline pipeline = TestPipeline.poll(
                        database, settings(veeam.url(), URI.create("http://127.0.0.1:" + silent.getLocalPort())))) {
            for (int cycle = 0; cycle < 3; cycle++) {
                assertThat(pipeline.nextSummary().text()).contains("2 organizations, 3 jobs: ");
            }

            assertThat(database.rows("select attempt from jobtrail.poll_receipt where source = 'silent'"))
                    .isEmpty();
            assertThat(database.column("select last_attempt from jobtrail.source_head where source = 'silent'"))
                    .containsExactly(1L);
        }
    }

    @Test
    void eachSourceIsAskedInItsOwnVersionWithItsOwnAccount() throws Exception {
        try (FakeVeeam seven = veeam("v7");
                FakeVeeam six = FakeVeeam.start()
                        .on("POST /v6/token", Answer.TOKEN)
                        .on("GET /v6/Organizations", Answer.json("[{\"id\":\"other\",\"name\":\"other.com\"}]"))
                        .on("GET /v6/Organizations/other/Jobs", Answer.json("[]"))
                        .on("GET /v6/CopyJobs", Answer.json("[]"))) {
            var settings = new HashMap<>(TestPipeline.source("seven", seven.url(), "v7"));
            settings.putAll(TestPipeline.source("six", six.url(), "v6"));
            settings.put("source.six.username", "other");
            try (TestPipeline pipeline = TestPipeline.poll(database, settings)) {
                pipeline.nextSummary();
                pipeline.nextSummary();
            }

            assertThat(seven.calls("POST /v7/token").get(0).body()).contains("username=reader&");
            assertThat(six.calls("POST /v6/token").get(0).body()).contains("username=other&");
            assertThat(database.column("select distinct source from jobtrail.poll_receipt where outcome = 'COMPLETE'"))
                    .containsExactlyInAnyOrder("seven", "six");
        }
    }

    private static Map<String, String> settings(URI good, URI silent) {
        var settings = new HashMap<>(TestPipeline.source("good", good, "v7"));
        settings.putAll(TestPipeline.source("silent", silent, "v7"));
        settings.put("poll.period", "1s");
        settings.put("poll.deadline", "10s");
        return settings;
    }

    /** Takes connections, as its system does for it, and never answers. */
    private static ServerSocket silent() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static FakeVeeam veeam(String version) throws IOException {
        return FakeVeeam.start()
                .on("POST /" + version + "/token", Answer.TOKEN)
                .on("GET /" + version + "/Organizations", Answer.file("v7-organizations.json"))
                .on("GET /" + version + "/Organizations/" + NORTH + "/Jobs", Answer.file("v7-jobs-north.json"))
                .on("GET /" + version + "/Organizations/" + SOUTH + "/Jobs", Answer.file("v7-jobs-south.json"))
                .on("GET /" + version + "/CopyJobs", Answer.json("[]"));
    }
}
