package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.support.Ledger.change;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.database.Database;
import org.jobtrail.record.Erasure;
import org.jobtrail.record.Erasure.Erased;
import org.jobtrail.record.Retention;
import org.jobtrail.support.Covered;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.text.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class ErasureTest {

    private final TestDatabase database;
    private final Ledger ledger;
    private final Covered covered;

    ErasureTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
        covered = new Covered(database);
    }

    @Test
    void everyRowOfTheJobLosesWhatItHeldAndKeepsItsDigestsAndItsHash() throws SQLException {
        ledger.poll("blanked", List.of(change("job", "created"), change("other", "created")));
        ledger.poll("blanked", List.of(change("job", "status-changed"), change("other", "disabled")));
        covered.published("blanked", 4);
        List<Map<String, Object>> before = rows("blanked");

        assertThat(erase("blanked", "job")).contains(new Erased("backup", 5, 2));

        List<Map<String, Object>> after = rows("blanked");
        for (int i = 0; i < 4; i++) {
            boolean erased = i == 0 || i == 2;
            for (Map.Entry<String, Object> column : before.get(i).entrySet()) {
                boolean blank = erased && List.of("payload", "raw", "salt").contains(column.getKey());
                assertThat(after.get(i).get(column.getKey()))
                        .as(column.getKey())
                        .isEqualTo(blank ? null : column.getValue());
            }
        }
        assertThat(database.rows("""
                        select count(*) as n from jobtrail.job_history line
                        where organization_id = 'blanked' and hash <> jobtrail.chain_step(
                            null, prev_hash, 'jobtrail/job_history/1', jobtrail.job_history_item(line))
                        """)).containsExactly(Map.of("n", 0L));
    }

    @Test
    void aRowSaysSoAndTellsNothingOfTheJobButThatItWasThere() throws SQLException {
        ledger.poll("told", List.of(change("job", "created")));
        covered.published("told", 1);
        String previous = (String) rows("told").get(0).get("hash");

        erase("told", "job");

        Map<String, Object> row = rows("told").get(1);
        assertThat(row)
                .containsEntry("change_kind", "erased")
                .containsEntry("job_name", null)
                .containsEntry("enabled", null)
                .containsEntry("last_status", null)
                .containsEntry("previous_status", null)
                .containsEntry("last_run", null)
                .containsEntry("raw", null)
                .containsEntry("attempt", "0")
                .containsEntry("prev_hash", previous);
        assertThat((String) row.get("payload")).isEqualTo("""
                        {"source":"veeam","organization":{"id":"told","name":"told Ltd"},\
                        "job":{"type":"backup","id":"job"},"kind":"erased","present":true,\
                        "observedAt":"%s","apiVersion":"v7"}""".formatted(row.get("observed_at")));
        assertThat(database.rows("""
                        select kind, note, content::json ->> 'jobId' as job, content::json ->> 'rows' as rows
                        from jobtrail.ledger_note where organization_id = 'told'
                        """))
                .containsExactly(Map.of(
                        "kind",
                        "erasure",
                        "note",
                        "the payloads and texts of 1 rows of backup job job of organization told were erased; row 2 says so",
                        "job",
                        "job",
                        "rows",
                        "1"));
        assertThat(database.rows("""
                        select snapshot, encode(digest, 'hex') as digest, encode(raw_digest, 'hex') as raw_digest, missing, last_seq
                        from jobtrail.job_state where organization_id = 'told'
                        """))
                .containsExactly(Map.of(
                        "snapshot",
                        "{}",
                        "digest",
                        Sha256.hex("{}"),
                        "raw_digest",
                        "00".repeat(32),
                        "missing",
                        false,
                        "last_seq",
                        2L));
    }

    @Test
    void aSecondErasureHasNothingToDoUntilTheJobIsSeenAgain() throws SQLException {
        ledger.poll("again", List.of(change("job", "created")));
        covered.published("again", 1);
        erase("again", "job");
        long claim = (Long) ledger.claim("again").get("claimed_poll");

        assertThat(erase("again", "job")).isEmpty();

        assertThat(rows("again")).hasSize(2);
        assertThat(ledger.record("again", claim, List.of(change("job", "status-changed"))))
                .as("nobody lost a claim for nothing")
                .containsEntry("superseded", false);
        covered.published("again", 3);
        assertThat(erase("again", "job")).contains(new Erased("backup", 4, 1));
        assertThat(rows("again"))
                .extracting(row -> row.get("payload") == null)
                .as("what an erasure says stays")
                .containsExactly(true, false, true, false);
    }

    @Test
    void whereNothingMoreIsPublishedAnErasureSaysWhatItWaitsForInVain() throws SQLException {
        ledger.poll("halted", List.of(change("job", "created")));
        covered.published("halted", 1);
        ledger.poll("halted", List.of(change("job", "status-changed")));
        database.execute(
                "update jobtrail.publication set halted = 'Kafka lost data', halted_by = 'kafka-lost-data' where organization_id = 'halted'");

        assertThatThrownBy(() -> erase("halted", "job"))
                .hasMessageContaining(
                        "job job is not erased, as nothing more is published of organization halted: Kafka lost data");
    }

    @Test
    void aJobIsNotErasedBeforeItsRowsArePublished() throws SQLException {
        ledger.poll("unpublished", List.of(change("job", "created"), change("other", "created")));

        assertThatThrownBy(() -> erase("unpublished", "job"))
                .hasMessageContaining("row 1 of job job is not published yet");
        covered.published("unpublished", 1);
        assertThatThrownBy(() -> erase("unpublished", "other"))
                .hasMessageContaining("row 2 of job other is not published yet");
        assertThat(erase("unpublished", "job")).isPresent();
        assertThat(rows("unpublished"))
                .extracting(row -> row.get("payload") == null)
                .containsExactly(true, false, false);
    }

    @Test
    void whatIsNotKnownIsRefusedInASentence() throws SQLException {
        ledger.poll("known", List.of(change("job", "created")));
        new Ledger(database, "copy").poll("known", List.of(change("job", "created", Map.of("job_type", "copy"))));
        covered.published("known", 2);

        assertThatThrownBy(() -> erase("nobody", "job")).hasMessageContaining("organization nobody has no history");
        assertThatThrownBy(() -> erase("known", "jib"))
                .hasMessageContaining("organization known has no backup or copy job jib");
        assertThatThrownBy(() -> erase("known", "job"))
                .hasMessageContaining("organization known has a backup and copy job job: say which one is meant");
        assertThat(erase("known", "copy", "job")).contains(new Erased("copy", 3, 1));
        assertThat(rows("known")).extracting(row -> row.get("payload") == null).containsExactly(false, true, false);
    }

    @Test
    void sealedRowsAreBlankedTooAndTheirSealStillHolds() throws SQLException {
        ledger.poll("sealed", List.of(change("job", "created"), change("other", "created")));
        covered.all("sealed");
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            retention.retain("sealed", Instant.now().plusSeconds(3600));
        }

        assertThat(erase("sealed", "job")).contains(new Erased("backup", 3, 1));

        assertThat(database.rows("""
                        select seq, payload is null and raw is null and salt is null as blank from jobtrail.sealed_row line
                        where organization_id = 'sealed' and hash = jobtrail.chain_step(null, prev_hash,
                            'jobtrail/job_history/1', jobtrail.job_history_item(
                                jsonb_populate_record(null::jobtrail.job_history, to_jsonb(line))))
                        order by seq
                        """))
                .containsExactly(Map.of("seq", 1L, "blank", true), Map.of("seq", 2L, "blank", false));
        assertThat(database.value("""
                        select content::json ->> 'jobsDigest' = (
                            select encode(sha256(string_agg(hash, ''::bytea order by seq)), 'hex')
                            from jobtrail.sealed_row where organization_id = 'sealed')
                        from jobtrail.ledger_note where organization_id = 'sealed' and kind = 'seal'
                        """)).isEqualTo(true);
    }

    @Test
    void elementsThatCouldNotBeReadAndHoldItsIdAreBlankedInWhoeversListTheyStood() throws SQLException {
        String uuid = "70a8cbaf-642f-4c6f-934d-fb10e597a82a";
        ledger.poll("elements", List.of(change(uuid, "created")));
        covered.published("elements", 1);
        rejected("elements", 1, "{\"id\":\"%s\",\"name\":".formatted(uuid.toUpperCase(java.util.Locale.ROOT)));
        rejected("elements", 2, "{\"href\":\"/v7/Jobs/%s\"}".formatted(uuid));
        rejected("elements", 3, "{\"id\":\"another\"}");
        rejected("", 4, "{\"backupJobId\":\"%s\"}".formatted(uuid));
        rejected("elsewhere", 5, "{\"id\":\"%s\"}".formatted(uuid));
        rejected("another-source", "elements", 6, "{\"id\":\"%s\"}".formatted(uuid));

        erase("elements", uuid);

        assertThat(database.column("""
                        select encode(digest, 'hex') || ' ' || reason || ' ' || (raw = '') from jobtrail.rejected_job order by digest
                        """))
                .containsExactly(
                        "01 erased true",
                        "02 erased true",
                        "03 why false",
                        "04 erased true",
                        "05 erased true",
                        "06 why false");
    }

    @Test
    void aPollOnItsWayIsSupersededAndOneThatComesBetweenGoesFirst() throws SQLException {
        ledger.poll("raced", List.of(change("job", "created")));
        covered.published("raced", 1);
        long poll = (Long) ledger.claim("raced").get("claimed_poll");
        long erasure =
                (Long) database.value("select claimed_poll from jobtrail.claim_erasure('raced', 'backup', 'job')");
        assertThat(ledger.record("raced", poll, List.of(change("job", "disabled"))))
                .containsEntry("superseded", true);
        ledger.poll("raced", List.of(change("other", "created")));

        assertThat(database.rows(
                        "select superseded, rows from jobtrail.erase('raced', 'backup', 'job', ?, '[]')", erasure))
                .containsExactly(Map.of("superseded", true, "rows", 0L));
        assertThat(erase("raced", "job")).contains(new Erased("backup", 3, 1));
    }

    @Test
    void onlyTheRowThatSaysSoIsAppended() throws SQLException {
        ledger.poll("forged", List.of(change("job", "created")));
        covered.published("forged", 1);
        long claim =
                (Long) database.value("select claimed_poll from jobtrail.claim_erasure('forged', 'backup', 'job')");

        for (String changes : List.of(
                "[]",
                Ledger.json(List.of(change("job", "missing"))),
                Ledger.json(List.of(change("other", "erased"))),
                Ledger.json(List.of(change("job", "erased"), change("job", "created"))))) {
            assertThatThrownBy(() -> database.rows(
                            "select * from jobtrail.erase('forged', 'backup', 'job', ?, ?::json)", claim, changes))
                    .hasMessageContaining("an erasure appends one row of kind erased");
        }
        assertThat(rows("forged")).hasSize(1);
    }

    @Test
    void anErasureDoesNotBringAMissingJobBackInAnyView() throws SQLException {
        ledger.poll("missing", List.of(change("gone", "created"), change("there", "created")));
        ledger.poll("missing", List.of(change("gone", "missing")));
        covered.all("missing");
        erase("missing", "gone");
        erase("missing", "there");
        String current = """
                select job_id, present, change_kind from report.current_job where organization_id = 'missing' order by job_id
                """;
        String versions = """
                select job_id, present from report.job_version where organization_id = 'missing' and valid_to is null
                order by job_id
                """;
        var jobs = List.of(
                Map.of("job_id", "gone", "present", false, "change_kind", "erased"),
                Map.of("job_id", "there", "present", true, "change_kind", "erased"));
        List<Map<String, Object>> latest =
                List.of(Map.of("job_id", "gone", "present", false), Map.of("job_id", "there", "present", true));

        assertThat(database.rows(current)).isEqualTo(jobs);
        assertThat(database.rows(versions)).isEqualTo(latest);
        covered.all("missing");
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            retention.retain("missing", Instant.now().plusSeconds(3600));
        }
        assertThat(database.rows(current)).isEqualTo(jobs);
        assertThat(database.rows(versions)).isEqualTo(latest);
        assertThat(database.rows("select * from report.daily_status where organization_id = 'missing'"))
                .isEmpty();
    }

    @Test
    void anErasureBeginsNoVersionOfTheJobAndTheNextPollDoes() throws SQLException {
        ledger.poll("versions", List.of(change("job", "created"), change("other", "created")));
        covered.all("versions");
        erase("versions", "job");
        ledger.poll("versions", List.of(change("other", "disabled")));
        ledger.poll("versions", List.of(change("job", "status-changed")));

        assertThat(database.rows("""
                        select seq, job_name, last_status, present, valid_to is null as latest from report.job_version
                        where organization_id = 'versions' and job_id = 'job' order by seq
                        """))
                .extracting(row -> "%s: %s, %s, %s, %s".formatted(row.values().toArray()))
                .containsExactly("1: Name of job, Success, true, false", "5: Name of job, Success, true, true");
    }

    private Optional<Erased> erase(String organization, String job) throws SQLException {
        return erase(organization, null, job);
    }

    private Optional<Erased> erase(String organization, String type, String job) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var erasure = new Erasure(real)) {
            return erasure.erase(organization, type, job);
        }
    }

    @Test
    void aJobWhoseElementWasKeptAsideSinceItWasErasedIsErasedOnceMore() throws SQLException {
        ledger.poll("aside", List.of(change("job-aside", "created")));
        covered.published("aside", 1);
        erase("aside", "job-aside");
        covered.published("aside", 2);
        assertThat(erase("aside", "job-aside")).isEmpty();
        rejected("aside", 1, "{\"id\":\"job-aside\",\"name\":");

        assertThat(erase("aside", "job-aside")).contains(new Erased("backup", 3, 0));

        assertThat(database.value("select raw from jobtrail.rejected_job where organization_id = 'aside'"))
                .isEqualTo("");
        covered.published("aside", 3);
        assertThat(erase("aside", "job-aside")).isEmpty();
        database.execute("delete from jobtrail.rejected_job where organization_id = 'aside'");
    }

    private void rejected(String organization, int digest, String raw) throws SQLException {
        rejected(Ledger.SOURCE, organization, digest, raw);
    }

    private void rejected(String source, String organization, int digest, String raw) throws SQLException {
        database.rows(
                "select jobtrail.keep_rejected(?, ?, 1, now(), ?::json)::text",
                source,
                organization,
                Ledger.json(
                        List.of(Map.of("job_type", "backup", "digest", "0" + digest, "reason", "why", "raw", raw))));
    }

    private List<Map<String, Object>> rows(String organization) throws SQLException {
        return database.rows(
                HistoryChain.QUERY.replace(
                                "select source",
                                "select encode(payload_digest, 'hex') as payload_digest, encode(raw_digest, 'hex') as raw_digest, source")
                        + " where organization_id = ? order by job_history.seq",
                organization);
    }
}
