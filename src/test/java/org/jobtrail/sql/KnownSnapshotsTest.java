package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.Tampering;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.transform.JobSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job was like is in its last row, and nowhere else. */
@ExtendWith(RealServers.class)
class KnownSnapshotsTest {

    private final TestDatabase database;
    private final Ledger ledger;

    KnownSnapshotsTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\":\"created\",\"before\":null,\"after\":{\"name\":\"Größe 📧\"}} | {\"name\":\"Größe 📧\"}",
                "{\"kind\":\"enabled\",\"before\":{\"n\":1},\"after\":{\"n\":1.0}} | {\"n\":1.0}",
                "{\"kind\":\"missing\",\"before\":{\"name\":\"gone\"},\"after\":null} | {\"name\":\"gone\"}",
                "{\"kind\":\"erased\",\"present\":true} | {}",
                "{\"before\":null,\"after\":{\"name\":\",\\\"after\\\":{\"}} | {\"name\":\",\\\"after\\\":{\"}",
                "{\"before\":{\"n\":1,\"after\":{\"n\":2}},\"after\":{\"n\":3}} | {\"n\":3}",
                "{\"before\":null,\"after\":{\"n\":4,\"after\":{\"n\":5}}} | {\"n\":4,\"after\":{\"n\":5}}",
                "{\"before\":{\"n\":6,\"after\":{\"n\":7}},\"after\":null} | {\"n\":6,\"after\":{\"n\":7}}"
            })
    void itIsWhatTheRowSaysUnderAfterAndUnderBeforeWhereTheJobIsMissing(String payload, String snapshot)
            throws SQLException, IOException {
        assertThat(JobSnapshot.leftBy(payload.getBytes(StandardCharsets.UTF_8)).json())
                .isEqualTo(snapshot);
        ledger.poll("east", List.of(Ledger.change("job", "created", Map.of("payload", payload))));

        assertThat(known("east", "job")).containsExactly(snapshot);
        assertThat(database.column("select snapshot from jobtrail.job_state")).containsExactly(snapshot);

        new Tampering(database)
                .edit("with moved as (delete from jobtrail.job_history returning *)"
                        + " insert into jobtrail.sealed_row select * from moved");
        assertThat(known("east", "job")).as("sealed").containsExactly(snapshot);
        assertThat(database.column("select snapshot from jobtrail.job_state"))
                .as("sealed")
                .containsExactly(snapshot);
    }

    @Test
    void nothingIsKnownOfAJobWhoseLastRowIsNotThereAnyMoreHoweverManyAreBeforeIt() throws SQLException {
        ledger.poll("east", List.of(Ledger.change("job", "created"), Ledger.change("other", "created")));
        ledger.poll("east", List.of(Ledger.change("job", "enabled"), Ledger.change("other", "enabled")));

        new Tampering(database).edit("delete from jobtrail.job_history where seq = 3");

        assertThat(known("east", "job")).isEmpty();
        assertThat(known("east", "other")).hasSize(1);
    }

    private List<String> known(String organization, String job) throws SQLException {
        Map<String, Object> changed = Map.of(
                "organization_ids", new String[] {organization},
                "job_types", new String[] {"backup"},
                "job_ids", new String[] {job});
        return database.query("known_snapshots", changed).stream()
                .map(row -> new String((byte[]) row.get("snapshot"), StandardCharsets.UTF_8))
                .toList();
    }
}
