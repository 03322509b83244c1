package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import org.jobtrail.simulator.fault.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(60)
class SimulateCommandTest {
    @TempDir
    Path directory;

    @Test
    void itSaysHowToReachItAndRunsUntilItIsTold() throws Exception {
        Path certificate = directory.resolve("simulator.pem");
        PipedWriter writer = new PipedWriter();
        BufferedReader output = new BufferedReader(new PipedReader(writer));
        CommandLine command = new CommandLine(new SimulateCommand()).setOut(new PrintWriter(writer));
        FutureTask<Integer> exitCode = new FutureTask<>(() -> command.execute(
                "--port", "0", "--username", "BACKUP\\reader", "--certificate-file", certificate.toString()));
        Thread process = new Thread(exitCode);
        process.start();

        assertThat(output.readLine())
                .matches(
                        "Simulator at https://localhost:\\d+, user BACKUP\\\\reader, certificate in .*simulator\\.pem\\.");
        assertThat(output.readLine())
                .contains("SOURCE_SIMULATOR_URL=https://localhost:")
                .contains("SOURCE_SIMULATOR_USERNAME='BACKUP\\reader' ")
                .contains("SOURCE_SIMULATOR_CA_CERTIFICATE=" + certificate.toAbsolutePath())
                .contains("SOURCE_SIMULATOR_PASSWORD");
        assertThat(certificate).content().startsWith("-----BEGIN CERTIFICATE-----\n");
        assertThat(process.isAlive()).isTrue();

        process.interrupt();
        assertThat(exitCode.get()).isZero();
    }

    @Test
    void severalInstallationsAreSaidOneAfterAnotherAndShareTheCertificate() throws Exception {
        Path certificate = directory.resolve("simulator.pem");
        PipedWriter writer = new PipedWriter();
        BufferedReader output = new BufferedReader(new PipedReader(writer));
        CommandLine command = new CommandLine(new SimulateCommand()).setOut(new PrintWriter(writer));
        FutureTask<Integer> exitCode = new FutureTask<>(() -> command.execute(
                "--port", "0", "--installations", "2", "--certificate-file", certificate.toString(), "--fault=hang=9"));
        Thread process = new Thread(exitCode);
        process.start();

        Set<String> installations = new HashSet<>();
        for (String source : List.of("SOURCE_SIMULATOR", "SOURCE_SIMULATOR_2")) {
            String first = output.readLine();
            assertThat(first).startsWith("Simulator at https://localhost:");
            assertThat(output.readLine())
                    .contains(" " + source + "_URL=https://localhost:")
                    .contains(" " + source + "_USERNAME=simulator")
                    .contains(" " + source + "_CA_CERTIFICATE=" + certificate.toAbsolutePath())
                    .contains(" " + source + "_PASSWORD.");
            URI url = URI.create(first.replaceAll("Simulator at ([^,]*),.*", "$1"));
            TrustingClient client = new TrustingClient(Files.readString(certificate), url);
            installations.add(
                    client.get("/v8/ServiceInstance", client.accessToken("v8")).body());
        }
        assertThat(installations).hasSize(2);

        process.interrupt();
        assertThat(exitCode.get()).isZero();
    }

