package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jobtrail.database.Database;
import org.jobtrail.pipeline.Pipeline.Polls;
import org.jobtrail.record.Retention;
import org.jobtrail.recover.CannotRecoverException;
import org.jobtrail.recover.FromTopic;
import org.jobtrail.support.Answer;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.Tampering;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.jobtrail.verify.Report;
import org.junit.jupiter.api.Test;

/** PostgreSQL and Kafka contradict each other: nothing new is published until the command that the halt names was run. */
class RecoveryTest extends PublishedLedger {

    RecoveryTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        super(postgres, kafka);
    }

    @Test
    void rowsThatARestoredDatabaseHasLostComeBackFromTheTopicAndNothingIsRecordedBefore() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        List<Map<String, Object>> current = database.rows("select job_id, last_status, seq from report.current_job");
        database = copy;
        list("Success", "a", "b", "c");

        String reason = "PostgreSQL was set back: Kafka has row 5 of organization east, the history ends at row 2";
        assertHalted(reason);
        assertHalted(reason);
        assertThat(rows()).isEqualTo(2);
        assertThat(database.column("select not_complete from jobtrail.poll_receipt order by seq desc limit 1"))
                .first()
                .asString()
                .contains("nothing is recorded: PostgreSQL was set back");

        assertThat(recoverFromTopic()).isTrue();
        assertThat(told)
                .containsExactly(
                        "lost with the database, and nowhere to be had back: receipts 2 of source veeam",
                        "organization east: rows 3 to 5 restored from the topic, without the texts that the server sent; publishing goes on after row 5");
        assertThat(database.rows("select job_id, last_status, seq from report.current_job"))
                .containsExactlyInAnyOrderElementsOf(current);

        run();
        assertThat(database.column("select change_kind from jobtrail.job_history where seq > 5 order by seq"))
                .as("what the server shows now, against what was restored")
                .containsExactly("status-changed", "status-changed", "status-changed");
        assertTopicIsTheHistory();
        assertIntact("rows 3 to 5 of organization east were restored from the topic");
    }

    @Test
    void ofWhatWasReadFromTheTopicNothingStaysWhereTheRecoveryFails() throws Exception {
        database = backUpAndGoOn("Success");
        assertHalted("PostgreSQL was set back");
        database.execute("""
                create function public.no_space() returns trigger language plpgsql as $$
                begin
                    if exists (select from jobtrail.recovered_event) then
                        raise disk_full using message = 'no space is left';
                    end if;
                    return new;
                end $$;
                create trigger no_space before insert on jobtrail.job_history for each row execute function public.no_space();
                """);

        assertThatThrownBy(this::recoverFromTopic)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("no space is left");

        assertThat(database.rows("select from jobtrail.recovered_event")).isEmpty();
    }

    @Test
    void aLostDatabaseComesBackFromTheTopicWholly() throws Exception {
        backUpAndGoOn("Success");
        database = postgres.emptyDatabase();

        assertHalted("PostgreSQL was set back: Kafka has row 5 of organization east, the history ends at row 0");
        assertThat(rows()).isZero();
        assertThat(recoverFromTopic()).isTrue();
        run();

        assertThat(rows()).isEqualTo(5);
        assertThat(database.column("select source from jobtrail.organization_head"))
                .containsExactly("veeam");
        assertTopicIsTheHistory();
    }

    @Test
    void aJobThatIsNestedAsDeepAsAJobMayBeComesBackToo() throws Exception {
        list("Success", "a");
        run();
        TestDatabase copy = postgres.copyOf(database);
        String deepest = "[".repeat(899) + "]".repeat(899);
        veeam.on(JOBS, Answer.json("[{\"id\":\"a\",\"name\":\"A\",\"description\":" + deepest + "}]"));
        run();
        List<Object> recorded = database.column("select payload from jobtrail.job_history order by seq");
        assertThat(recorded).last().asString().contains(deepest);
        database = copy;

        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(database.column("select payload from jobtrail.job_history order by seq"))
                .isEqualTo(recorded);
        assertThat((String) database.value("select snapshot from jobtrail.job_state"))
                .contains(deepest);
    }

    @Test
    void aJobWithATextThatPostgresqlCannotHoldComesBackToo() throws Exception {
        veeam.on(JOBS, Answer.json("[{\"id\":\"a\",\"name\":\"A\",\"description\":\"a\\u0000b\\ud800\"}]"));
        run();
        List<Object> recorded = database.column("select payload from jobtrail.job_history order by seq");
        database = postgres.emptyDatabase();

        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(database.column("select payload from jobtrail.job_history order by seq"))
                .isEqualTo(recorded);
    }

    @Test
    void recordsThatSomebodyElseHasPutOnTheTopicDoNotKeepARowFromComingBack() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        database = copy;
        assertHalted("PostgreSQL was set back");
        putOnTheTopic(Map.of("ce_sequence", "9999999999999999999"), "{}");
        putOnTheTopic(Map.of("ce_epoch", "first"), "{}");
        putOnTheTopic(Map.of("ce_attempt", "none"), "{}");
        putOnTheTopic(Map.of("ce_time", "yesterday"), "{}");

        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("rows 3 to 5 restored");
    }

    @Test
    void anEventBehindTheCursorIsNobodysAndPassedOver() throws Exception {
        TestDatabase copy = backUpAndGoOn("Success");
        database = copy;
        assertHalted("PostgreSQL was set back");
        putOnTheTopic(Map.of("ce_sequence", "0000000000000000006"), "{\"changedFields\":[]}");

        assertThat(recoverFromTopic()).isTrue();
        assertThat(told)
                .contains(
                        "organization east: 1 events on topic %s come after row 5, up to which it was published: they are not Jobtrail's, and passed over"
                                .formatted(events))
                .last()
                .asString()
                .contains("rows 3 to 5 restored", "publishing goes on after row 5");
    }

    @Test
    void aRowWithAPayloadThatNobodyRecordedIsRefusedInASentenceWhereNoCursorTellsThatItIsNobodys() throws Exception {
        backUpAndGoOn("Success");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".cursor")).all().get();
        }
        assertHalted("Kafka lost data");
        putOnTheTopic(
                Map.of("ce_sequence", "0000000000000000006"),
                "{\"changedFields\":[[1],\"\\u0000\"],\"apiVersion\":\"\\u0000\"}");

        assertThat(recoverFromTopic()).isFalse();
        assertThat(told)
                .last()
                .asString()
                .contains(
                        "row 6 of organization east cannot be restored: the topic does not have it as it was recorded");
    }

    @Test
    void anOrganizationWithoutAHistoryIsSaidToHaveNone() throws Exception {
        backUpAndGoOn("Success");

        assertThatThrownBy(() -> recover(new FromTopic(), "nobody"))
                .isInstanceOf(CannotRecoverException.class)
                .hasMessage("organization nobody has no history");
    }

    @Test
    void aJobThatWasErasedAfterTheBackupIsErasedAgain() throws Exception {
        list("Success", "a", "b");
        run();
        database.execute("""
                insert into jobtrail.rejected_job
                    (source, organization_id, job_type, digest, reason, raw, first_attempt, last_attempt, first_seen, last_seen)
                select 'veeam', 'east', 'backup', sha256(raw::bytea), 'it has no name', raw, 1, 1, now(), now()
                from unnest(array['{"id":"A"}', '{"id":"b"}']) raw""");
        goBackBehindAnErasure();

        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isTrue();

        assertThat(database.column("""
                        select seq from jobtrail.job_history where job_id = 'a' and payload is null and raw is null order by seq
                        """)).containsExactly(1L, 3L);
        assertThat(database.column("select change_kind from jobtrail.job_history where job_id = 'a' order by seq"))
                .contains("erased");
        assertThat(database.column("select raw from jobtrail.rejected_job order by raw"))
                .containsExactly("", "{\"id\":\"b\"}");
        run();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void historiesThatDifferGoOnInANewEpochAboveBoth() throws Exception {
        goOnWithAnotherHistory();

        assertHalted(
                "the histories differ: row 5 of organization east is another one on Kafka: run recover --new-epoch");
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told).last().asString().contains("organization east: NOT recovered: the histories differ");

        assertThat(newEpoch()).isTrue();
        assertThat(told)
                .last()
                .isEqualTo("organization east: epoch 2 begins at row 6, above history and topic; 3 jobs are told anew");
        run();
        assertThat(database.column(
                        "select change_kind || ' ' || epoch from jobtrail.job_history where seq > 5 order by seq"))
                .containsExactly("rebaselined 2", "rebaselined 2", "rebaselined 2");
        assertThat(sequences()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertStatesAreTheHistory();
        assertIntact("epoch 2 of organization east begins at row 6");
        assertThat(verify().verdict().sentence())
                .contains("8 rows verified, all of them on the topic, but for 3 that an epoch has left behind,");

        list("Success", "a", "b", "c");
        run();
        assertThat(sequences()).hasSize(11);
        assertStatesAreTheHistory();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void moreJobsThanOnePortionHasAreAllToldAnewOnce() throws Exception {
        String[] jobs =
                IntStream.range(0, 1_100).mapToObj("job-%04d"::formatted).toArray(String[]::new);
        list("Success", jobs);
        run();
        TestDatabase copy = postgres.copyOf(database);
        list("Success", Stream.concat(Arrays.stream(jobs), Stream.of("new")).toArray(String[]::new));
        run();
        database = copy;
        list("Success", jobs);

        assertHalted("PostgreSQL was set back");
        assertThat(newEpoch()).isTrue();

        assertThat(told)
                .last()
                .asString()
                .endsWith("epoch 2 begins at row 1102, above history and topic; 1100 jobs are told anew");
        assertThat(
                        database.rows(
                                "select change_kind, count(*), count(distinct job_id) as jobs from jobtrail.job_history where epoch = 2 group by 1"))
                .containsExactly(Map.of("change_kind", "rebaselined", "count", 1_100L, "jobs", 1_100L));
        assertThat(
                        database.value(
                                "select count(*) from jobtrail.job_state state join jobtrail.job_history line using (organization_id, job_id) where epoch = 2 and state.last_seq = line.seq"))
                .isEqualTo(1_100L);
        run();
        assertStatesAreTheHistory();
        assertIntact("epoch 2 of organization east begins at row 1102");
    }

    @Test
    void aNewEpochTellsNothingOfAJobThatWasErasedInTheHistoryThatItLeavesBehind() throws Exception {
        list("Success", "a", "b");
        run();
        goBackBehindAnErasure();
        list("Success", "b");
        assertHalted("PostgreSQL was set back");

        assertThat(newEpoch()).isTrue();
        assertThat(told)
                .last()
                .asString()
                .endsWith(
                        "epoch 2 begins at row 7, above history and topic; 2 jobs are told anew, 1 of them erased again");
        assertThat(database.column("select change_kind from jobtrail.job_history where seq > 6 order by job_id"))
                .containsExactly("erased", "rebaselined");
        assertThat(
                        database.column(
                                "select seq from jobtrail.job_history where job_id = 'a' and change_kind <> 'erased' and (payload is not null or raw is not null)"))
                .isEmpty();
        run();
        assertThat(lastState("east/a").value()).isNull();
        assertStatesAreTheHistory();
        assertIntact("epoch 2 of organization east begins at row 7");
    }

    @Test
    void anEpochThatCannotTellAllJobsDoesNotBegin() throws Exception {
        goOnWithAnotherHistory();
        assertHalted("the histories differ");
        database.execute("alter table jobtrail.known_job add constraint refused check (last_seq < 8)");
        assertThatThrownBy(this::newEpoch).hasMessageContaining("refused");
        assertThat(database.column("select epoch from jobtrail.organization_head"))
                .containsExactly(1);
        assertThat(database.value("select count(*) from jobtrail.ledger_note where kind = 'epoch'"))
                .isEqualTo(0L);
        assertHalted("the histories differ");

        database.execute("alter table jobtrail.known_job drop constraint refused");
        assertThat(newEpoch()).isTrue();
    }

    @Test
    void anEpochBeginsWithoutAJobWhoseLastRowIsNotThere() throws Exception {
        goOnWithAnotherHistory();
        assertHalted("the histories differ");
        new Tampering(database).edit("""
                delete from jobtrail.job_history
                where seq = (select min(last_seq) from jobtrail.known_job)""");

        assertThat(newEpoch()).isTrue();
        assertThat(database.value("""
                        select (select count(*) from jobtrail.known_job)
                            - (select count(*) from jobtrail.job_history where epoch = 2)""")).isEqualTo(1L);
    }

    @Test
    void aSecondEpochLeavesBehindOnlyWhatHasForkedSinceTheFirst() throws Exception {
        goOnWithAnotherHistory();
        assertHalted("the histories differ");
        assertThat(newEpoch()).isTrue();
        run();
        TestDatabase copy = postgres.copyOf(database);
        list("Success", "a", "b", "c");
        run();
        database = copy;
        list("Failed", "a", "b", "c");
        pollWithoutKafka();

        assertHalted("the histories differ");
        assertThat(newEpoch()).isTrue();

        assertThat(
                        database.column(
                                "select content::json ->> 'forkedSeq' from jobtrail.ledger_note where kind = 'epoch' order by seq"))
                .containsExactly("3", "9");
        run();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void anEpochHasANumberThatNoRowOnTheTopicHas() throws Exception {
        goOnWithAnotherHistory();
        TestDatabase copy = postgres.copyOf(database);
        assertHalted("the histories differ");
        assertThat(newEpoch()).isTrue();
        run();
        database = copy;
        database.execute("select jobtrail.compared()");

        assertHalted("PostgreSQL was set back");
        assertThat(newEpoch()).isTrue();
        assertThat(told)
                .last()
                .asString()
                .startsWith("organization east: epoch 3 begins at row 9, above history and topic");
        run();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void aJobThatOnlyTheHistoryLeftBehindKnewIsNotAmongTheStates() throws Exception {
        database = backUpAndGoOn("Failed");
        list("Warning", "a", "b");
        assertHalted("PostgreSQL was set back");

        assertThat(newEpoch()).isTrue();
        run();
        assertStatesAreTheHistory();
        assertThat(database.column("select job_id from jobtrail.left_behind_state"))
                .isEmpty();
        ConsumerRecord<String, byte[]> last = lastState("east/c");
        assertThat(last.value()).isNull();
        assertThat(header(last, "ce_sequence"))
                .as("whoever has read it passes over all events of the job that were left behind")
                .isEqualTo("0000000000000000005");
        assertThat(last.partition())
                .isEqualTo(kafka.committedRecords(prefix + ".state").stream()
                        .filter(record -> record.key().equals("east/c"))
                        .findFirst()
                        .orElseThrow()
                        .partition());

        list("Warning", "a", "b", "c");
        run();
        assertThat(lastState("east/c").value()).as("a job that comes later").isNotNull();
        assertStatesAreTheHistory();
    }

    @Test
    void aJobThatOnlyTheHistoryLeftBehindKnewIsNotAmongTheStatesWhereTheTopicLostItsEvents() throws Exception {
        database = backUpAndGoOn("Failed");
        removeFromTheTopicUpTo(5);
        list("Warning", "a", "b");
        assertHalted("PostgreSQL was set back");

        assertThat(recoverFromTopic()).isFalse();
        assertThat(newEpoch()).isTrue();
        run();
        assertStatesAreTheHistory();
    }

    @Test
    void statesThatWereLeftBehindAreTakenBackByWhoeverGoesOnAfterAKill() throws Exception {
        database = backUpAndGoOn("Failed");
        list("Warning", "a", "b");
        assertHalted("PostgreSQL was set back");
        assertThat(newEpoch()).isTrue();

        assertThat(nextStates(100))
                .as("of one that was killed before it could note that they are written")
                .containsExactly("a", "b", "c");
        assertThat(nextStates(100)).containsExactly("a", "b", "c");
        run();
        assertStatesAreTheHistory();
    }

    @Test
    void aJobThatIsRecordedBeforeTheStatesAreWrittenAgainGetsNoTombstone() throws Exception {
        database = backUpAndGoOn("Failed");
        list("Warning", "a", "b", "c");
        assertHalted("PostgreSQL was set back");
        assertThat(newEpoch()).isTrue();
        pollWithoutKafka();

        run();
        assertThat(kafka.committedRecords(prefix + ".state"))
                .noneMatch(record -> record.key().equals("east/c") && record.value() == null);
        assertStatesAreTheHistory();
    }

    @Test
    void jobsOfWhichNothingIsPublishedYetDoNotPassForTheEndOfTheStates() throws Exception {
        database = backUpAndGoOn("Failed");
        list("Warning", "0", "1", "a", "b");
        assertHalted("PostgreSQL was set back");
        assertThat(newEpoch()).isTrue();
        pollWithoutKafka();

        assertThat(nextStates(2)).containsExactly("a", "b");
        run();
        assertStatesAreTheHistory();
    }

    @Test
    void aJobThatOnlyTheHistoryBeforeARepublicationKnewIsNotAmongTheStates() throws Exception {
        database = backUpAndGoOn("Failed");
        list("Warning", "a", "b");
        pollWithoutKafka();
        list("Success", "a", "b");
        pollWithoutKafka();
        database.execute("update jobtrail.publication set cluster_id = 'the-one-before'");
        assertHalted("another Kafka cluster");
        assertThat(recoverFromTopic()).isFalse();
        database.execute("delete from jobtrail.left_behind_state");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        run();
        assertTopicIsTheHistory();
        assertStatesAreTheHistory();
    }

    @Test
    void aCursorThatIsLostAfterANewEpochIsWrittenAgainOverWhatTheEpochLeftBehind() throws Exception {
        goOnWithAnotherHistory();
        assertHalted("the histories differ");
        assertThat(newEpoch()).isTrue();
        run();
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".cursor")).all().get();
        }

        assertHalted("Kafka lost data: it acknowledged row 8 of organization east");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 8");
        list("Success", "a", "b", "c");
        run();
        assertThat(sequences()).hasSize(11);
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void whereANewEpochWouldNotResolveItAHistoryThatDiffersFromTheTopicIsPublishedAnew() throws Exception {
        goOnWithAnotherHistory();
        database.execute("update jobtrail.publication set cluster_id = 'the-one-before'");

        assertHalted("another Kafka cluster");
        assertThat(newEpoch()).isFalse();
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told)
                .last()
                .asString()
                .endsWith(
                        "row 3 of organization east is another one on the topic: the histories differ; run republish --to a new topic");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void whereRepublishWouldNotGoAheadATopicThatHasLostItsEventsIsLeftBehindByANewEpoch() throws Exception {
        TestDatabase copy = backUpAndGoOn("Failed");
        database = copy;
        removeFromTheTopicUpTo(5);

        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told).last().asString().endsWith("run recover --new-epoch");
        assertThat(newEpoch()).isTrue();
    }

    @Test
    void aTopicThatIsAheadAndLostItsEventsIsLeftBehindByANewEpoch() throws Exception {
        TestDatabase copy = backUpAndGoOn("Failed");
        database = copy;

        assertHalted("PostgreSQL was set back");
        assertThat(newEpoch()).isTrue();
        assertThat(told).last().asString().contains("epoch 2 begins at row 6");
        list("Failed", "a", "b");
        run();

        assertThat(database.column("select seq from jobtrail.job_history order by seq"))
                .as("3 to 5 are numbers of the history that was left behind")
                .containsExactly(1L, 2L, 6L, 7L, 8L, 9L);
        assertThat(sequences()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertIntact("epoch 2 of organization east begins at row 6: its history ended at row 2");

        var epoch = (Timestamp) database.value("select observed_at from jobtrail.job_history where seq = 6");
        try (var real = new Database(database.settings(), 1);
                var retention = new Retention(real)) {
            assertThat(retention.retain("east", epoch.toInstant()).rows()).isEqualTo(2);
        }
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void aTopicThatIsAheadAndLostSomeOfItsEventsIsLeftBehindFromTheFirstThatIsMissing() throws Exception {
        list("Success", "a", "b");
        run();
        TestDatabase copy = postgres.copyOf(database);
        list("Failed", "a");
        run();
        list("Failed", "a", "c");
        run();
        removeFromTheTopicUpTo(3);
        database = copy;

        assertHalted("PostgreSQL was set back");
        assertThat(recoverFromTopic()).isFalse();
        assertThat(newEpoch()).isTrue();
        run();

        assertThat(verify().verdict().sentence())
                .as("a checkpoint knows of row 3, which nobody has any more")
                .startsWith("intact");
    }

    @Test
    void anotherClusterIsRefusedUnlessItHoldsACopyOfTheTopic() throws Exception {
        backUpAndGoOn("Failed");
        database.execute("update jobtrail.publication set cluster_id = 'the-one-before'");
        list("Success", "a", "b", "c");

        assertHalted("another Kafka cluster: row 5 of organization east was acknowledged by cluster the-one-before");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 5");
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void whoCouldNotWriteTheCursorRecoversOnceMore() throws Exception {
        backUpAndGoOn("Failed");
        goOnWithACopyOfTheTopic(seq -> true);
        assertHalted("another Kafka cluster");
        // Enough for what ends a transaction, not for a cursor.
        kafka.configure(prefix + ".cursor", "max.message.bytes", "120");
        assertThatThrownBy(this::recoverFromTopic).hasMessageContaining("larger");

        kafka.configure(prefix + ".cursor", "max.message.bytes", "1000000");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 5");
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void aCopyOfTheTopicWithHolesIsRefusedAndTheHistoryPublishedAnew() throws Exception {
        backUpAndGoOn("Failed");
        List<String> before = identities();
        goOnWithACopyOfTheTopic(seq -> seq != 3 && seq != 4);

        assertHalted("another Kafka cluster");
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told)
                .last()
                .isEqualTo(
                        "organization east: NOT recovered: row 3 of organization east is not on the topic: run republish --to a new topic");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(before);
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void rowsAreRestoredFromATopicWithAHoleBelowThemWhichIsNamed() throws Exception {
        TestDatabase copy = backUpAndGoOn("Failed");
        List<String> before = identities();
        database = copy;
        list("Success", "a", "b");
        goOnWithACopyOfTheTopic(seq -> seq != 1);

        assertHalted("another Kafka cluster");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told)
                .last()
                .asString()
                .contains("rows 3 to 5 restored")
                .endsWith("row 1 is not on the topic: run republish --to a new topic");

        republish(prefix + ".events.2");
        events = prefix + ".events.2";
        assertThat(identities()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void whatRetentionHasRemovedFromTheTopicIsNoHole() throws Exception {
        backUpAndGoOn("Failed");
        goOnWithACopyOfTheTopic(seq -> true);
        removeFromTheTopicUpTo(1);

        assertHalted("another Kafka cluster");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 5");
    }

    @Test
    void aHoleBehindWhatRetentionHasRemovedIsAHole() throws Exception {
        backUpAndGoOn("Failed");
        goOnWithACopyOfTheTopic(seq -> seq != 4);
        removeFromTheTopicUpTo(1);

        assertHalted("another Kafka cluster");
        assertThat(recoverFromTopic()).isFalse();
        assertThat(told).last().asString().contains("row 4 of organization east is not on the topic");
    }

    @Test
    void anEmptiedCursorTopicIsFilledAgainFromTheEvents() throws Exception {
        backUpAndGoOn("Failed");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".cursor")).all().get();
        }
        list("Success", "a", "b", "c");

        assertHalted(
                "Kafka lost data: it acknowledged row 5 of organization east, its cursor stands at row 0, on a topic that was made anew");
        assertThat(sequences()).hasSize(5);
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 5");
        run();
        assertTopicIsTheHistory();
        assertThat(verify().verdict().sentence()).startsWith("intact");
    }

    @Test
    void aCursorThatKafkaHasLostTheTailOfIsWrittenAgainFromTheEvents() throws Exception {
        list("Success", "a", "b");
        run();
        byte[] before = kafka.committedRecords(prefix + ".cursor").get(0).value();
        list("Failed", "a", "b", "c");
        run();
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(prefix + ".cursor", "east", before))
                    .get();
        }

        assertHalted("Kafka lost data: it acknowledged row 5 of organization east, its cursor stands at row 2");
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).last().asString().contains("nothing was lost; publishing goes on after row 5");
        run();
        assertTopicIsTheHistory();
    }

    @Test
    void aRecordOnTheCursorTopicThatIsNoCursorStopsNobody() throws Exception {
        backUpAndGoOn("Failed");
        try (var producer = kafka.producer()) {
            String foreign = "{\"organization_id\":\"east\",\"seq\":99,\"hash\":\"%s\"}".formatted("0".repeat(64));
            for (String value : List.of("junk", "{}", "0", "[]", "", foreign)) {
                producer.send(new ProducerRecord<>(
                                prefix + ".cursor", "anybody", value.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
            for (String row :
                    List.of("\"seq\":99,\"hash\":\"00\"", "\"seq\":-1,\"hash\":\"%s\"".formatted("0".repeat(64)))) {
                producer.send(new ProducerRecord<>(
                                prefix + ".cursor",
                                "east",
                                "{\"organization_id\":\"east\",%s}"
                                        .formatted(row)
                                        .getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
        list("Success", "a", "b", "c");

        run();
        assertTopicIsTheHistory();
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).containsExactly("PostgreSQL and Kafka agree: nothing to recover");
    }

    @Test
    void eventsThatSomebodyRemovedAreMissedWhereTheTopicKeepsAll() throws Exception {
        backUpAndGoOn("Failed");
        removeFromTheTopicUpTo(2);

        Report report = verify();

        assertThat(report.verdict().exitCode()).isEqualTo(10);
        assertThat(report.verdict().sentence())
                .isEqualTo(
                        "intact: 5 rows verified, all of them published, of which the oldest events are gone, all of them covered by a checkpoint");
        assertThat(report.lines())
                .contains(
                        "WARNING: topic %s keeps all events, and its oldest are gone: somebody has removed them, or it did not always keep all"
                                .formatted(events));
    }

    @Test
    void aStateTopicThatWasDeletedIsFilledAgain() throws Exception {
        backUpAndGoOn("Failed");
        try (Admin admin = clients().admin()) {
            admin.deleteTopics(List.of(prefix + ".state")).all().get();
        }

        assertHalted("the state topic was made anew, or is another");
        assertThat(recoverFromTopic()).isTrue();
        run();
        assertStatesAreTheHistory();
    }

    @Test
    void statesThatKafkaLostAreWrittenAgain() throws Exception {
        list("Success", "a", "b");
        run();
        ConsumerRecord<String, byte[]> before = lastState("east/a");
        list("Failed", "a", "b");
        run();
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(
                            before.topic(), before.partition(), before.key(), before.value(), before.headers()))
                    .get();
        }
        // As if the state since then had been behind it: what is the last of a job is not, and the topic ends too
        // early.
        loseStates();

        run();

        assertStatesAreTheHistory();
        int states = kafka.committedRecords(prefix + ".state").size();
        run();
        assertThat(kafka.committedRecords(prefix + ".state"))
                .as("they are written once")
                .hasSize(states);
    }

    @Test
    void whoTriesToRecoverBesideARunningProgramIsToldToStopIt() throws Exception {
        backUpAndGoOn("Failed");
        try (var engine = begin(Polls.NEVER)) {
            await(engine, Optional.empty());
            assertThatThrownBy(this::recoverFromTopic)
                    .isInstanceOf(CannotRecoverException.class)
                    .hasMessage("Jobtrail is running and publishes: stop it, then try again");
        }
        assertThat(recoverFromTopic()).isTrue();
        assertThat(told).containsExactly("PostgreSQL and Kafka agree: nothing to recover");
    }

    /** Somebody polled a copy without Kafka: it has other rows under the same numbers. */
    private void goOnWithAnotherHistory() throws Exception {
        database = backUpAndGoOn("Failed");
        list("Warning", "a", "b", "c");
        pollWithoutKafka();
    }

    /** To a backup of before one more poll, and before job a was erased; both are on the topic. */
    private void goBackBehindAnErasure() throws Exception {
        TestDatabase copy = postgres.copyOf(database);
        list("Failed", "a", "b");
        run();
        erase("a");
        run();
        database = copy;
    }

    private ConsumerRecord<String, byte[]> lastState(String key) {
        return kafka.committedRecords(prefix + ".state").stream()
                .filter(record -> record.key().equals(key))
                .reduce((before, after) -> after)
                .orElseThrow();
    }

    private List<Object> nextStates(int rows) throws SQLException {
        return database.column("select job_id from jobtrail.next_states(null, '{}', %d, 1000000)".formatted(rows));
    }

    private void pollWithoutKafka() throws Exception {
        database.execute("select jobtrail.go_on_uncompared()");
        TestPipeline.pollOnce(database, veeam, "v7");
    }

    /** On what PostgreSQL takes for another cluster. */
    private void goOnWithACopyOfTheTopic(LongPredicate copied) throws Exception {
        String copy = prefix + ".events.copy";
        try (Admin admin = clients().admin();
                var producer = kafka.producer()) {
            admin.createTopics(List.of(new NewTopic(copy, 3, (short) 1))).all().get();
            for (ConsumerRecord<String, byte[]> event : kafka.committedRecords(events)) {
                if (copied.test(Long.parseLong(header(event, "ce_sequence")))) {
                    producer.send(new ProducerRecord<>(
                                    copy, event.partition(), event.key(), event.value(), event.headers()))
                            .get();
                }
            }
        }
        events = copy;
        database.execute("update jobtrail.publication set cluster_id = 'the-one-before'");
    }

    /** What looks like an event of row 5, but for these headers. */
    private void putOnTheTopic(Map<String, String> others, String payload) throws Exception {
        ConsumerRecord<String, byte[]> event = kafka.committedRecords(events).stream()
                .filter(record -> header(record, "ce_sequence").endsWith("5"))
                .findFirst()
                .orElseThrow();
        var headers = new RecordHeaders(event.headers().toArray());
        headers.remove("ce_id").add("ce_id", "ab".repeat(32).getBytes(StandardCharsets.UTF_8));
        others.forEach((name, value) -> headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8)));
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(
                            events, event.partition(), event.key(), payload.getBytes(StandardCharsets.UTF_8), headers))
                    .get();
        }
    }

    private void removeFromTheTopicUpTo(long seq) throws Exception {
        ConsumerRecord<String, byte[]> last = kafka.committedRecords(events).stream()
                .filter(event -> Long.parseLong(header(event, "ce_sequence")) == seq)
                .findFirst()
                .orElseThrow();
        try (Admin admin = clients().admin()) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(events, last.partition()),
                            RecordsToDelete.beforeOffset(last.offset() + 1)))
                    .all()
                    .get();
        }
    }
}
