package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When organizations are claimed: who is claimed long before its turn, another instance supersedes meanwhile. */
@ExtendWith(RealServers.class)
class ClaimOrganizationsTest {

    /** Three batches, and some of a fourth. */
    private static final List<String> ORGANIZATIONS =
            IntStream.range(100, 270).mapToObj(i -> "o" + i).toList();

    private final TestDatabase database;

    ClaimOrganizationsTest(PostgresServer server) throws Exception {
        database = server.migratedDatabase();
    }

    @Test
    void aBatchIsClaimedWhenTheOneBeforeHasBeenRead() throws Exception {
        try (FakeVeeam veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/CopyJobs", Answer.json("[]"))
                .on(
                        "GET /v7/Organizations",
                        Answer.json(ORGANIZATIONS.stream()
                                .map("{\"id\":\"%s\"}"::formatted)
                                .collect(Collectors.joining(",", "[", "]"))))) {
            ORGANIZATIONS.forEach(id -> veeam.on(
                    "GET /v7/Organizations/%s/Jobs".formatted(id),
                    Answer.json("[{\"id\":\"a\",\"name\":\"A\",\"isEnabled\":true}]")));

            TestPipeline.pollOnce(database, veeam, "v7", Map.of("source.veeam.concurrency", "1"));
        }

        List<Map<String, Object>> batches = database.rows("""
                select count(*) as organizations, min(jobtrail.iso(observed_at)) as claimed, max(jobtrail.iso(recorded_at)) as recorded
                from jobtrail.job_history group by (substr(organization_id, 2)::integer - 100) / 50 order by claimed""");
        assertThat(batches).extracting(batch -> batch.get("organizations")).containsExactly(50L, 50L, 50L, 20L);
        for (int i = 1; i < batches.size(); i++) {
            assertThat(batches.get(i).get("claimed").toString())
                    .isGreaterThan(batches.get(i - 1).get("recorded").toString());
        }
    }
}
