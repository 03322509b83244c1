package org.jobtrail.http;

import java.security.cert.CertificateException;

/** A server that cannot prove who it is; the message says what its certificate is, and what an operator can do. */
final class UntrustedServerException extends CertificateException {

    private static final long serialVersionUID = 1L;

    UntrustedServerException(String message, CertificateException cause) {
        super(message, cause);
    }
}
