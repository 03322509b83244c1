package org.jobtrail.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jobtrail.settings.Settings;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the file of the checkpoints proves of a database, and what it does not. */
@ExtendWith(RealServers.class)
class SignedHeadsTest {

    @TempDir
    Path directory;

    private final TestDatabase database;
    private Path file;
    private CheckpointKey key;

    SignedHeadsTest(PostgresServer postgres) throws SQLException {
        database = postgres.migratedDatabase();
    }

    @BeforeEach
    void record() throws SQLException {
        file = directory.resolve("checkpoints.jws");
        key = CheckpointKey.open(directory.resolve("key.pem"));
        database.execute("""
                insert into jobtrail.organization_head (organization_id, source, claimed_at, epoch, last_seq)
                values ('east', 'veeam', now(), 1, 5), ('west', 'veeam', now(), 1, 7)
                """);
    }

    @Test
    void aHistoryThatEndsBeforeWhatWasSignedOfItWasSetBack() throws Exception {
        sign(key, head("east", 1, 5), head("west", 1, 9), head("north", 1, 1));

        assertThat(setBack())
                .contains(
                        "PostgreSQL was set back: checkpoint 1 of 2026-11-28T00:00:00Z in checkpoint.file, %s, has row 1 of organization north, the history ends at row 0 (and 1 organization more)"
                                .formatted(file));
    }

    @Test
    void oneThatHasAllOfItOrMoreWasNot() throws Exception {
        sign(key, head("east", 1, 5), head("west", 1, 6));

        assertThat(setBack()).isEmpty();
    }

    @Test
    void aNewEpochIsSomebodysDecision() throws Exception {
        sign(key, head("west", 1, 9));
        database.execute("update jobtrail.organization_head set epoch = 2 where organization_id = 'west'");

        assertThat(setBack()).isEmpty();
    }

    @Test
    void whatSomebodyElseHasSignedOrNobodyProvesNothing() throws Exception {
        assertThat(setBack()).as("no file").isEmpty();
        sign(CheckpointKey.open(directory.resolve("another.pem")), head("west", 1, 9));
        assertThat(setBack()).as("another key").isEmpty();
        Files.writeString(file, "no checkpoint\n");
        assertThat(setBack()).as("no checkpoint").isEmpty();
    }

    @Test
    void whatWasProvenStaysSoWhereTheFileIsLostMeanwhile() throws Exception {
        sign(key, head("west", 1, 9));
        SignedHeads heads = heads();
        assertThat(setBack(heads)).isPresent();
        Files.delete(file);

        assertThat(setBack(heads)).isPresent();

        database.execute("update jobtrail.organization_head set last_seq = 9 where organization_id = 'west'");
        assertThat(setBack(heads)).isEmpty();
    }

    private static Heads.Organization head(String id, int epoch, long seq) {
        return new Heads.Organization(id, epoch, seq, Checkpoint.NOTHING_BEFORE);
    }

    private void sign(CheckpointKey by, Heads.Organization... organizations) throws IOException {
        SignedCheckpoint.write(by, file, organizations);
    }

    private Optional<String> setBack() throws SQLException {
        return setBack(heads());
    }

    private Optional<String> setBack(SignedHeads heads) throws SQLException {
        try (Connection connection = database.connect()) {
            return heads.setBack(connection);
        }
    }

    private SignedHeads heads() {
        return new SignedHeads(new Settings.Checkpoint(directory.resolve("key.pem"), file, Duration.ofMinutes(1)));
    }
}
