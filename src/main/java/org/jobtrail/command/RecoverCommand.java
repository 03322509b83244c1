package org.jobtrail.command;

import java.io.PrintStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jobtrail.database.Database;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.kafka.KafkaClients;
import org.jobtrail.recover.FromTopic;
import org.jobtrail.recover.NewEpoch;
import org.jobtrail.recover.Recovery;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.OneLine;
import org.jobtrail.veeam.Organization;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Decides what holds where PostgreSQL and Kafka contradict each other. */
@Command(
        name = "recover",
        description = {
            "Resolve what has halted the publication of organizations, where PostgreSQL and Kafka contradict each other. Health and"
                    + " log name the organizations, the reason and which of the two ways resolves it.",
            "Stop Jobtrail before. Each organization is resolved by itself, with a note in the ledger; what is refused changes nothing."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:resolved, or nothing to resolve", "1:not resolved, or not for all organizations"})
public final class RecoverCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    @ArgGroup(multiplicity = "1")
    private Choice way;

    @Option(names = "--organization", paramLabel = "ID", description = "Only this organization; all, where not given.")
    private String organization;

    private final PrintStream out = System.out;

    /** One of the two. */
    private static final class Choice {

        @Option(
                names = "--from-topic",
                description =
                        "Go on from what the topic holds: restore the rows that the history has lost, without their raw"
                                + " texts, which no event carries; or write a lost cursor again.")
        private boolean fromTopic;

        @Option(
                names = "--new-epoch",
                description =
                        "The histories are not the same any more: leave the topic's behind, and continue above both.")
        private boolean newEpoch;
    }

    @Override
    public Integer call() throws Exception {
        try (Servers servers =
                Servers.start(options.config(), EnumSet.of(EmbeddedKind.DATABASE, EmbeddedKind.BROKER), out)) {
            Settings settings = servers.settings();
            Optional<String> one = Optional.ofNullable(organization).map(Organization::canonicalId);
            var clients = new KafkaClients(settings.kafka().orElseThrow());
            try (var database = new Database(settings.database().orElseThrow(), 1)) {
                boolean resolved = new Recovery(database, clients, settings, this::say)
                        .recover(way.fromTopic ? new FromTopic() : new NewEpoch(), one);
                return resolved ? 0 : 1;
            }
        }
    }

    private void say(String sentence) {
        out.println("recover: " + OneLine.of(sentence));
    }
}
