package org.jobtrail.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
        write(sign(key, head("east", 1, 5), head("west", 1, 9), head("north", 1, 1)));

        assertThat(setBack())
                .contains(
                        "PostgreSQL was set back: checkpoint 1 of 2026-11-28T00:00:00Z in checkpoint.file, %s, has row 1 of organization north, the history ends at row 0 (and 1 organization more)"
                                .formatted(file));
    }

    @Test
    void oneThatHasAllOfItOrMoreWasNot() throws Exception {
        write(sign(key, head("east", 1, 5), head("west", 1, 6)));

        assertThat(setBack()).isEmpty();
    }

    @Test
    void aNewEpochIsSomebodysDecision() throws Exception {
        write(sign(key, head("west", 1, 9)));
        database.execute("update jobtrail.organization_head set epoch = 2 where organization_id = 'west'");

        assertThat(setBack()).isEmpty();
    }

    @Test
    void whatSomebodyElseHasSignedOrNobodyProvesNothing() throws Exception {
        assertThat(setBack()).as("no file").isEmpty();
        write(sign(CheckpointKey.open(directory.resolve("another.pem")), head("west", 1, 9)));
        assertThat(setBack()).as("another key").isEmpty();
        Files.writeString(file, "no checkpoint\n");
        assertThat(setBack()).as("no checkpoint").isEmpty();
    }

    private static Heads.Organization head(String id, int epoch, long seq) {
        return new Heads.Organization(id, epoch, seq, Checkpoint.NOTHING_BEFORE);
    }

    private static Checkpoint sign(CheckpointKey key, Heads.Organization... organizations) {
        return Checkpoint.sign(
                key,
                1,
                Checkpoint.NOTHING_BEFORE,
                Instant.parse("2026-11-28T00:00:00Z"),
                "test",
                new Heads(
                        new Heads.Database("1", "jobtrail"),
                        List.of(organizations),
                        List.of(),
                        new Heads.Notes(0, Checkpoint.NOTHING_BEFORE)));
    }

    private void write(Checkpoint checkpoint) throws Exception {
        Files.writeString(file, checkpoint.jws() + "\n");
    }

    private Optional<String> setBack() throws SQLException {
        try (Connection connection = database.connect()) {
            return new SignedHeads(new Settings.Checkpoint(directory.resolve("key.pem"), file, Duration.ofMinutes(1)))
                    .setBack(connection);
        }
    }
}
