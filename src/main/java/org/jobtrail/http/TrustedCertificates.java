package org.jobtrail.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings.Source;

/** Whom a source's server may be vouched for by: the JVM's own authorities, and those that the operator names for it. */
public final class TrustedCertificates {

    private TrustedCertificates() {}

    public static SSLContextParameters of(Source source) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (X509Certificate authority : trustManager(null).getAcceptedIssuers()) {
                add(trusted, authority);
            }
            if (source.caCertificate().isPresent()) {
                for (Certificate authority : pem(source, source.caCertificate().get())) {
                    add(trusted, authority);
                }
            }
            if (source.trustStore().isPresent()) {
                addAll(trusted, source, source.trustStore().get());
            }
            var trustManagers = new TrustManagersParameters();
            trustManagers.setTrustManager(new ServerIdentity(source, trustManager(trusted)));
            var parameters = new SSLContextParameters();
            parameters.setTrustManagers(trustManagers);
            return parameters;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the JVM's own authorities cannot be read", e);
        }
    }

    private static Collection<? extends Certificate> pem(Source source, Path file) {
        String name = "source.%s.ca-certificate".formatted(source.name());
        try (InputStream in = Files.newInputStream(file)) {
            var certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new InvalidSettingException(name, "names %s, which holds no certificate".formatted(file));
            }
            return certificates;
        } catch (IOException | GeneralSecurityException e) {
            throw new InvalidSettingException(name, "names %s, which is no PEM file of certificates".formatted(file));
        }
    }

    private static void addAll(KeyStore trusted, Source source, Path file) throws GeneralSecurityException {
        String name = "source.%s.trust-store".formatted(source.name());
        int before = trusted.size();
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), (char[]) null);
            for (String alias : Collections.list(store.aliases())) {
                if (store.getCertificate(alias) != null) {
                    add(trusted, store.getCertificate(alias));
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new InvalidSettingException(
                    name, "names %s, which is no trust store that opens without a password".formatted(file));
        }
        // PKCS12 opens without its password, and passes over what is encrypted: nobody would be trusted.
        if (trusted.size() == before) {
            throw new InvalidSettingException(
                    name,
                    "names %s, in which no certificate can be read without a password: expected one that needs none, or a PEM file in source.%s.ca-certificate"
                            .formatted(file, source.name()));
        }
    }

    private static void add(KeyStore trusted, Certificate authority) throws GeneralSecurityException {
        trusted.setCertificateEntry("authority-" + trusted.size(), authority);
    }

    private static X509ExtendedTrustManager trustManager(KeyStore trusted) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("the JVM has no X.509 trust manager");
    }
}
