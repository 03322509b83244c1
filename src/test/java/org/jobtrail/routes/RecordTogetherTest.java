package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jobtrail.support.Answer;
import org.jobtrail.support.DatabaseProxy;
import org.jobtrail.support.DatabaseProxy.Moment;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the polls of many organizations found is recorded by few statements, and what fails costs only the organization that it is of. */
@ExtendWith(RealServers.class)
class RecordTogetherTest {

    private static final List<String> ORGANIZATIONS =
            IntStream.range(10, 30).mapToObj(i -> "o" + i).toList();

    private final TestDatabase database;
    private FakeVeeam veeam;

    RecordTogetherTest(PostgresServer server) throws Exception {
        database = server.migratedDatabase();
    }

    @BeforeEach
    void manyOrganizations() throws Exception {
        veeam = FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on(
                        "GET /v7/Organizations",
                        Answer.json(ORGANIZATIONS.stream()
                                .map("{\"id\":\"%s\"}"::formatted)
                                .collect(Collectors.joining(",", "[", "]"))))
                .on("GET /v7/CopyJobs", Answer.json("[]"));
        ORGANIZATIONS.forEach(organization ->
                veeam.on("GET /v7/Organizations/%s/Jobs".formatted(organization), jobs("Success"), jobs("Failed")));
    }

    @AfterEach
    void stop() {
        veeam.close();
    }

    @Test
    void manyPollsAreRecordedByFewStatements() throws Exception {
        poll(database);
        poll(database);

        assertThat(history()).isEqualTo(of(ORGANIZATIONS, "created", "status-changed"));
        assertThat(receipts()).containsExactly("COMPLETE 40 null", "COMPLETE 40 null");
        assertThat(database.column("select distinct raw from jobtrail.job_history where seq > 2 order by raw"))
                .as("what the server sent, though the rest of its lists was not kept")
                .containsExactly(job("a", "A", "Failed"), job("b", "B", "Failed"));
        assertThat((Long) database.value("select count(distinct xmin::text) from jobtrail.job_history"))
                .isLessThan(2L * ORGANIZATIONS.size());
        assertThat((Long) database.value(
                        "select count(distinct xmin::text) from jobtrail.job_list where job_type = 'copy'"))
                .isLessThan(ORGANIZATIONS.size());
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void whereTheAnswerIsLostEachIsRecordedOnce(Moment moment) throws Exception {
        poll(database);
        try (var proxy = DatabaseProxy.before(database)) {
            proxy.cut("jobtrail.record_polls", moment);

            poll(new TestDatabase(proxy.url(), database.username(), database.password()));

            assertThat(proxy.cuts()).isEqualTo(1);
        }
        assertThat(history()).isEqualTo(of(ORGANIZATIONS, "created", "status-changed"));
        assertThat(receipts()).containsExactly("COMPLETE 40 null", "COMPLETE 40 null");
    }

    @Test
    void whatTheDatabaseRefusesOfOneCostsOnlyThatOne() throws Exception {
        database.execute("""
                create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not this one'; end $$;
                create trigger refuse before insert on jobtrail.job_history for each row when (new.organization_id = 'o13')
                    execute function refuse()
                """);

        poll(database);

        assertThat(history())
                .isEqualTo(of(
                        ORGANIZATIONS.stream().filter(id -> !id.equals("o13")).toList(), "created"));
        assertThat(receipts())
                .containsExactly(
                        "PARTIAL 38 [{\"organizationId\":\"o13\",\"jobType\":\"backup\",\"outcome\":\"FAILED\","
                                + "\"reason\":\"PostgreSQL (P0001): ERROR: not this one\"}]");
    }

    @Test
    void whatHadToGiveWayToAnotherTransactionIsSentAgain() throws Exception {
        // Together, alone, and then no more; the receipt once.
        failAtFirst("job_history", "new.organization_id = 'o13'", 2, "40P01");
        failAtFirst("poll_receipt", "true", 1, "40P01");

        poll(database);

        assertThat(history()).isEqualTo(of(ORGANIZATIONS, "created"));
        assertThat(receipts()).containsExactly("COMPLETE 40 null");
        assertThat(database.value("select last_value from job_history_failures"))
                .isEqualTo(4L);
    }

    @Test
    void whatAnAdministratorCancelsCostsOneListAndComesOnceWithTheNextPoll() throws Exception {
        failAtFirst("job_history", "new.organization_id = 'o13'", 2, "57014");

        poll(database);
        poll(database);

        assertThat(database.column("select outcome from jobtrail.poll_receipt order by seq"))
                .containsExactly("PARTIAL", "COMPLETE");
        assertThat(database.value("select not_complete from jobtrail.poll_receipt where seq = 1"))
                .asString()
                .contains("\"o13\"", "PostgreSQL (57014)")
                .doesNotContain("\"o12\"");
        assertThat(history())
                .containsAll(of(List.of("o12"), "created", "status-changed"))
                .containsAll(of(List.of("o13"), "created"))
                .hasSize(4 * ORGANIZATIONS.size() - 2);
    }

    /** A sequence goes on where the transaction does not. */
    private void failAtFirst(String table, String when, int times, String sqlState) throws SQLException {
        database.execute("""
                create sequence %1$s_failures;
                create function fail_%1$s() returns trigger language plpgsql security definer as $$ begin
                    if nextval('public.%1$s_failures') <= %3$d then
                        raise exception 'this one is ended' using errcode = '%4$s';
                    end if;
                    return new;
                end $$;
                create trigger fail before insert on jobtrail.%1$s for each row when (%2$s) execute function fail_%1$s()
                """.formatted(table, when, times, sqlState));
    }

    private void poll(TestDatabase throughWhich) throws Exception {
        TestPipeline.pollOnce(throughWhich, veeam, "v7");
    }

    private List<Object> history() throws SQLException {
        return database.column("""
                select organization_id || ' ' || seq || ' ' || job_id || ' ' || change_kind from jobtrail.job_history
                order by organization_id, seq
                """);
    }

    private static List<Object> of(List<String> organizations, String... kinds) {
        return organizations.stream()
                .flatMap(id -> IntStream.range(0, 2 * kinds.length).mapToObj(i ->
                        (Object) "%s %d %s %s".formatted(id, i + 1, i % 2 == 0 ? "a" : "b", kinds[i / 2])))
                .toList();
    }

    private List<Object> receipts() throws SQLException {
        return database.column("""
                select concat_ws(' ', outcome, changes, coalesce(nullif(not_complete, '[]'), 'null')) from jobtrail.poll_receipt
                order by seq
                """);
    }

    private static Answer jobs(String status) {
        return Answer.json("[%s, %s]".formatted(job("a", "A", status), job("b", "B", status)));
    }

    private static String job(String id, String name, String status) {
        return "{\"id\":\"%s\",\"name\":\"%s\",\"lastStatus\":\"%s\"}".formatted(id, name, status);
    }
}
