package org.jobtrail.command;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jobtrail.embedded.Part;
import org.jobtrail.poll.Failures;
import org.jobtrail.publish.KafkaClients;
import org.jobtrail.record.Database;
import org.jobtrail.settings.Settings;
import org.jobtrail.verify.Verification;
import org.jobtrail.verify.Verification.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Proves the ledger, or says what is wrong with it. */
@Command(
        name = "verify",
        description =
                "Recompute each organization's chain from the stored bytes, and compare state and topic with the history.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:intact, and all of it on the topic",
            "10:intact, some rows are not on the topic yet",
            "20:a chain is broken",
            "21:a row is missing or doubled",
            "23:the topic contradicts the history",
            "24:the state is not what the history says",
            "30:could not verify"
        })
public final class VerifyCommand implements Callable<Integer> {

    private static final int COULD_NOT_VERIFY = 30;

    @Mixin
    private Options options = new Options();

    @Override
    public Integer call() {
        Verdict verdict;
        PrintStream out = System.out;
        try (Servers servers = Servers.start(options.config(), EnumSet.of(Part.DATABASE, Part.BROKER), out)) {
            Settings settings = servers.settings();
            try (var database = new Database(settings.database().orElseThrow(), 1)) {
                verdict = new Verification(
                                database,
                                new KafkaClients(settings.kafka().orElseThrow()),
                                settings.topics().events())
                        .run(out);
            }
        } catch (SQLException | java.io.IOException | KafkaException e) {
            verdict = new Verdict(COULD_NOT_VERIFY, "could not verify: " + Failures.reason(e));
        }
        // The last thing that is said, after everything has stopped.
        out.println(verdict.sentence());
        return verdict.exitCode();
    }
}
