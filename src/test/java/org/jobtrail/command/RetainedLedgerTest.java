package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.jobtrail.database.Database;
import org.jobtrail.kafka.Topics;
import org.jobtrail.publish.ForeseenHalts;
import org.jobtrail.record.Retention;
import org.jobtrail.settings.Settings.KafkaTopics;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Tampering;
import org.jobtrail.verify.Report.Verdict;
import org.junit.jupiter.api.Test;

/** A ledger that the program wrote and published, of which rows were removed and jobs erased: what verify and the views say of it. */
class RetainedLedgerTest extends PublishedLedger {

    private static final String CURRENT = "select * from report.current_job order by job_id";

    RetainedLedgerTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Override
    void configure(Properties properties) {
        properties.setProperty("absence.missing-after", "1");
    }

    @Test
    void whatIsPublishedWhileRetainComparesDoesNotPassForLost() throws Exception {
        list("Success", "a", "b");
        run();
        KafkaTopics topics = settings().topics();
        try (var real = new Database(database.settings(), 1);
                Admin admin = clients().admin()) {
            var halts = new ForeseenHalts(
                    real,
                    clients(),
                    admin,
                    topics,
                    new Topics(topics).identity(admin).orElseThrow());
            list("Failed", "a", "b");
            run();

            assertThat(halts.find()).isEmpty();
        }
    }

    @Test
    void staysIntactThroughRetentionErasureAndAllThatComesAfter() throws Exception {
        list("Success", "a", "b", "c", "d");
        run();
        list("Failed", "a", "b", "c");
        run();
        list("Warning", "a", "b", "c");
        assertIntact(8);
        List<Map<String, Object>> current = database.rows(CURRENT);

        assertThat(retain().rows()).isEqualTo(8);
        assertThat(database.rows(CURRENT)).hasSize(4).isEqualTo(current);
        assertThat(verdict().exitCode()).isZero();

        erase("a");
        erase("d");
        assertThat(verdict().exitCode())
                .as("intact, but not all of it is on the topic")
                .isEqualTo(10);
        run();
        assertIntact(5);
        assertThat(database.column("""
                        select job_id || ' ' || change_kind || ' ' || present from report.current_job order by job_id
                        """))
                .containsExactly(
                        "a rebaselined true", "b status-changed true", "c status-changed true", "d erased false");

        assertThat(retain().rows()).isPositive();
        assertThat(verdict().exitCode()).isZero();
        erase("b");
        run();
        assertThat(verdict().sentence()).startsWith("intact");
        assertThat(verdict().exitCode()).isZero();

        new Tampering(database)
                .edit("update jobtrail.sealed_row set payload = null, raw = null, salt = null where job_id = 'c'");
        assertThat(verdict().exitCode()).isEqualTo(20);
    }

    @Test
    void anOrganizationOfWhichAllIsSealedCannotBeRemovedWithoutATrace() throws Exception {
        list("Success", "a", "b");
        run();
        retain();
        assertThat(verdict().exitCode()).isZero();

        new Tampering(database).edit("""
                delete from jobtrail.sealed_row; delete from jobtrail.known_job; delete from jobtrail.job_list;
                delete from jobtrail.organization_head""");
        assertThat(verdict().sentence()).contains("organization east has a seal at row 2, but no head");
        assertThat(verdict().exitCode()).isEqualTo(21);
    }

    @Test
    void noMoreIsRemovedThanWasLookedFor() throws Exception {
        list("Success", "a", "b");
        run();
        Instant moment = Instant.now().plusSeconds(3600);
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            Retention.Range first = retention.retain("east", moment, 1);
            assertThat(first.rows()).isEqualTo(1);
            assertThat(first.waiting()).isEqualTo(1);
            assertThat(first.reason()).isEqualTo("have come to be removable meanwhile");
            assertThat(rows()).isEqualTo(1);

            assertThat(retention.retain("east", moment, 2).rows()).isEqualTo(1);
            assertThat(rows()).isZero();
        }
    }

    private void assertIntact(long rows) throws Exception {
        Verdict verdict = verdict();
        assertThat(verdict.sentence()).startsWith("intact: %d rows verified, all of them on the topic".formatted(rows));
        assertThat(verdict.exitCode()).isZero();
    }

    private Verdict verdict() throws Exception {
        return verify().verdict();
    }

    private Retention.Range retain() throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            return retention.retain("east", Instant.now().plusSeconds(3600));
        }
    }
}
