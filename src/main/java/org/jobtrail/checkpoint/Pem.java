package org.jobtrail.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jobtrail.settings.InvalidSettingException;

/** The keys of a key file, in their order. What stands between the blocks is a comment; other blocks are none of ours. */
record Pem(List<PrivateKey> privateKeys, List<PublicKey> publicKeys) {

    static final String SETTING = "checkpoint.key-file";
    private static final String EXPECTED = "expected Ed25519 keys in PEM, a PRIVATE KEY and its PUBLIC KEY";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /** @throws InvalidSettingException where it is no file of keys; without a word of what stands in it */
    static Pem read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw wrong(
                    file,
                    "which cannot be read (%s): expected a file that this account can read"
                            .formatted(e.getClass().getSimpleName()));
        }
        var privateKeys = new ArrayList<PrivateKey>();
        var publicKeys = new ArrayList<PublicKey>();
        try {
            KeyFactory ed25519 = KeyFactory.getInstance("Ed25519");
            for (var block : BLOCK.matcher(text).results().toList()) {
                byte[] encoded = Base64.getMimeDecoder().decode(block.group(2));
                switch (block.group(1)) {
                    case "PRIVATE KEY" -> privateKeys.add(ed25519.generatePrivate(new PKCS8EncodedKeySpec(encoded)));
                    case "PUBLIC KEY" -> publicKeys.add(ed25519.generatePublic(new X509EncodedKeySpec(encoded)));
                    default -> throw wrong(file, "which holds a block %s: %s".formatted(block.group(1), EXPECTED));
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw wrong(file, "which holds a key of another kind: " + EXPECTED);
        }
        if (privateKeys.isEmpty() && publicKeys.isEmpty()) {
            throw wrong(file, "which holds no key: " + EXPECTED);
        }
        return new Pem(List.copyOf(privateKeys), List.copyOf(publicKeys));
    }

    static InvalidSettingException wrong(Path file, String problem) {
        return new InvalidSettingException(SETTING, "names %s, %s".formatted(file, problem));
    }

    static String text(PrivateKey privateKey, PublicKey publicKey) {
        return block("PRIVATE KEY", privateKey.getEncoded()) + block("PUBLIC KEY", publicKey.getEncoded());
    }

    private static String block(String name, byte[] encoded) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .formatted(name, ENCODER.encodeToString(encoded))
                .replace("\r", "");
    }
}
