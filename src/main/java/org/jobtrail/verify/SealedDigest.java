package org.jobtrail.verify;

import java.security.MessageDigest;
import org.jobtrail.text.Sha256;

/** What a seal says of its rows: SHA-256 over their hashes. */
final class SealedDigest {

    private final MessageDigest sha256 = Sha256.begin();

    void add(byte[] hash) {
        sha256.update(hash);
    }

    byte[] end() {
        return sha256.digest();
    }
}
