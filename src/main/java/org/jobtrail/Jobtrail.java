package org.jobtrail;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jobtrail.command.AcceptSuspectCommand;
import org.jobtrail.command.CheckCommand;
import org.jobtrail.command.EraseCommand;
import org.jobtrail.command.Failure;
import org.jobtrail.command.RecoverCommand;
import org.jobtrail.command.RepublishCommand;
import org.jobtrail.command.RetainCommand;
import org.jobtrail.command.RunCommand;
import org.jobtrail.command.Termination;
import org.jobtrail.command.VerifyCommand;
import org.jobtrail.command.Version;
import org.jobtrail.simulator.SimulateCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program. Without a command it runs. */
@Command(
        name = "jobtrail",
        description = "Every change of every Veeam Backup for Microsoft 365 job: kept in PostgreSQL, told on Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            VerifyCommand.class,
            AcceptSuspectCommand.class,
            RetainCommand.class,
            EraseCommand.class,
            RecoverCommand.class,
            RepublishCommand.class,
            SimulateCommand.class
        },
        footer = {"", "Settings are described in the README; each is a property or an environment variable."})
public final class Jobtrail implements Callable<Integer> {

    private Jobtrail() {}

    public static void main(String[] arguments) {
        // Numbers are for programs, too: some locales write them in digits of their own.
        Locale.setDefault(Locale.ROOT);
        // Job names have umlauts, whatever the locale.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        SecretLoggers.silence();
        endUnfinishedRequests();
        int exitCode = CommandLine.ExitCode.SOFTWARE;
        try {
            exitCode = execute(arguments);
        } catch (Error e) {
            // Threads of a half-started server would keep the process alive without a purpose.
            e.printStackTrace();
        }
        Termination.end(exitCode);
    }

    /** Whoever connects to health and says nothing would hold a thread for ever. The first HTTP server of the process looks here. */
    private static void endUnfinishedRequests() {
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "10");
    }

    static int execute(String... arguments) {
        var program = new CommandLine(new Jobtrail())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Failure());
        return program.execute(isRunWithoutItsName(program, arguments) ? withRun(arguments) : arguments);
    }

    /** Options that are not the program's own are those of the default command. */
    private static boolean isRunWithoutItsName(CommandLine program, String... arguments) {
        return arguments.length > 0
                && arguments[0].startsWith("-")
                && !program.getCommandSpec().optionsMap().containsKey(arguments[0]);
    }

    private static String[] withRun(String... arguments) {
        return Stream.concat(Stream.of("run"), Stream.of(arguments)).toArray(String[]::new);
    }

    @Override
    public Integer call() throws Exception {
        return new RunCommand().call();
    }
}
