package org.jobtrail.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jobtrail.support.Answer;
import org.jobtrail.support.FakeVeeam;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.jobtrail.support.TestCertificate;
import org.jobtrail.support.TestDatabase;
import org.jobtrail.support.TestPipeline;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whom a source trusts: nobody else, and where it refuses, it says what to do. */
@ExtendWith(RealServers.class)
class TlsTest {

    @TempDir
    static Path directory;

    private static TestCertificate own;
    private static TestCertificate issued;

    private final TestDatabase database;

    TlsTest(PostgresServer server) throws SQLException {
        database = server.migratedDatabase();
    }

    @BeforeAll
    static void makeCertificates() throws Exception {
        own = TestCertificate.create(directory);
        issued = TestCertificate.issued(directory);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefusedAndTheReasonSaysHowToTrustIt() throws Exception {
        String digest = HexFormat.ofDelimiter(":")
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(own.certificate().getEncoded()))
                .toUpperCase(Locale.ROOT);

        Poll poll = poll(own, null);

        assertThat(poll.calls()).isZero();
        assertThat(poll.reason())
                .isEqualTo(("the certificate of %1$s is not trusted (subject CN=vb365.test, issuer CN=vb365.test, "
                                + "SHA-256 %2$s): if it is this server's, save it (openssl s_client -connect %1$s "
                                + "</dev/null | openssl x509 > file.pem) and set source.veeam.ca-certificate to that file")
                        .formatted(poll.server(), digest))
                .hasSizeLessThan(500);
    }

    @Test
    void aCertificateThatIsNoAuthorityIsTrustedWhereTheOperatorNamesIt() throws Exception {
        assertThat(poll(own, own).reason()).isNull();
    }

    @Test
    void aCertificateOfAnAuthorityThatTheOperatorNamesIsTrusted() throws Exception {
        assertThat(poll(issued, issued).reason()).isNull();
    }

    @Test
    void aCertificateOfAnAuthorityThatNobodyNamesIsRefused() throws Exception {
        Poll poll = poll(issued, own);

        assertThat(poll.calls()).isZero();
        assertThat(poll.reason())
                .contains(" is not trusted (subject CN=vb365.test, issuer CN=authority.test, SHA-256 ")
                .endsWith("and append it to source.veeam.ca-certificate");
    }

    @Test
    void aCertificateThatWasRenewedUnderTheSameNameIsRefusedAndTheReasonSaysHowToTrustIt() throws Exception {
        Poll poll = poll(TestCertificate.create(directory), own);

        assertThat(poll.calls()).isZero();
        assertThat(poll.reason())
                .contains(" is not trusted (subject CN=vb365.test, issuer CN=vb365.test, SHA-256 ")
                .endsWith("and append it to source.veeam.ca-certificate");
    }

    @Test
    void aCertificateOfAnotherHostIsRefusedEvenWhereTheOperatorNamesIt() throws Exception {
        var certificate =
                TestCertificate.create(directory, "-ext", "san=dns:other.test,ip:127.0.0.2", "-validity", "2");

        Poll poll = poll(certificate, certificate);

        assertThat(poll.calls()).isZero();
        assertThat(poll.reason())
                .isEqualTo(
                        "the certificate of %s is for other.test, 127.0.0.2: set source.veeam.url to a name that it "
                                + "holds, or give the server another",
                        poll.server());
    }

    @Test
    void aCertificateThatHasExpiredIsRefusedEvenWhereTheOperatorNamesIt() throws Exception {
        var certificate = TestCertificate.create(
                directory, "-ext", "san=ip:127.0.0.1", "-startdate", "2020/01/01 00:00:00", "-validity", "1");

        Poll poll = poll(certificate, certificate);

        assertThat(poll.calls()).isZero();
        assertThat(poll.reason())
                .startsWith("the certificate of %s is valid from ".formatted(poll.server()))
                .endsWith(" only: renew it on the server");
    }

    @Test
    void aCertificateThatIsNotValidYetIsRefused() throws Exception {
        var certificate = TestCertificate.create(
                directory, "-ext", "san=ip:127.0.0.1", "-startdate", "2090/01/01 00:00:00", "-validity", "1");

        assertThat(poll(certificate, certificate).reason())
                .contains(" is valid from 20")
                .endsWith("look at the clocks, here and there");
    }

    @Test
    void whatTheCertificateSaysOfItselfCannotMoveTheCursorOrFloodTheLine() throws Exception {
        var certificate =
                TestCertificate.create(directory, "-dname", "CN=a\u001b[2J\u202e" + "b".repeat(300), "-validity", "2");

        assertThat(poll(certificate, null).reason())
                .contains("subject CN=a")
                .endsWith("source.veeam.ca-certificate to that file")
                .doesNotContain("\u001b", "\u202e");
    }

    private record Poll(String server, int calls, String reason) {}

    /** @param trusted the one that the operator names, or null */
    private Poll poll(TestCertificate served, TestCertificate trusted) throws Exception {
        try (FakeVeeam veeam = FakeVeeam.startWithTls(served.tls())
                .on("POST /v7/token", Answer.TOKEN)
                .on("GET /v7/Organizations", Answer.file("v7-organizations.json"))) {
            Map<String, String> settings = new HashMap<>(TestPipeline.source("veeam", veeam.url(), "v7"));
            if (trusted != null) {
                settings.put("source.veeam.ca-certificate", trusted.pem().toString());
            }
            TestPipeline.pollOnce(database, settings);
            return new Poll(veeam.url().getAuthority(), veeam.calls().size(), reason());
        }
    }

    private String reason() throws SQLException {
        return (String) database.column("select reason from jobtrail.poll_receipt order by seq desc limit 1")
                .get(0);
    }
}
