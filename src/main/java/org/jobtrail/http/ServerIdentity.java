package org.jobtrail.http;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.Sha256;

/** Whether a source's server is who it says: as the JDK judges, only that a refusal tells the operator what to do about it. */
final class ServerIdentity extends X509ExtendedTrustManager {

    private static final Set<CertPathValidatorException.Reason> RENEWED =
            Set.of(PKIXReason.NO_TRUST_ANCHOR, CertPathValidatorException.BasicReason.INVALID_SIGNATURE);

    private final Source source;
    private final X509ExtendedTrustManager jdk;

    ServerIdentity(Source source, X509ExtendedTrustManager jdk) {
        this.source = source;
        this.jdk = jdk;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        judge(chain, authType, () -> jdk.checkServerTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        judge(chain, authType, () -> jdk.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        judge(chain, authType, () -> jdk.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        jdk.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        jdk.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        jdk.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return jdk.getAcceptedIssuers();
    }

    private interface Judgement {
        void pass() throws CertificateException;
    }

    private void judge(X509Certificate[] chain, String authType, Judgement judgement) throws CertificateException {
        try {
            judgement.pass();
            // The JDK does not look at the dates of a certificate that is itself among the trusted ones.
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw new UntrustedServerException(reason(chain, authType, e), e);
        }
    }

    private String reason(X509Certificate[] chain, String authType, CertificateException refusal) {
        X509Certificate certificate = chain[0];
        String of = "the certificate of " + server();
        if (!passes(certificate::checkValidity)) {
            return "%s is valid from %s to %s only: %s"
                    .formatted(
                            of,
                            certificate.getNotBefore().toInstant(),
                            certificate.getNotAfter().toInstant(),
                            certificate.getNotAfter().toInstant().isAfter(Instant.now())
                                    ? "look at the clocks, here and there"
                                    : "renew it on the server");
        }
        if (passes(() -> jdk.checkServerTrusted(chain, authType))) {
            return "%s is for %s: set source.%s.url to a name that it holds, or give the server another"
                    .formatted(of, names(certificate), source.name());
        }
        if (!unknownIssuer(refusal)) {
            return "%s is not accepted: %s".formatted(of, refusal.getMessage());
        }
        return ("%s is not trusted (subject %s, issuer %s, SHA-256 %s): if it is this server's, save it "
                        + "(openssl s_client -connect %s </dev/null | openssl x509 > file.pem) and %s")
                .formatted(
                        of,
                        brief(certificate.getSubjectX500Principal().getName()),
                        brief(certificate.getIssuerX500Principal().getName()),
                        fingerprint(certificate),
                        server(),
                        howToTrust());
    }

    private String server() {
        int port = source.url().getPort();
        return source.url().getHost() + ":" + (port < 0 ? 443 : port);
    }

    private String howToTrust() {
        if (source.trustStore().isPresent()) {
            return "import it into source.%s.trust-store".formatted(source.name());
        }
        return (source.caCertificate().isPresent()
                        ? "append it to source.%s.ca-certificate"
                        : "set source.%s.ca-certificate to that file")
                .formatted(source.name());
    }

    private static boolean passes(Judgement judgement) {
        try {
            judgement.pass();
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static boolean unknownIssuer(Throwable refusal) {
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            // The latter where one of the same name is trusted: a certificate that was renewed.
            if (cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException broken && RENEWED.contains(broken.getReason())) {
                return true;
            }
        }
        return false;
    }

    private static String names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                return brief(
                        names.stream().map(name -> String.valueOf(name.get(1))).collect(Collectors.joining(", ")));
            }
        } catch (CertificateException e) {
            // not readable: the subject is what is left
        }
        return brief(certificate.getSubjectX500Principal().getName());
    }

    /** Written by whoever answered: short, and nothing in it that a terminal would obey. */
    private static String brief(String name) {
        String printable = name.replaceAll("\\p{C}", "?");
        return printable.length() <= 60 ? printable : printable.substring(0, 57) + "...";
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(Sha256.of(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read has no bytes", e);
        }
    }
}
