package org.jobtrail.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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
        FutureTask<Integer> exitCode = new FutureTask<>(() ->
                command.execute("--port", "0", "--username", "reader", "--certificate-file", certificate.toString()));
        Thread process = new Thread(exitCode);
        process.start();

        assertThat(output.readLine())
                .matches("Simulator at https://localhost:\\d+, user reader, certificate in .*simulator\\.pem\\.");
        assertThat(output.readLine())
                .contains("SOURCE_SIMULATOR_URL=https://localhost:")
                .contains("SOURCE_SIMULATOR_USERNAME=reader")
                .contains("SOURCE_SIMULATOR_CA_CERTIFICATE=" + certificate.toAbsolutePath())
                .contains("SOURCE_SIMULATOR_PASSWORD");
        assertThat(certificate).content().startsWith("-----BEGIN CERTIFICATE-----\n");
        assertThat(process.isAlive()).isTrue();

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
