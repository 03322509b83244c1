package org.jobtrail.command;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.jobtrail.embedded.EmbeddedKind;
import org.jobtrail.embedded.EmbeddedServersException;
import org.jobtrail.settings.ProgramHome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Polls and publishes: until it is told to stop, or once. */
@Command(
        name = "run",
        description = "Poll all sources, record what changes and publish it; the default.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:told to stop; with --once, all is polled and published, also where single lists could not be read",
            "1:could not start; with --once, also where a source could not be polled, something is not published, or no"
                    + " checkpoint could be taken",
            "2:an unknown or missing option"
        })
public final class RunCommand implements Callable<Integer> {

    @Mixin
    private Options options = new Options();

    @Option(names = "--once", description = "Poll each source once, publish everything, print a summary and end.")
    private boolean once;

    @Override
    public Integer call() throws Exception {
        Path home = ProgramHome.find().home();
        return once ? once(home) : untilTold(home);
    }

    private int once(Path home) throws Exception {
        SingleRun.Result result;
        try (Servers servers = Servers.start(options.config(), EnumSet.allOf(EmbeddedKind.class), System.out)) {
            result = new SingleRun(servers.settings(), home).run();
        }
        // The last thing that is said, after everything has stopped.
        System.out.println(result.summary());
        return result.exitCode();
    }

    private int untilTold(Path home) throws Exception {
        UnblockedLog log = UnblockedLog.ofTheProgram();
        var termination = new Termination();
        try (termination;
                Servers servers = Servers.start(options.config(), EnumSet.allOf(EmbeddedKind.class), System.out)) {
            servers.stopOnlyWhenClosed();
            if (servers.attached()) {
                throw new CannotRunException(
                        "another run uses %s already: stop it, set data.directory to another one, or use run --once"
                                .formatted(servers.settings().dataDirectory()));
            }
            if (!termination.asked()) {
                new ContinuousRun(servers.settings(), home, termination).run();
            }
            return 0;
        } catch (EmbeddedServersException e) {
            // A server that is still starting when the end comes need not succeed.
            if (!termination.asked()) {
                throw e;
            }
            return 0;
        } finally {
            log.close();
        }
    }
}