    @Test
    void aKeptCertificateIsTheSameAfterARestart() throws Exception {
        Path keyStore = directory.resolve("simulator.p12");

        String first = certificateOf(keyStore, "backup.example");

        assertThat(certificateOf(keyStore, "backup.example")).isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyStore)))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryContaining(keyStore::equals).isDirectoryNotContaining("glob:**certificate*");
    }

    @Test
    void aKeptCertificateThatDoesNotHoldTheNameIsReplaced() throws Exception {
        Path keyStore = directory.resolve("simulator.p12");

        String first = certificateOf(keyStore, "backup.example");

        assertThat(certificateOf(keyStore, "other.example")).isNotEqualTo(first);
    }

    @Test
    void aKeyStoreThatIsNoneIsSaidInASentence() throws Exception {
        StringWriter error = new StringWriter();
        Path keyStore = Files.writeString(directory.resolve("simulator.p12"), "nothing of the kind");

        assertThat(execute(error, "--port", "0", "--key-store", keyStore.toString()))
                .isEqualTo(1);
        assertThat(error.toString().lines())
                .singleElement()
                .asString()
                .startsWith("Cannot start the simulator: The key store " + keyStore + " cannot be used");
    }

    @Test
    void requestsAreSaidWithoutTheirSecrets() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        try (Simulator simulator = Simulator.start(
                SimulatorOptions.defaults(),
                Optional.empty(),
                (request, answer) -> said.add(request + " " + answer.status()))) {
            var client = new TrustingClient(simulator);
            client.get("/v8/Jobs?secret=hidden", "hidden");
        }
        assertThat(said).containsExactly("GET /v8/jobs 401");
    }

    private static String certificateOf(Path keyStore, String name) throws Exception {
        try (Simulator simulator = Simulator.start(
                SimulatorOptions.defaults().withHostName(name), Optional.of(keyStore), (request, answer) -> {})) {
            return simulator.certificatePem();
        }
    }

    @Test
    void aPortThatIsTakenIsSaidInASentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            StringWriter error = new StringWriter();
            String port = String.valueOf(taken.getLocalPort());

            assertThat(execute(error, "--port", port)).isEqualTo(1);
            assertThat(error.toString().lines())
                    .singleElement()
                    .asString()
                    .startsWith("Cannot listen on 127.0.0.1:" + port + ": ");
        }
    }

    @Test
    void aCertificateFileThatCannotBeWrittenIsSaidInASentence() {
        StringWriter error = new StringWriter();
        Path nowhere = directory.resolve("missing").resolve("simulator.pem");

        assertThat(execute(error, "--port", "0", "--certificate-file", nowhere.toString()))
                .isEqualTo(1);
        assertThat(error.toString().lines()).containsExactly("Cannot write the certificate to " + nowhere + ".");
    }

    @Test
    void anOptionThatCannotBeIsSaidInASentence() {
        StringWriter error = new StringWriter();

        assertThat(execute(error, "--pace", "0")).isEqualTo(1);
        assertThat(error.toString().lines())
                .containsExactly("Cannot start the simulator: The pace must be from 0.01 to 100.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fault earthquake | There is no fault \"earthquake\": it must be one of those that simulate --help lists.",
                "--fault forbidden=4 | The fault forbidden names organization 4, and there are 3.",
                "--api-versions v8,v9 | The API versions must be some of v1 to v8.",
                "--installations 0 | The installations must be from 1 to 100.",
            })
    void aFaultOrNumberThatMakesNoSenseIsSaidInASentence(String arguments, String sentence) {
        StringWriter error = new StringWriter();

        assertThat(execute(error, arguments.split(" "))).isEqualTo(1);
        assertThat(error.toString().lines()).containsExactly("Cannot start the simulator: " + sentence);
    }

    @Test
    void theHelpHasALineForEachFault() {
        StringWriter output = new StringWriter();
        new CommandLine(new SimulateCommand()).setOut(new PrintWriter(output)).execute("--help");

        assertThat(output.toString().lines())
                .extracting(String::strip)
                .contains(Arrays.stream(Fault.values()).map(Fault::line).toArray(String[]::new));
        assertThat(Arrays.stream(Fault.values()).map(Fault::line)).allMatch(line -> line.length() <= 77);
    }

    @Test
    void theHelpSaysWhereThePasswordComesFrom() {
        StringWriter output = new StringWriter();
        new CommandLine(new SimulateCommand()).setOut(new PrintWriter(output)).execute("--help");

        assertThat(output.toString()).contains("--certificate-file", "SIMULATOR_PASSWORD");
    }

    private static int execute(StringWriter error, String... arguments) {
        return new CommandLine(new SimulateCommand())
                .setErr(new PrintWriter(error))
                .execute(arguments);
    }
}
