package org.jobtrail.simulator.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate of the server's own making, as the real server has one by default, made by the JDK's keytool: new at every start
 * with its private key in memory only, or kept in a file. A client has to be told to trust {@link #pem()}.
 */
public record ServerCertificate(SSLContext sslContext, X509Certificate certificate) {
    private static final String ALIAS = "simulator";
    private static final String PASSWORD_VARIABLE = "SIMULATOR_KEY_STORE_PASSWORD";
    private static final int PATIENCE_SECONDS = 60;
    /** PKCS12 wants one. What protects a kept key is who may read its file. */
    private static final String KEPT_PASSWORD = "simulator";

    public static ServerCertificate create(List<String> extraNames) throws IOException {
        return create(Files.createTempDirectory("simulator-certificate"), randomPassword(), extraNames, store -> {});
    }

    /** The one in the key store, which clients trust already; a new one where there is none, or none that is good. */
    public static ServerCertificate kept(Path keyStore, List<String> extraNames) throws IOException {
        if (Files.exists(keyStore)) {
            try {
                ServerCertificate kept = load(keyStore, KEPT_PASSWORD.toCharArray());
                if (kept.isGoodFor(extraNames)) {
                    return kept;
                }
            } catch (GeneralSecurityException | IOException e) {
                throw unusable(keyStore, e);
            }
        }
        // Beside its final place, to be moved there as a whole; nobody else may look into a directory made like this.
        Path parent = keyStore.toAbsolutePath().getParent();
        Path directory = Files.createTempDirectory(parent, ".simulator-certificate");
        return create(
                directory,
                KEPT_PASSWORD,
                extraNames,
                store -> Files.move(store, keyStore, StandardCopyOption.ATOMIC_MOVE));
    }

    @FunctionalInterface
    private interface Keeping {
        void keep(Path store) throws IOException;
    }

    private static ServerCertificate create(Path directory, String password, List<String> extraNames, Keeping keeping)
            throws IOException {
        Path store = directory.resolve("store.p12");
        Path output = directory.resolve("output.txt");
        try {
            generate(store, output, password, subjectNames(extraNames));
            ServerCertificate created = load(store, password.toCharArray());
            Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));
            keeping.keep(store);
            return created;
        } catch (GeneralSecurityException e) {
            throw new IOException("The certificate made by keytool cannot be used: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(store);
            Files.deleteIfExists(output);
            Files.deleteIfExists(directory);
        }
    }

    private boolean isGoodFor(List<String> extraNames) throws GeneralSecurityException {
        Set<String> names = new HashSet<>();
        for (List<?> name : certificate.getSubjectAlternativeNames()) {
            names.add(String.valueOf(name.get(1)));
        }
        return certificate.getNotAfter().toInstant().isAfter(Instant.now()) && names.containsAll(extraNames);
    }

    private static IOException unusable(Path keyStore, Exception e) {
        return new IOException(
                "The key store " + keyStore + " cannot be used (" + e.getMessage() + "); delete it for a new one.", e);
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
        if (!(keyStore.getCertificate(ALIAS) instanceof X509Certificate certificate)) {
            throw new GeneralSecurityException("it has no certificate named " + ALIAS);
        }
        return new ServerCertificate(context, certificate);
    }

    public String pem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("A certificate that was read has no encoding", e);
        }
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
