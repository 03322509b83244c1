package org.jobtrail.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What a seal says of its rows: SHA-256 over their hashes. */
final class SealedDigest {

    private final MessageDigest sha256;

    SealedDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void add(byte[] hash) {
        sha256.update(hash);
    }

    byte[] end() {
        return sha256.digest();
    }
}
