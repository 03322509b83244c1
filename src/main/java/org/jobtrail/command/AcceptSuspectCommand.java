package org.jobtrail.command;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.record.Suspicions;
import org.jobtrail.record.Suspicions.Accepted;
import org.jobtrail.record.Suspicions.Suspicion;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.OneLine;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An operator knows that so many jobs are really gone. */
@Command(
        name = "accept-suspect",
        description = {
            "Without --organization: list the job lists that are implausibly reduced and therefore not believed.",
            "With it: confirm those of that organization. The next poll that reads the same list believes it; another one is"
                    + " suspect as before. The ledger notes who did it."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:listed, or accepted", "1:nothing to accept, or could not be done"})
public final class AcceptSuspectCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    @Option(names = "--organization", paramLabel = "ID", description = "Accept the reduced lists of this organization.")
    private String organization;

    @Option(names = "--job-type", paramLabel = "TYPE", description = "backup or copy: only this list of it.")
    private JobType type;

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        if (organization == null && type != null) {
            throw new CannotRunException("--job-type is given, but --organization is not: expected both, or neither");
        }
        try (Servers servers = Servers.start(options.config(), EnumSet.of(EmbeddedKind.DATABASE), out)) {
            Settings settings = servers.settings();
            return OperatorRequest.run(settings, database -> {
                try (var suspicions = new Suspicions(database)) {
                    return organization == null
                            ? list(suspicions.all())
                            : accept(suspicions, Organization.canonicalId(organization));
                }
            });
        }
    }

    private int list(List<Suspicion> suspicions) {
        suspicions.forEach(one -> out.println("organization %s (%s), %s jobs: since %s, last read at %s%s: %s"
                .formatted(
                        OneLine.of(one.organizationId()),
                        OneLine.of(Objects.requireNonNullElse(one.organizationName(), "without a name")),
                        one.jobType(),
                        one.since(),
                        one.lastSeen(),
                        one.accepted() ? ", accepted" : "",
                        Objects.requireNonNullElse(one.reason(), "its receipt is not written yet"))));
        if (suspicions.isEmpty()) {
            out.println("accept-suspect: no list is suspect");
        }
        return 0;
    }

    private int accept(Suspicions suspicions, String id) throws SQLException {
        List<Accepted> accepted = suspicions.accept(id, type == null ? null : type.toString());
        if (accepted.isEmpty()) {
            throw new CannotRunException(
                    "no list of organization %s waits to be accepted: accept-suspect alone lists what is suspect"
                            .formatted(id));
        }
        accepted.forEach(list -> out.println(
                "accept-suspect: organization %s: the reduced list of %s jobs, read since %s, is accepted; the next poll that reads the same believes it"
                        .formatted(id, list.jobType(), list.since())));
        return 0;
    }
}
