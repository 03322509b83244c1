package org.jobtrail.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jobtrail.Said;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.KafkaServer;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestCertificate;
import org.jobtrail.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an operator reads before the first run: what the server wrote cannot speak for the program. */
@ExtendWith(RealServers.class)
class CheckCommandTest {

    @TempDir
    Path directory;

    private final TestDatabase database;
    private final KafkaServer kafka;

    CheckCommandTest(PostgresServer postgres, KafkaServer kafka) throws SQLException {
        this.database = postgres.migratedDatabase();
        this.kafka = kafka;
    }

    @Test
    void eachOrganizationIsOneLineWhateverItIsCalled() throws Exception {
        try (FakeVeeam veeam = withoutJobs().on("GET /v7/Organizations", Answer.json("""
                        [{"id":"a","name":"A\\u001b[2J\\r\\ngood: run would poll all of this"},{"id":"b\\nc"}]
                        """))) {
            assertThat(check(veeam))
                    .contains(
                            "  would poll organization A [2J good: run would poll all of this (a)",
                            "  would poll organization without a name (b c)")
                    .noneMatch(line -> line.contains("\u001b"))
                    .containsOnlyOnce("good: run would poll all of this")
                    .endsWith("good: run would poll all of this");
        }
    }

    @Test
    void aServerThatIsNotThereIsSaidWithTheSettingThatNamesIt() throws Exception {
        FakeVeeam veeam = withoutJobs();
        veeam.close();

        assertThat(check(veeam))
                .anyMatch(line -> line.startsWith("source veeam at " + veeam.url() + ": no connection")
                        && line.endsWith("; look at source.veeam.url"))
                .endsWith("not good: see above");
    }

    @Test
    void theHelpOfRunAndCheckSaysWhatTheirExitCodesMean() {
        for (Object command : List.of(new RunCommand(), new CheckCommand())) {
            assertThat(new CommandLine(command).getUsageMessage())
                    .contains("Exit codes:")
                    .containsPattern("(?m)^ +0 ")
                    .containsPattern("(?m)^ +1 ")
                    .containsPattern("(?m)^ +2 ");
        }
    }

    @Test
    void aServerThatRefusesIsNotSaidToBeAtAnotherAddress() throws Exception {
        try (FakeVeeam veeam = withoutJobs().on("GET /v7/Organizations", Answer.status(403))) {
            assertThat(check(veeam))
                    .anyMatch(line -> line.startsWith("source veeam at " + veeam.url() + ": the server answered 403"))
                    .noneMatch(line -> line.contains("look at source.veeam.url"))
                    .endsWith("not good: see above");
        }
    }

    @Test
    void thatNobodyWouldBePolledIsSaidWithTheSettingsThatLeaveAllOut() throws Exception {
        assertThat(check("source.veeam.organizations.exclude=a"))
                .contains(
                        "  warning: would poll no organization: look at source.veeam.organizations.include and .exclude");
    }

    @Test
    void anAccountThatSeesOrganizationsAndMayNotReadTheirJobsIsNotGood() throws Exception {
        try (FakeVeeam veeam = withoutJobs().on("GET /v7/Organizations/a/Jobs", Answer.status(403))) {
            assertThat(check(veeam))
                    .contains(
                            "  would poll organization without a name (a)",
                            "  the jobs of organization without a name (a) cannot be read: the server answered 403 to /v7/Organizations/a/Jobs")
                    .endsWith("not good: see above");
            veeam.on("GET /v7/Organizations/a/Jobs", Answer.json("[]")).on("GET /v7/CopyJobs", Answer.status(403));
            assertThat(check(veeam))
                    .contains("  the copy jobs cannot be read: the server answered 403 to /v7/CopyJobs")
                    .endsWith("not good: see above");
            veeam.on("GET /v7/Organizations/a/Jobs", Answer.status(404)).on("GET /v7/CopyJobs", Answer.json("[]"));
            assertThat(check(veeam))
                    .as("what is one organization's alone")
                    .contains(
                            "  warning: the jobs of organization without a name (a) cannot be read: the server answered"
                                    + " 404 to /v7/Organizations/a/Jobs")
                    .endsWith("good: run would poll all of this");
            veeam.on("GET /v7/Organizations/a/Jobs", Answer.json("[]"));
            assertThat(check(veeam))
                    .contains("  the jobs of organization without a name (a), and the copy jobs, can be read")
                    .endsWith("good: run would poll all of this");
        }
        assertThat(database.value("select count(*) from jobtrail.organization_head"))
                .isEqualTo(0L);
    }

    @Test
    void whatIsPresentedByTwoSourcesIsNotGood() throws Exception {
        try (FakeVeeam veeam = withoutJobs()
                .on("GET /v7/ServiceInstance", Answer.json("{\"installationId\":\"one\",\"version\":\"7\"}"))) {
            assertThat(check(
                            veeam,
                            "source.west.url=" + veeam.url(),
                            "source.west.api-version=v7",
                            "source.west.username=reader",
                            "source.west.password=secret"))
                    .contains(
                            "  installation one is presented by source west but belongs to source veeam",
                            "  organization a is presented by source west but belongs to source veeam")
                    .endsWith("not good: see above");
        }
    }

