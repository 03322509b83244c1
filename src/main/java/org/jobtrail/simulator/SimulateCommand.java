package org.jobtrail.simulator;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jobtrail.simulator.fault.Fault;
import org.jobtrail.simulator.http.Answer;
import org.jobtrail.simulator.http.Request;
import org.jobtrail.simulator.http.ServerCertificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a simulator on the command line and keeps it until the process is told to end. */
@Command(
        name = "simulate",
        description = "Be a Veeam Backup for Microsoft 365 server whose jobs live in time-lapse.",
        mixinStandardHelpOptions = true)
public final class SimulateCommand implements Callable<Integer> {
    private static final String PASSWORD_VARIABLE = "SIMULATOR_PASSWORD";
    private static final int MOST_INSTALLATIONS = 100;

    private CommandSpec command;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on, 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
    private String bindAddress;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "4443",
            description = "Port to listen on, 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host-name",
            paramLabel = "NAME",
            description = "Name by which clients call this machine, if not localhost; it goes into the certificate.")
    private String hostName;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Which world; the same number is the same world. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--organizations",
            paramLabel = "NUMBER",
            defaultValue = "3",
            description = "Default: ${DEFAULT-VALUE}.")
    private int organizations;

    @Option(
            names = "--jobs",
            paramLabel = "NUMBER",
            defaultValue = "12",
            description = "Jobs of each organization. Default: ${DEFAULT-VALUE}.")
    private int jobs;

    @Option(
            names = "--pace",
            paramLabel = "FACTOR",
            defaultValue = "1.0",
            description = "2.0 makes everything happen twice as fast. Default: ${DEFAULT-VALUE}.")
    private double pace;

    @Option(
            names = "--no-turnover",
            description = "No job is ever deleted or created: there are always as many as --jobs says.")
    private boolean noTurnover;

    @Option(
            names = "--token-lifetime",
            paramLabel = "DURATION",
            defaultValue = "PT1H",
            description = "How long an access token is good for, in ISO 8601. Default: ${DEFAULT-VALUE}.")
    private Duration tokenLifetime;

    @Option(
            names = "--username",
            paramLabel = "NAME",
            defaultValue = SimulatorOptions.DEFAULT_USERNAME,
            description = "Who may sign in. Default: ${DEFAULT-VALUE}.")
    private String username;

    @Option(
            names = "--password",
            paramLabel = "PASSWORD",
            defaultValue = "${env:" + PASSWORD_VARIABLE + ":-" + SimulatorOptions.DEFAULT_PASSWORD + "}",
            description = "Default: the environment variable " + PASSWORD_VARIABLE + ", or "
                    + SimulatorOptions.DEFAULT_PASSWORD + " without it.")
    private String password;

    @Option(
            names = "--certificate-file",
            paramLabel = "FILE",
            defaultValue = "simulator-certificate.pem",
            description = "Where to write the certificate that clients must trust. Default: ${DEFAULT-VALUE}.")
    private Path certificateFile;

    @Option(
            names = "--key-store",
            paramLabel = "FILE",
            description =
                    "Where to keep the certificate with its key, so that clients trust the next start too; made where"
                            + " it is missing. Without it each start has a new certificate.")
    private Path keyStore;

    @Option(
            names = "--api-versions",
            paramLabel = "VERSION",
            split = ",",
            description = "The versions of the API that it serves, as in v6,v7. Default: all, v1 to v8.")
    private List<String> apiVersions = SimulatorOptions.everyVersion();

    @Option(
            names = "--installations",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Servers to be, each with organizations of its own: at this port and the next ones, with this"
                    + " seed and the next ones. Default: ${DEFAULT-VALUE}.")
    private int installations;

    @Option(
            names = "--fault",
            paramLabel = "NAME[=VALUE][*TIMES]",
            description = "What shall be wrong with it, of the list below. Can be given more than once.")
    private List<String> faults = List.of();

    @Option(names = "--log-requests", description = "Say each request and the status of its answer in one line.")
    private boolean logRequests;

    @Spec
    void describe(CommandSpec spec) {
        command = spec;
        List<String> footer = new ArrayList<>();
        footer.add(
                "%nFaults (without the N in brackets: every time; TIMES: how often at most; a later%npage: any but a list's first):%n");
        Arrays.stream(Fault.values()).map(fault -> "  " + fault.line()).forEach(footer::add);
        spec.usageMessage().footer(footer.toArray(String[]::new));
    }

    @Override
    public Integer call() {
        List<Simulator> running = new ArrayList<>();
        try {
            start(running);
            if (!written(running.get(0).certificatePem())) {
                return failed("Cannot write the certificate to " + certificateFile + ".");
            }
            for (int number = 0; number < running.size(); number++) {
                announce(running.get(number), number + 1);
            }
            new CountDownLatch(1).await();
            return 0;
        } catch (InterruptedException e) {
            return 0;
        } catch (SocketException e) {
            return failed(
                    "Cannot listen on " + bindAddress + ":" + portOf(running.size()) + ": " + e.getMessage() + ".");
        } catch (IOException | IllegalArgumentException e) {
            return failed("Cannot start the simulator: " + e.getMessage());
        } finally {
            running.forEach(Simulator::close);
        }
    }

    private void start(List<Simulator> running) throws IOException {
        if (installations < 1 || installations > MOST_INSTALLATIONS) {
            throw new IllegalArgumentException("The installations must be from 1 to " + MOST_INSTALLATIONS + ".");
        }
        running.add(Simulator.start(options(0), Optional.ofNullable(keyStore), this::log));
        // They share the certificate: a client has one file to trust.
        ServerCertificate certificate = running.get(0).certificate();
        for (int number = 1; number < installations; number++) {
            running.add(Simulator.start(options(number), () -> certificate, this::log));
        }
    }

    private int portOf(int number) {
        return port == 0 ? 0 : port + number;
    }

    private SimulatorOptions options(int number) {
        SimulatorOptions options = SimulatorOptions.defaults()
                .withBindAddress(bindAddress)
                .withPort(portOf(number))
                .withSeed(seed + number)
                .withOrganizations(organizations)
                .withJobsPerOrganization(jobs)
                .withPace(pace)
                .withTurnover(!noTurnover)
                .withCredentials(username, password)
                .withTokenLifetime(tokenLifetime)
                .withApiVersions(apiVersions.toArray(String[]::new))
                .withFaults(faults.toArray(String[]::new));
        return hostName == null ? options : options.withHostName(hostName);
    }

    private void log(Request request, Answer answer) {
        if (logRequests) {
            PrintWriter out = command.commandLine().getOut();
            out.println(request + " " + answer.status());
            out.flush();
        }
    }

    private boolean written(String certificate) {
        try {
            Files.writeString(certificateFile, certificate);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void announce(Simulator simulator, int number) {
        String url = hostName == null ? simulator.url().toString() : "https://" + hostName + ":" + simulator.port();
        String source = number == 1 ? "SOURCE_SIMULATOR" : "SOURCE_SIMULATOR_" + number;
        PrintWriter out = command.commandLine().getOut();
        out.println("Simulator at " + url + ", user " + username + ", certificate in " + certificateFile + ".");
        out.println(
                "For Jobtrail: %1$s_URL=%2$s %1$s_USERNAME=%3$s %1$s_CA_CERTIFICATE=%4$s and the password in %1$s_PASSWORD."
                        .formatted(
                                source,
                                url,
                                quoted(username),
                                quoted(certificateFile.toAbsolutePath().toString())));
        out.flush();
    }

    /** As a shell takes it: the line is made to be copied, and a shell would drop the backslash of an account's domain. */
    private static String quoted(String value) {
        return value.matches("[\\w@%+:./-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    private int failed(String sentence) {
        PrintWriter err = command.commandLine().getErr();
        err.println(sentence);
        err.flush();
        return 1;
    }
}
