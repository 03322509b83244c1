package org.jobtrail.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jobtrail.database.Database;
import org.jobtrail.record.Erasure;
import org.jobtrail.support.Answer;
import org.jobtrail.support.Covered;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A history that is written on while it is read. */
@ExtendWith(RealServers.class)
class HistoryProofTest {

    private final TestDatabase database;
    private final Findings findings = new Findings();

    HistoryProofTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @BeforeEach
    void recordTwoJobs() throws Exception {
        try (FakeVeeam veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"east\",\"name\":\"East Ltd\"}]"))) {
            for (String status : new String[] {"Success", "Failed"}) {
                veeam.on(
                        "GET /v7/Organizations/east/Jobs",
                        Answer.json("[{\"id\":\"a\",\"name\":\"A\",\"lastStatus\":\"%1$s\"},".formatted(status)
                                + "{\"id\":\"b\",\"name\":\"B\",\"lastStatus\":\"%1$s\"}]".formatted(status)));
                TestPipeline.pollOnce(database, veeam, "v7");
            }
        }
        new Covered(database).published("east", 4);
    }

    @Test
    void whatIsErasedWhileItIsReadIsExplainedByRowsThatComeAfterIt() throws Exception {
        assertThat(foundWhile(() -> {
                    erase("a");
                    erase("b");
                }))
                .isEmpty();
    }

    @Test
    void whatSomebodyBlanksWhileAnotherJobIsErasedIsFound() throws Exception {
        assertThat(foundWhile(() -> {
                    erase("a");
                    database.execute("alter table jobtrail.job_history disable trigger user");
                    database.execute(
                            "update jobtrail.job_history set payload = null, raw = null, salt = null where job_id = 'b'");
                }))
                .extracting(Finding::text)
                .anyMatch(text -> text.contains("its payload is gone, and nothing says that backup job b was erased"));
    }

    private interface Meanwhile {
        void happens() throws SQLException;
    }

    /** All four rows are read afterwards, with what was the head before. */
    private List<Finding> foundWhile(Meanwhile meanwhile) throws Exception {
        try (Connection connection =
                DriverManager.getConnection(database.url(), database.username(), database.password())) {
            var notes = new NoteVerification(connection, findings);
            Stand stand = Stand.read(connection, Scope.ALL, notes, "east");
            meanwhile.happens();
            var proof = new HistoryProof("east", stand, Scope.ALL, notes, new StoredRows(connection));
            proof.judge();
            assertThat(proof.rows()).isEqualTo(4);
            return proof.found();
        }
    }

    private void erase(String job) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var erasure = new Erasure(real)) {
            assertThat(erasure.erase("east", "backup", job)).isPresent();
        }
    }
}
