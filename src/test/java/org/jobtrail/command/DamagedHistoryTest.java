package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.IntStream;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Tampering;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.jobtrail.verify.Report;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page of the history that PostgreSQL cannot read any more, on its disk. */
class DamagedHistoryTest extends PublishedLedger {

    private static final int PAGE = 8192;
    private static final String SAYS = "the history of organization east cannot be read (invalid page in block ";
    private static final String[] MANY =
            IntStream.range(0, 40).mapToObj(i -> "job-" + i).toArray(String[]::new);

    DamagedHistoryTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @BeforeEach
    void publishBoth() throws Exception {
        veeam.on("GET /v7/Organizations", TWO);
        list("Success", MANY);
        west("Success");
        run();
    }

    @Test
    void haltsWhoseRowsAreOnItBeforeTheyArePublishedAndNobodyElse() throws Exception {
        list("Failed", MANY);
        recordOnly();
        damagePageWhere("bool_and(organization_id = 'east' and seq > 40)");
        west("Failed");

        assertHaltedAndOthersGoOn();
        assertThat(published("east")).isEqualTo(40);
    }

    @Test
    void haltsWhoseLastPublishedRowIsOnIt() throws Exception {
        list("Failed", MANY);
        run();
        west("Warning");
        run();
        damagePageWhere(
                "bool_or(organization_id = 'east' and seq = 80) and not bool_or(organization_id = 'west' and seq = 80)");
        west("Failed");

        assertHaltedAndOthersGoOn();
    }

    @Test
    void keepsNobodyFromBeingRecorded() throws Exception {
        list("Failed", MANY);
        recordOnly();
        damagePageWhere("bool_and(organization_id = 'east' and seq > 40)");
        list("Warning", MANY);
        west("Failed");

        assertHaltedAndOthersGoOn();
        assertThat(database.value("select last_seq from jobtrail.organization_head where organization_id = 'east'"))
                .isEqualTo(120L);
    }

    /** As no page with a checksum comes to hold them by itself, but whoever owns the database can write them. */
    @ParameterizedTest
    @CsvSource({
        "'no JSON', 'invalid input syntax for type json'",
        "'{\"after\":', 'invalid input syntax for type json'",
        "\\xff, 'invalid byte sequence for encoding'"
    })
    void haltsWhosePayloadIsNotWhatWasRecordedAndNobodyElse(String payload, String damage) throws Exception {
        list("Failed", MANY);
        recordOnly();
        database.execute("create cast (bytea as text) without function");
        database.execute("alter table jobtrail.job_history disable trigger user");
        database.execute("""
                update jobtrail.job_history set payload = ('%s'%s)::text where organization_id = 'east' and seq = 60
                """.formatted(payload, payload.startsWith("\\x") ? "::bytea" : ""));
        west("Failed");

        assertHaltedAndOthersGoOn("the history of organization east cannot be read (" + damage);
        assertThat(published("east")).isEqualTo(40);
    }

    @Test
    void keepsVerifyFromNothingButItsOrganization() throws Exception {
        list("Failed", MANY);
        run();
        damagePageWhere("bool_and(organization_id = 'east' and seq > 40)");

        Report report = verify();

        assertThat(report.verdict().exitCode()).isEqualTo(30);
        assertThat(report.verdict().sentence()).startsWith("could not verify: " + SAYS);
        assertThat(report.lines())
                .contains(
                        "history: 1 organization, 40 rows; of 1 organization, it cannot be read",
                        "protection: as installed")
                .noneMatch(line -> line.contains("_CONTRADICTS"))
                .anyMatch(line -> line.startsWith("checkpoints: ") && line.contains("; 0 rows are not covered yet"))
                .anyMatch(line -> line.startsWith("UNREADABLE: " + SAYS));
    }

    @Test
    void hidesNoTamperingOfAnother() throws Exception {
        list("Failed", MANY);
        run();
        new Tampering(database)
                .edit(
                        "update jobtrail.job_history set last_status = 'Failed' where organization_id = 'west' and seq = 3",
                        "update jobtrail.poll_receipt set outcome = 'PARTIAL' where seq = 1");
        damagePageWhere("bool_and(organization_id = 'east' and seq > 40)");

        Report report = verify();

        assertThat(report.verdict().exitCode()).as(report.lines().toString()).isEqualTo(20);
        assertThat(report.verdict().sentence()).startsWith("NOT intact: organization west, row 3: its columns are not");
        assertThat(report.lines())
                .anyMatch(line -> line.startsWith("CHAIN_BROKEN: organization west, row 3: "))
                .anyMatch(line -> line.startsWith("RECEIPTS_BROKEN: "))
                .anyMatch(line -> line.startsWith("UNREADABLE: " + SAYS));
    }

    private void assertHaltedAndOthersGoOn() throws Exception {
        assertHaltedAndOthersGoOn(SAYS);
    }

    private void assertHaltedAndOthersGoOn(String says) throws Exception {
        SingleRun.Result run = runOnce();

        assertThat(run.exitCode()).as(run.summary()).isEqualTo(1);
        assertThat(run.summary()).contains("HALTED", says).doesNotContain("checkpoint");
        assertThat(database.rows(
                        "select organization_id, halted_by from jobtrail.publication where halted is not null"))
                .singleElement()
                .hasToString("{organization_id=east, halted_by=history-damaged}");
        assertThat(published("west"))
                .isEqualTo(database.value(
                        "select last_seq from jobtrail.organization_head where organization_id = 'west'"))
                .isGreaterThan(40);
    }

    private void west(String status) {
        veeam.on("GET /v7/Organizations/west/Jobs", listed(status, MANY));
    }

    private void recordOnly() throws Exception {
        TestPipeline.pollOnce(database, TestPipeline.source("veeam", veeam.url(), "v7"));
    }

    private long published(String organization) {
        return kafka.committedRecords(events).stream()
                .filter(record -> record.key().startsWith(organization + "/"))
                .count();
    }

    /** Goes on with a copy that the server has not read yet: a page in its memory would still be whole. */
    private void damagePageWhere(String rows) throws Exception {
        // Not the last page, to which PostgreSQL writes what comes next.
        Object page = database.value("""
                select (ctid::text::point)[0]::bigint as page from jobtrail.job_history
                group by page having %s order by page limit 1""".formatted(rows));
        String file = (String) database.value("select pg_relation_filepath('jobtrail.job_history')");
        // As large organizations are, so that reading the whole table would seem cheaper.
        database.execute("analyze jobtrail.job_history");
        TestDatabase copy = postgres.copyOfTheFilesOf(database);
        Path there = Path.of(
                (String) copy.value("show data_directory"),
                "base",
                copy.value("select oid from pg_database where datname = current_database()")
                        .toString(),
                Path.of(file).getFileName().toString());
        try (var damaged = new RandomAccessFile(there.toFile(), "rw")) {
            damaged.seek((Long) page * PAGE);
            damaged.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
        }
        database = copy;
    }
}