    @Test
    void whatBelongsToASourceThatWasPolledBeforeIsNotGood() throws Exception {
        database.execute("select jobtrail.claim_poll('east', 'a', 'A', 'backup', '1 minute')");

        assertThat(check())
                .contains("  organization a is presented by source veeam but belongs to source east")
                .endsWith("not good: see above");
    }

    @Test
    void anAccountThatRunWouldMakeIsGood() throws Exception {
        assertThat(check("database.username=not there yet", migration(database.password())))
                .contains("database at %s: run would create the account not there yet and the tables"
                        .formatted(database.url()))
                .endsWith("good: run would poll all of this");
        assertThat(database.value("select count(*) from pg_roles where rolname = 'not there yet'"))
                .isEqualTo(0L);
    }

    @Test
    void anAccountThatMayNotMigrateIsNotGood() throws Exception {
        database.execute("create role \"no migrator\" login password 'secret'");

        assertThat(check("database.migration.username=no migrator", "database.migration.password=wrong"))
                .contains(("database at %s: database.migration.password (DATABASE_MIGRATION_PASSWORD) is refused by"
                                + " PostgreSQL for the account of database.migration.username: check both")
                        .formatted(database.url()))
                .endsWith("not good: see above");
        assertThat(check("database.migration.username=no migrator", "database.migration.password=secret"))
                .anyMatch(line -> line.contains("which may not set up the roles"))
                .contains("grant jobtrail_owner to \"no migrator\";")
                .endsWith("not good: see above");
    }

    @Test
    void aDatabaseThatRunWouldRefuseIsNotGood() throws Exception {
        database.execute("alter database %s set default_transaction_isolation = 'serializable'"
                .formatted(database.value("select current_database()")));

        assertThat(check())
                .anyMatch(line -> line.contains("the isolation level is serializable: expected read committed"))
                .endsWith("not good: see above");
    }

    @Test
    void aTopicThatRunWouldRefuseIsNotGood() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic("check.cursor", 2, (short) 1),
                            new NewTopic("check.events", 2, (short) 1),
                            new NewTopic("check.checkpoints", 1, (short) 1)
                                    .configs(Map.of("retention.ms", "-1", "retention.bytes", "1000000"))))
                    .all()
                    .get();
        }

        assertThat(check(
                        "kafka.topic.cursor=check.cursor",
                        "kafka.topic.events=check.events",
                        "kafka.topic.checkpoints=check.checkpoints"))
                .contains("  topic check.events: 2 partitions")
                .contains(
                        "  topic check.cursor has 2 partitions, cleanup.policy=delete: it must have 1 partition, cleanup.policy=compact",
                        "  topic check.checkpoints has 1 partition, cleanup.policy=delete, retention.bytes=1000000, retention.ms=-1:"
                                + " it must have 1 partition, cleanup.policy=delete, retention.bytes=-1, retention.ms=-1")
                .endsWith("not good: see above");
    }

    @Test
    void aTopicThatMayLoseWhatWasAcknowledgedIsNamedAndIsGood() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("check.unclean", 2, (short) 1)
                            .configs(Map.of("unclean.leader.election.enable", "true"))))
                    .all()
                    .get();
        }

        assertThat(check("kafka.topic.events=check.unclean"))
                .anyMatch(line ->
                        line.startsWith("  warning: topic check.unclean has unclean.leader.election.enable=true: "))
                .endsWith("good: run would poll all of this");
    }

    @Test
    void aBrokerThatIsNotTrustedIsNotGoodAndIsNotTakenForASource() throws Exception {
        try (FakeVeeam stranger =
                FakeVeeam.startWithTls(TestCertificate.create(directory).tls())) {
            assertThat(check(
                            "kafka.client.security.protocol=SSL",
                            "kafka.bootstrap-servers=127.0.0.1:"
                                    + stranger.url().getPort()))
                    .anyMatch(
                            line -> line.contains("no TLS connection to Kafka: kafka.client.ssl.* says what to trust (")
                                    && line.contains("PKIX path building failed"))
                    .noneMatch(line -> line.contains("ca-certificate"))
                    .endsWith("not good: see above");
        }
    }

    private String migration(String password) {
        return "database.migration.username=%s%ndatabase.migration.password=%s"
                .formatted(database.username(), password);
    }

    /** Of a source with one organization. */
    private List<String> check(String... settings) throws Exception {
        try (FakeVeeam veeam = withoutJobs()) {
            return check(veeam, settings);
        }
    }

    private static FakeVeeam withoutJobs() throws IOException {
        return FakeVeeam.start()
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.json("[{\"id\":\"a\"}]"))
                .on("GET /v7/Organizations/a/Jobs", Answer.json("[]"));
    }

    private List<String> check(FakeVeeam veeam, String... settings) throws Exception {
        Path config = Files.writeString(directory.resolve("jobtrail.properties"), """
                source.veeam.url=%s
                source.veeam.api-version=v7
                source.veeam.username=reader
                source.veeam.password=secret
                database.url=%s
                database.username=%s
                database.password=%s
                kafka.bootstrap-servers=%s
                data.directory=%s
                %s
                """.formatted(
                        veeam.url(),
                        database.url(),
                        database.username(),
                        database.password(),
                        kafka.bootstrapServers(),
                        directory,
                        String.join("\n", settings)));
        return Said.by(config, "check").output().lines().toList();
    }
}
