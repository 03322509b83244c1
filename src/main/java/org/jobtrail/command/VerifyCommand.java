package org.jobtrail.command;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jobtrail.checkpoint.TrustedKeys;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.embedded.EmbeddedServersException;
import org.jobtrail.failure.Reason;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;
import org.jobtrail.veeam.Organization;
import org.jobtrail.verify.CheckpointKeys;
import org.jobtrail.verify.Report;
import org.jobtrail.verify.Scope;
import org.jobtrail.verify.UnverifiableException;
import org.jobtrail.verify.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proves the ledger, or says what is wrong with it. */
@Command(
        name = "verify",
        description =
                "Recompute each organization's chain from the stored bytes, and the chain of receipts, and hold state, topic and signed checkpoints against them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes, where several apply the first in the order 20 to 24, 26, 25:%n",
        exitCodeList = {
            "0:intact, all of it on the topic and covered by a checkpoint",
            "10:intact, some rows are not on the topic (any more), not covered by a checkpoint yet, or not compared with the topic",
            "20:a chain is broken",
            "21:a row is missing or doubled",
            "22:a checkpoint contradicts the history",
            "23:the topic contradicts the history",
            "24:the state is not what the history says",
            "25:the protection is not as installed: a trigger, a grant, a role or a function",
            "26:the chain of receipts is broken",
            "30:could not verify, or not all: PostgreSQL cannot read the history of some organization"
        })
public final class VerifyCommand implements Callable<Integer> {

    private static final int COULD_NOT_VERIFY = 30;

    @Mixin
    private Options options = new Options();

    @Option(names = "--organization", paramLabel = "ID", description = "Only the history of this organization.")
    private String organization;

    @Option(
            names = "--from",
            paramLabel = "MOMENT",
            converter = TypedMoment.Converter.class,
            description =
                    "Only rows observed at this moment or later: 2026-11-01 or 2026-11-01T06:00:00Z, UTC where it does not say otherwise. The state is compared without --from and --to only.")
    private TypedMoment from;

    @Option(
            names = "--to",
            paramLabel = "MOMENT",
            converter = TypedMoment.Converter.class,
            description = "Only rows observed before this moment.")
    private TypedMoment to;

    @Option(
            names = "--public-key",
            paramLabel = "FILE",
            description =
                    "Whom the checkpoints must be signed by: a PEM file with PUBLIC KEY blocks, instead of checkpoint.key-file.")
    private Path publicKey;

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Override
    public Integer call() {
        // One document on stdout means that nothing else is there.
        PrintStream announcements = json ? System.err : System.out;
        Report report = report(announcements);
        // The last thing that is said, after everything has stopped.
        if (json) {
            System.out.println(report.json());
        } else {
            report.lines().forEach(System.out::println);
            System.out.println(report.verdict().sentence());
        }
        return report.verdict().exitCode();
    }

    /** Where there is nothing to verify with, there is no verdict either: 1 is what no script of an auditor expects. */
    private Report report(PrintStream announcements) {
        try (Servers servers = Servers.start(
                options.config(), EnumSet.of(EmbeddedKind.DATABASE, EmbeddedKind.BROKER), announcements)) {
            return verify(servers.settings());
        } catch (InvalidSettingException | EmbeddedServersException | CannotRunException e) {
            return unverified(e.getMessage());
        }
    }

    private Report verify(Settings settings) {
        Optional<Instant> begin = Optional.ofNullable(from).map(moment -> moment.in(ZoneOffset.UTC));
        Optional<Instant> end = Optional.ofNullable(to).map(moment -> moment.in(ZoneOffset.UTC));
        if (begin.isPresent() && end.isPresent() && !begin.get().isBefore(end.get())) {
            return unverified("--from must be before --to");
        }
        if (from != null) {
            // Nothing is recorded yet of what is to come: all of it would be intact.
            from.past("--from", ZoneOffset.UTC);
        }
        try {
            var scope = new Scope(Optional.ofNullable(organization).map(Organization::canonicalId), begin, end);
            return new Verification(settings, keys(settings), scope).run();
        } catch (UnverifiableException | InvalidSettingException e) {
            return unverified(e.getMessage());
        } catch (SQLException | IOException | UncheckedIOException | KafkaException e) {
            return unverified(Reason.of(e));
        }
    }

    private static Report unverified(String reason) {
        return Report.unverified(COULD_NOT_VERIFY, "could not verify: " + reason);
    }

    private CheckpointKeys keys(Settings settings) {
        if (publicKey != null) {
            return new CheckpointKeys(Optional.of(readPublicKey()));
        }
        return CheckpointKeys.of(settings.checkpoint().keyFile());
    }

    private TrustedKeys readPublicKey() {
        try {
            return TrustedKeys.read(publicKey);
        } catch (InvalidSettingException e) {
            // It names the setting that would hold them otherwise.
            throw new InvalidSettingException("--public-key", e.getMessage().replaceFirst("^\\S+ \\(\\S+\\) ", ""));
        }
    }
}
