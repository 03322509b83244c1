package org.jobtrail.support;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server's certificate that nobody knows, made by the JDK's keytool; {@code pem} is the one to trust. */
public record TestCertificate(SSLContext tls, Path pem, X509Certificate certificate) {
    private static final String PASSWORD = "of a test";

    /** Signed by itself, and no certificate authority. */
    public static TestCertificate create(Path directory) throws Exception {
        return create(directory, "-ext", "san=ip:127.0.0.1", "-validity", "2");
    }

    /** Signed by itself. */
    public static TestCertificate create(Path directory, String... options) throws Exception {
        Path file = Files.createTempFile(directory, "server", ".p12");
        Files.delete(file);
        generate(file, "server", "vb365.test", options);
        return read(file, "server");
    }

    /** Signed by an authority, whose certificate is the one to trust. */
    public static TestCertificate issued(Path directory) throws Exception {
        Path file = directory.resolve("issued.p12");
        Path request = directory.resolve("server.csr");
        Path answer = directory.resolve("answer.pem");
        generate(file, "authority", "authority.test", "-ext", "bc=ca:true", "-validity", "2");
        generate(file, "server", "vb365.test", "-validity", "2");
        keytool(file, "-certreq", "-alias", "server", "-file", request.toString());
        keytool(
                file,
                "-gencert",
                "-alias",
                "authority",
                "-infile",
                request.toString(),
                "-outfile",
                answer.toString(),
                "-ext",
                "san=ip:127.0.0.1",
                "-rfc");
        keytool(file, "-importcert", "-noprompt", "-alias", "server", "-file", answer.toString());
        return read(file, "authority");
    }

    private static void generate(Path file, String alias, String name, String... options) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", "CN=" + name));
        arguments.addAll(List.of(options));
        keytool(file, arguments.toArray(String[]::new));
    }

    private static void keytool(Path store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.add("-J-XX:TieredStopAtLevel=1");
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        Path output = store.resolveSibling("keytool.txt");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new AssertionError(Files.readString(output));
        }
    }

    private static TestCertificate read(Path file, String trusted) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(file)) {
            store.load(content, PASSWORD.toCharArray());
        }
        X509Certificate certificate = (X509Certificate) store.getCertificate(trusted);
        if (!trusted.equals("server")) {
            store.deleteEntry(trusted);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        Path pem = Files.writeString(
                Path.of(file.toString().replaceAll("p12$", "pem")),
                "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
        return new TestCertificate(tls, pem, certificate);
    }
}
