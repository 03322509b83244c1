package org.jobtrail.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jobtrail.support.Ledger.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jobtrail.database.Database;
import org.jobtrail.record.Retention;
import org.jobtrail.record.Retention.Range;
import org.jobtrail.support.Covered;
import org.jobtrail.support.Ledger;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(RealServers.class)
@TestInstance(Lifecycle.PER_CLASS)
class RetentionTest {

    private static final String VERSIONS = """
            select seq, job_id, present, last_status, enabled, valid_from, valid_to from report.job_version
            where organization_id = ? order by seq
            """;

    private final TestDatabase database;
    private final Ledger ledger;
    private final Covered covered;

    RetentionTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
        ledger = new Ledger(database);
        covered = new Covered(database);
    }

    @ParameterizedTest
    @CsvSource({
        "5, 5, 5, 0,",
        "5, 3, 3, 2, are not covered by a checkpoint yet",
        "3, 5, 3, 2, are not published yet",
        "0, 5, 0, 5, are not published yet",
        "5, 0, 0, 5, are not covered by a checkpoint yet"
    })
    void onlyWhatIsOnTheTopicAndCoveredByACheckpointIsRemoved(
            long published, long checkpointed, long removed, long waiting, String reason) throws SQLException {
        String id = "covered-%d-%d".formatted(published, checkpointed);
        ledger.poll(id, 5);
        covered.published(id, published);
        covered.checkpointed(id, checkpointed);
        Range expected = new Range(1, removed, 0, waiting, reason);
        assertThat(retainable(id)).isEqualTo(expected);

        assertThat(retain(id)).isEqualTo(new Range(1, removed, removed, waiting, reason));

        assertThat(seqs(id)).hasSize((int) (5 - removed));
        assertThat(count("sealed_row", id)).isEqualTo(removed);
        assertThat(count("ledger_note", id)).isEqualTo(removed == 0 ? 0 : 1);
    }

    @Test
    void rowsThatAreYoungEnoughStay() throws SQLException {
        ledger.poll("young", 2);
        ledger.poll("young", List.of(change("job-0", "status-changed"), change("job-0", "disabled")));
        ledger.poll("young", List.of(change("job-1", "status-changed")));
        covered.all("young");
        var second = (java.sql.Timestamp) database.value(
                "select observed_at from jobtrail.job_history where organization_id = 'young' and seq = 4");

        assertThat(retain("young", second.toInstant())).isEqualTo(new Range(1, 2, 2, 0, null));
        assertThat(seqs("young")).containsExactly(3L, 4L, 5L);
        assertThat(retain("young", second.toInstant().plusNanos(1_000))).isEqualTo(new Range(3, 4, 2, 0, null));
        assertThat(retain("young", Instant.EPOCH)).isEqualTo(new Range(5, 4, 0, 0, null));
    }

    @Test
    void whereNothingIsRemovedNoPollLosesItsClaim() throws SQLException {
        ledger.poll("undisturbed", 1);
        long claim = (Long) ledger.claim("undisturbed").get("claimed_poll");

        retain("undisturbed");

        assertThat(ledger.record("undisturbed", claim, List.of(change("late", "created"))))
                .containsEntry("superseded", false);
    }

    @Test
    void aPollOnItsWayIsSuperseded() throws SQLException {
        ledger.poll("overtaken", 1);
        covered.all("overtaken");
        long claim = (Long) ledger.claim("overtaken").get("claimed_poll");

        retain("overtaken");

        assertThat(ledger.record("overtaken", claim, List.of(change("late", "created"))))
                .containsEntry("superseded", true);
        assertThat(ledger.poll("overtaken", List.of(change("next", "created"))))
                .containsEntry("superseded", false)
                .containsEntry("last_seq", 2L);
    }

    @Test
    void theSealSaysWhatWasThereAndTheChainGoesOnFromIt() throws Exception {
        ledger.poll("sealed", 3);
        ledger.poll("sealed", List.of(change("job-1", "status-changed")));
        covered.all("sealed");
        List<Map<String, Object>> before = history("sealed");

        retain("sealed");
        ledger.poll("sealed", List.of(change("job-2", "missing")));

        JsonNode seal = seals("sealed").get(0);
        assertThat(seal.get("organizationId").asText()).isEqualTo("sealed");
        assertThat(seal.get("firstSeq").asLong()).isEqualTo(1);
        assertThat(seal.get("firstHash").asText()).isEqualTo(before.get(0).get("hash"));
        assertThat(seal.get("lastSeq").asLong()).isEqualTo(4);
        assertThat(seal.get("lastHash").asText()).isEqualTo(before.get(3).get("hash"));
        assertThat(seal.get("rows").asLong()).isEqualTo(4);
        assertThat(seal.get("observedFrom").asText()).isEqualTo(before.get(0).get("observed_at"));
        assertThat(seal.get("observedTo").asText()).isEqualTo(before.get(3).get("observed_at"));
        assertThat(seal.get("jobs").asLong()).isEqualTo(3);
        assertThat(seal.get("jobsDigest").asText()).isEqualTo(jobsDigest(before, 0, 2, 3));
        assertThat(history("sealed")).hasSize(1);
        assertThat(history("sealed").get(0))
                .containsEntry("prev_hash", before.get(3).get("hash"));
        assertThat(rows("jobtrail.sealed_row", "sealed"))
                .as("each is the row that it was, byte for byte")
                .containsExactly(before.get(0), before.get(2), before.get(3));
    }

    @Test
    void aSecondSealFollowsFromTheFirst() throws Exception {
        ledger.poll("twice", 3);
        covered.all("twice");
        List<Map<String, Object>> first = history("twice");
        retain("twice");
        ledger.poll("twice", List.of(change("job-0", "status-changed"), change("new", "created")));
        covered.all("twice");
        List<Map<String, Object>> second = history("twice");

        assertThat(retain("twice")).isEqualTo(new Range(4, 5, 4, 0, null));
        assertThat(retain("twice")).isEqualTo(new Range(1, 0, 0, 0, null));

        List<JsonNode> seals = seals("twice");
        assertThat(seals).hasSize(2);
        assertThat(seals.get(1).get("firstSeq").asLong()).isEqualTo(4);
        assertThat(seals.get(1).get("rows").asLong()).isEqualTo(2);
        assertThat(seals.get(1).get("jobs").asLong()).isEqualTo(4);
        first.addAll(second);
        assertThat(seals.get(1).get("jobsDigest").asText()).isEqualTo(jobsDigest(first, 1, 2, 3, 4));
        assertThat(database.value("select count(*) from jobtrail.lawful_change"))
                .isEqualTo(0L);
    }

    @Test
    void everyCurrentJobIsTheSameAsBeforeAndVersionsGoOnFromTheSeal() throws SQLException {
        ledger.poll("views", 3);
        ledger.poll(
                "views",
                List.of(
                        change("job-0", "disabled", Map.of("enabled", false)),
                        change("job-0", "status-changed", Map.of("enabled", false, "last_status", "Failed")),
                        change("job-1", "missing")));
        covered.all("views");
        ledger.poll("views", List.of(change("job-2", "status-changed", Map.of("last_status", "Warning"))));
        String current = "select * from report.current_job where organization_id = 'views' order by job_id";
        List<Map<String, Object>> jobs = database.rows(current);
        List<Map<String, Object>> versions = database.rows(VERSIONS, "views");

        assertThat(retain("views").rows()).isEqualTo(6);

        assertThat(database.rows(current)).isEqualTo(jobs);
        assertThat(database.rows(VERSIONS, "views"))
                .isEqualTo(versions.stream()
                        .filter(version -> List.of(3L, 5L, 6L, 7L).contains(version.get("seq")))
                        .toList());
    }

    /** Several changes of a job in one poll, jobs that go and come back, and rows removed in between wherever that is allowed. */
    @Test
    void overRandomHistoriesVersionsHaveNoOverlapAndNoGap() throws SQLException {
        var random = new Random(20261123);
        for (int poll = 0; poll < 60; poll++) {
            var changes = new ArrayList<Map<String, Object>>();
            for (int job = 0; job < 5; job++) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    String kind = List.of("status-changed", "disabled", "missing", "reappeared")
                            .get(random.nextInt(4));
                    changes.add(change("job-" + job, kind));
                }
            }
            ledger.poll("random", changes);
            long last = (Long)
                    database.value("select last_seq from jobtrail.organization_head where organization_id = 'random'");
            if (last > 1 && poll % 6 == 5) {
                List<Object> seqs = seqs("random");
                covered.published("random", last);
                covered.checkpointed("random", (Long) seqs.get(random.nextInt(seqs.size())));
                retain("random");
            }
        }

        String versions = """
                from (
                    select *, lead(valid_from) over (partition by job_id order by valid_from, seq) as next_from
                    from report.job_version where organization_id = 'random'
                ) version
                """;
        assertThat(count("sealed_row", "random")).isPositive();
        assertThat(database.value("select count(*) " + versions)).isNotEqualTo(0L);
        assertThat(database.rows("select * " + versions + " where valid_to is distinct from next_from"))
                .isEmpty();
        assertThat(database.rows("select * " + versions + " where valid_to <= valid_from"))
                .isEmpty();
        assertThat(database.rows("select job_id, count(*) " + versions
                        + " where valid_to is null group by job_id having count(*) <> 1"))
                .isEmpty();
        assertThat(database.rows("""
                        select state.job_id from jobtrail.job_state state
                        left join report.job_version version on version.organization_id = state.organization_id
                            and version.job_id = state.job_id and version.seq = state.last_seq and version.valid_to is null
                        where state.organization_id = 'random'
                            and (version.seq is null or version.present = state.missing)
                        """)).isEmpty();
        assertThat(database.rows("""
                        select line.seq from jobtrail.job_history line
                        join report.job_version version on version.organization_id = 'random'
                            and version.job_id = line.job_id and version.valid_from <= line.observed_at
                            and (version.valid_to is null or line.observed_at < version.valid_to)
                        where line.organization_id = 'random' group by line.seq having count(*) <> 1
                        """)).isEmpty();
    }

    @Test
    void thePublisherGoesOnWhereEverythingThatIsOnTheTopicIsSealed() throws SQLException {
        ledger.poll("quiet", 2);
        covered.all("quiet");
        String hash = (String) history("quiet").get(1).get("hash");
        retain("quiet");

        String cursors = Ledger.json(List.of(Map.of("organization_id", "quiet", "seq", 2, "hash", hash)));
        assertThat(reconcile(cursors)).isEmpty();
        assertThat(reconcile(cursors.replace(hash, "00".repeat(32))))
                .as("another history")
                .hasSize(1);
        assertThat(retainable("quiet").rows()).isZero();
    }

    @Test
    void nothingIsRemovedOfAPublicationThatIsHalted() throws SQLException {
        ledger.poll("halted", 2);
        covered.all("halted");
        database.execute("update jobtrail.publication set halted = 'why' where organization_id = 'halted'");

        assertThat(retain("halted")).isEqualTo(new Range(1, 0, 0, 2, "are of a publication that is halted"));
    }

    @Test
    void aLimitBetweenAnEpochAndTheRowBeforeItEndsAtThatRow() throws SQLException {
        ledger.poll("epoch", 2);
        beginEpochAfter("epoch", 5);
        covered.all("epoch");
        var first = (java.sql.Timestamp) database.value(
                "select observed_at from jobtrail.job_history where organization_id = 'epoch' and seq = 6");
        assertThat(retainable("epoch", first.toInstant())).isEqualTo(new Range(1, 2, 0, 0, null));

        assertThat(retain("epoch", first.toInstant())).isEqualTo(new Range(1, 2, 2, 0, null));
        assertThat(retain("epoch", first.toInstant())).isEqualTo(new Range(6, 5, 0, 0, null));
        assertThat(retain("epoch")).isEqualTo(new Range(6, 7, 2, 0, null));
    }

    @Test
    void anEpochThatIsNotPublishedYetWaitsWithItsRowsAndNotWithTheNumbersThatItLeftOut() throws SQLException {
        ledger.poll("waiting", 2);
        beginEpochAfter("waiting", 5);
        covered.checkpointed("waiting", 7);
        assertThat(retainable("waiting")).isEqualTo(new Range(1, 2, 0, 2, "are not published yet"));

        assertThat(retain("waiting")).isEqualTo(new Range(1, 2, 2, 2, "are not published yet"));
        assertThat(seqs("waiting")).containsExactly(6L, 7L);
        assertThat(retain("waiting")).isEqualTo(new Range(6, 5, 0, 2, "are not published yet"));
    }

    @Test
    void aHistoryWithAHoleIsNotRemoved() throws SQLException {
        ledger.poll("holed", 3);
        covered.all("holed");
        database.execute("alter table jobtrail.job_history disable trigger job_history_append_only");
        database.execute("delete from jobtrail.job_history where organization_id = 'holed' and seq = 2");
        database.execute("alter table jobtrail.job_history enable always trigger job_history_append_only");

        assertThatThrownBy(() -> retain("holed"))
                .hasMessageContaining("organization holed has 2 rows from 1 to 3: it is not removed, run verify");
        assertThat(seqs("holed")).containsExactly(1L, 3L);
    }

    @Test
    void anUnknownOrganizationIsRefused() {
        assertThatThrownBy(() -> retain("nobody")).hasMessageContaining("organization nobody has no history");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jobtrail_writer | select jobtrail.retain('guarded', now())",
                "jobtrail_writer | select jobtrail.claim_erasure('guarded', 'backup', 'job-0')",
                "jobtrail_writer | select jobtrail.erase('guarded', 'backup', 'job-0', 1, '[]')",
                "jobtrail_writer | select jobtrail.append_note('seal', 'guarded', '', '')",
                "jobtrail_writer | delete from jobtrail.job_history",
                "jobtrail_writer | update jobtrail.job_history set payload = null, raw = null, salt = null",
                "jobtrail_writer | insert into jobtrail.sealed_row select * from jobtrail.job_history",
                "jobtrail_writer | insert into jobtrail.lawful_change values (pg_current_xact_id(), 'retain')",
                "jobtrail_retention | select jobtrail.accept_suspect('guarded', null)",
                "jobtrail_retention | delete from jobtrail.job_history",
                "jobtrail_retention | insert into jobtrail.lawful_change values (pg_current_xact_id(), 'retain')",
                "jobtrail_publisher | select jobtrail.retain('guarded', now())",
                "jobtrail_reader | select jobtrail.retain('guarded', now())",
                "jobtrail_auditor | select jobtrail.retain('guarded', now())"
            })
    void nobodyElseRemovesOrErasesAnything(String role, String sql) throws SQLException {
        if (count("job_history", "guarded") == 0) {
            ledger.poll("guarded", 1);
            covered.all("guarded");
        }

        assertThatThrownBy(() -> as(role, sql))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("permission denied");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delete from jobtrail.job_history",
                "delete from jobtrail.sealed_row",
                "update jobtrail.sealed_row set payload = null, raw = null, salt = null",
                "truncate jobtrail.sealed_row",
                "set local session_replication_role = replica; delete from jobtrail.sealed_row"
            })
    void notEvenWhoOwnsTheTablesByPlainSql(String sql) throws SQLException {
        if (count("job_history", "owned") == 0) {
            ledger.poll("owned", 2);
            covered.published("owned", 2);
            covered.checkpointed("owned", 1);
            retain("owned");
        }

        assertThatThrownBy(() -> database.execute("begin; " + sql)).hasMessageContaining("it is append-only");
    }

    private Range retain(String organization) throws SQLException {
        return retain(organization, Instant.now().plusSeconds(3600));
    }

    private Range retain(String organization, Instant before) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            return retention.retain(organization, before);
        }
    }

    private Range retainable(String organization) throws SQLException {
        return retainable(organization, Instant.now().plusSeconds(3600));
    }

    private Range retainable(String organization, Instant before) throws SQLException {
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            return retention.retainable(organization, before);
        }
    }

    /** Two rows in a new epoch, above a topic that ends there. */
    private void beginEpochAfter(String organization, long topicSeq) throws SQLException {
        Object claim = database.value("select claimed_poll from jobtrail.claim_epoch(?, null)", organization);
        database.rows(
                "select first_seq from jobtrail.begin_epoch(?, ?, ?, ?, ?, ?::json, ?::json)",
                organization,
                claim,
                topicSeq,
                "00".repeat(32),
                1,
                Ledger.json(List.of(change("job-0", "rebaselined"), change("job-1", "rebaselined"))),
                "{\"cluster_id\": \"cluster\", \"topic_id\": \"topic\"}");
    }

    private void as(String role, String sql) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("set role " + role);
            statement.execute(sql);
        }
    }

    private List<Map<String, Object>> reconcile(String cursors) throws SQLException {
        return database
                .rows(
                        "select organization_id, halted from jobtrail.reconcile_publication(?::json, ?::json)",
                        cursors,
                        "{\"cluster_id\": \"cluster\", \"topic_id\": \"topic\"}")
                .stream()
                .filter(row -> row.get("organization_id").equals("quiet"))
                .toList();
    }

    private List<JsonNode> seals(String organization) throws Exception {
        var seals = new ArrayList<JsonNode>();
        for (Object content : database.column(
                "select content from jobtrail.ledger_note where kind = 'seal' and organization_id = ? order by seq",
                organization)) {
            seals.add(new ObjectMapper().readTree((String) content));
        }
        return seals;
    }

    private static String jobsDigest(List<Map<String, Object>> rows, int... kept) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (int row : kept) {
            sha256.update(HexFormat.of().parseHex((String) rows.get(row).get("hash")));
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private List<Map<String, Object>> history(String organization) throws SQLException {
        return rows("jobtrail.job_history", organization);
    }

    private List<Map<String, Object>> rows(String table, String organization) throws SQLException {
        return database.rows(
                HistoryChain.QUERY.replace("jobtrail.job_history", table + " as job_history")
                        + " where organization_id = ? order by job_history.seq",
                organization);
    }

    private List<Object> seqs(String organization) throws SQLException {
        return database.column(
                "select seq from jobtrail.job_history where organization_id = ? order by seq", organization);
    }

    private long count(String table, String organization) throws SQLException {
        return (Long)
                database.value("select count(*) from jobtrail." + table + " where organization_id = ?", organization);
    }
}
