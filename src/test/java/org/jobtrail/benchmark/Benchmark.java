package org.jobtrail.benchmark;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Measures Jobtrail as anybody would run it against what this machine is capable of at most, and against what somebody would
 * otherwise write. To be started by {@code src/test/scripts/benchmark.sh}.
 */
@Command(
        name = "benchmark.sh",
        description = "Measures Jobtrail against floors and against others, in one run on this machine.",
        mixinStandardHelpOptions = true)
final class Benchmark implements Callable<Integer> {

    private interface Measurement {
        void run(Parts parts) throws Exception;
    }

    private static final Map<String, Measurement> PARTS =
            Map.of("steady", Steady::run, "sinks", Sinks::run, "many", Many::run, "growth", Growth::run);

    @Mixin
    private Options options;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Servers servers = Servers.of(options.postgres, options.kafka);
        tellMachine(servers, System.out);
        var parts = new Parts(options, servers, new AtomicInteger());
        boolean failed = false;
        for (String name : options.parts) {
            Measurement measurement = PARTS.get(name);
            if (measurement == null) {
                System.out.println("There is no part " + name + ".");
                return CommandLine.ExitCode.USAGE;
            }
            System.out.printf("%n== %s ==%n", name);
            try {
                measurement.run(parts);
            } catch (FailedCycleException e) {
                failed = true;
                System.out.printf("  NOT MEASURED: %s%n", e.getMessage());
            }
        }
        return failed ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private void tellMachine(Servers servers, PrintStream out) throws Exception {
        String postgres;
        try (var connection = servers.connect("postgres")) {
            postgres = connection.getMetaData().getDatabaseProductVersion();
        }
        out.printf(
                Locale.ROOT,
                "%d processors, %s %s, %s; PostgreSQL %s, Kafka %s%nJobtrail with -Xmx%s; seconds are medians of %d rounds, with the smallest and the largest%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                postgres,
                AppInfoParser.getVersion(),
                options.memory,
                options.rounds);
    }
}
