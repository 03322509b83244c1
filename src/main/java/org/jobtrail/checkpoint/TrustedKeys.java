package org.jobtrail.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.text.Sha256;

/**
 * The public keys that a key file holds, by their ids: the one that signs and older ones. An auditor's copy of the file needs no
 * PRIVATE KEY.
 */
public final class TrustedKeys {

    private static final int BYTES_OF_A_KEY = 32;

    private final Map<String, PublicKey> keys;

    TrustedKeys(Iterable<PublicKey> keys) {
        var byId = new LinkedHashMap<String, PublicKey>();
        keys.forEach(key -> byId.put(id(key), key));
        this.keys = byId;
    }

    /** @throws org.jobtrail.settings.InvalidSettingException where the file is not there or holds no such keys */
    public static TrustedKeys read(Path file) {
        Pem pem = Pem.read(file);
        if (pem.publicKeys().isEmpty()) {
            throw Pem.wrong(
                    file, "which holds no PUBLIC KEY: expected at least the one that checkpoints are signed with");
        }
        return new TrustedKeys(pem.publicKeys());
    }

    public Optional<PublicKey> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    /** Whether one of these keys has signed it. */
    public boolean vouchFor(Checkpoint checkpoint) {
        return find(checkpoint.kid()).filter(checkpoint::signedBy).isPresent();
    }

    /** The key's thumbprint as RFC 7638 has it, which is the {@code kid} of what it signs. */
    public static String id(PublicKey key) {
        byte[] encoded = key.getEncoded();
        // X.509 wraps the bytes of the key, which come last.
        byte[] x = Arrays.copyOfRange(encoded, encoded.length - BYTES_OF_A_KEY, encoded.length);
        return base64(Sha256.of("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}".formatted(base64(x))));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }
}
