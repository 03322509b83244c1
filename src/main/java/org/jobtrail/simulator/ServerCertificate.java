package org.jobtrail.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate of the server's own making, as the real server has one by default: new at every start, made by the JDK's
 * keytool, its private key in memory only. A client has to be told to trust {@link #pem()}.
 */
record ServerCertificate(SSLContext sslContext, String pem) {
    private static final String ALIAS = "simulator";
    private static final String PASSWORD_VARIABLE = "SIMULATOR_KEY_STORE_PASSWORD";
    private static final int PATIENCE_SECONDS = 60;

    static ServerCertificate create(List<String> extraNames) throws IOException {
        Path directory = Files.createTempDirectory("simulator-certificate");
        Path store = directory.resolve("store.p12");
        Path output = directory.resolve("output.txt");
        String password = randomPassword();
        try {
            generate(store, output, password, subjectNames(extraNames));
            return load(store, password.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IOException("The certificate made by keytool cannot be used: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(store);
            Files.deleteIfExists(output);
            Files.deleteIfExists(directory);
        }
    }

    private static void generate(Path store, Path output, String password, String subjectNames) throws IOException {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        // The password travels in the environment: the command line can be read by every user of the machine.
        ProcessBuilder command = new ProcessBuilder(List.of(
                keytool,
                // Halves the time of a start: a program this short gains nothing from the optimizing compiler.
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=Simulated backup server",
                "-ext",
                "bc:critical=ca:true",
                "-ext",
                "san=" + subjectNames,
                // A day back, for clients whose clock is behind.
                "-startdate",
                "-1d",
                "-validity",
                "366",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:env",
                PASSWORD_VARIABLE));
        command.environment().put(PASSWORD_VARIABLE, password);
        Process process = command.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("keytool did not make a certificate within " + PATIENCE_SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool was making a certificate", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("keytool made no certificate: "
                    + Files.readString(output, StandardCharsets.UTF_8).strip());
        }
    }

    private static ServerCertificate load(Path store, char[] password) throws IOException, GeneralSecurityException {
        KeyStore keyStore = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(store)) {
            keyStore.load(content, password);
        }
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keyStore, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), null, null);
        return new ServerCertificate(context, pem(keyStore.getCertificate(ALIAS).getEncoded()));
    }

    private static String pem(byte[] certificate) {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
                + "\n-----END CERTIFICATE-----\n";
    }

    private static String subjectNames(List<String> extraNames) {
        Set<String> names = new LinkedHashSet<>(List.of("dns:localhost", "ip:127.0.0.1", "ip:::1"));
        extraNames.forEach(name -> names.add((isAddress(name) ? "ip:" : "dns:") + name));
        return String.join(",", names);
    }

    private static boolean isAddress(String name) {
        return name.contains(":") || Stream.of(name.split("\\.")).allMatch(part -> part.matches("[0-9]{1,3}"));
    }

    private static String randomPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
