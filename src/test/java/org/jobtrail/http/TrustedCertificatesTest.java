package org.jobtrail.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.support.TestCertificate;
import org.jobtrail.support.TestSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a trust store adds; and that one that adds nobody is not taken for one that does. */
class TrustedCertificatesTest {

    @TempDir
    static Path directory;

    private static final char[] PASSWORD = "of a test".toCharArray();
    private static X509Certificate own;

    @BeforeAll
    static void makeCertificate() throws Exception {
        own = TestCertificate.create(directory).certificate();
    }

    @Test
    void whoIsInAStoreThatNeedsNoPasswordIsTrusted() throws Exception {
        assertThat(trusted(storeInTheClear(own))).contains(own);
    }

    @Test
    void whoIsInAJksStoreIsTrustedAsNothingInItIsEncrypted() throws Exception {
        assertThat(trusted(store("JKS", PASSWORD, own))).contains(own);
    }

    @Test
    void aPkcs12StoreWithAPasswordIsRefusedAndTheReasonSaysWhatToDo() throws Exception {
        Path file = store("PKCS12", PASSWORD, own);

        assertThatThrownBy(() -> trusted(file))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "source.hq.trust-store (SOURCE_HQ_TRUST_STORE) names %s, in which no certificate can be read without a password: expected one that needs none, or a PEM file in source.hq.ca-certificate",
                        file);
    }

    @Test
    void aStoreWithNothingInItIsRefusedToo() throws Exception {
        Path file = store("JKS", PASSWORD);

        assertThatThrownBy(() -> trusted(file))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("no certificate can be read");
    }

    private static List<X509Certificate> trusted(Path trustStore) throws Exception {
        var source = TestSource.named("hq").trustStore(trustStore).settings();
        var manager = (X509TrustManager)
                TrustedCertificates.of(source).getTrustManagers().getTrustManager();
        return List.of(manager.getAcceptedIssuers());
    }

    /** As openssl does with {@code -certpbe NONE -nomac}. */
    private static Path storeInTheClear(X509Certificate... certificates) throws Exception {
        List<String> algorithms = List.of("keystore.pkcs12.certProtectionAlgorithm", "keystore.pkcs12.macAlgorithm");
        algorithms.forEach(name -> System.setProperty(name, "NONE"));
        try {
            return store("PKCS12", null, certificates);
        } finally {
            algorithms.forEach(System::clearProperty);
        }
    }

    private static Path store(String type, char[] password, X509Certificate... certificates) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        for (X509Certificate certificate : certificates) {
            store.setCertificateEntry("one", certificate);
        }
        Path file = Files.createTempFile(directory, "trusted", ".store");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, password);
        }
        return file;
    }
}
