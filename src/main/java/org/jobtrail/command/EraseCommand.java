package org.jobtrail.command;

import java.io.PrintStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.record.Erasure;
import org.jobtrail.record.Erasure.Erased;
import org.jobtrail.settings.Settings;
import org.jobtrail.text.Counted;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Forgets one job, as somebody may have a right to. */
@Command(
        name = "erase",
        description = {
            "Blank the payloads, the raw texts and their salts of all rows of one job, its state, and rejected list elements that"
                    + " hold its id. The digests stay, so that the chain still verifies; a row of kind erased says what was done.",
            "It does not reach typed columns such as job_name, which the hash covers, nor the topic and backups. A job that the"
                    + " server still lists is recorded anew by the next poll."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:erased, or nothing was kept since it was last erased", "1:refused, or could not be done"})
public final class EraseCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    @Option(names = "--organization", required = true, paramLabel = "ID", description = "The organization's id.")
    private String organization;

    @Option(names = "--job", required = true, paramLabel = "ID", description = "The job's id.")
    private String job;

    @Option(
            names = "--job-type",
            paramLabel = "TYPE",
            description = "backup or copy, where there is one of each with that id.")
    private JobType type;

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        String organizationId = Organization.canonicalId(organization);
        String jobId = Organization.canonicalId(job);
        try (Servers servers = Servers.start(options.config(), EnumSet.of(EmbeddedKind.DATABASE), out)) {
            Settings settings = servers.settings();
            Optional<Erased> erased = OperatorRequest.run(settings, database -> {
                try (var erasure = new Erasure(database)) {
                    return erasure.erase(organizationId, type == null ? null : type.toString(), jobId);
                }
            });
            out.println(erased.map(done -> "erase: organization %s, %s job %s: %s blanked, row %d says so"
                            .formatted(
                                    organizationId, done.jobType(), jobId, Counted.of(done.rows(), "row"), done.seq()))
                    .orElse("erase: organization %s, job %s: nothing was kept since it was last erased"
                            .formatted(organizationId, jobId)));
            return 0;
        }
    }
}
