package org.jobtrail.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The key that signs checkpoints. It is kept outside of the database: who can change the history cannot sign for it. */
public final class CheckpointKey {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.checkpoint");
    private static final Set<PosixFilePermission> FOR_OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final PrivateKey privateKey;
    private final String id;
    private final TrustedKeys trusted;

    private CheckpointKey(PrivateKey privateKey, String id, TrustedKeys trusted) {
        this.privateKey = privateKey;
        this.id = id;
        this.trusted = trusted;
    }

    /**
     * The key of this file, made where there is none yet.
     *
     * @throws org.jobtrail.settings.InvalidSettingException where the file cannot be worked with
     */
    public static CheckpointKey open(Path file) {
        if (!Files.exists(file)) {
            make(file);
        }
        Pem pem = Pem.read(file);
        if (pem.privateKeys().size() != 1) {
            throw Pem.wrong(
                    file,
                    "which holds %s PRIVATE KEY: expected one, besides the PUBLIC KEY of it and of older ones"
                            .formatted(pem.privateKeys().isEmpty() ? "no" : "more than one"));
        }
        PrivateKey privateKey = pem.privateKeys().get(0);
        PublicKey publicKey = pem.publicKeys().stream()
                .filter(candidate -> belongTogether(privateKey, candidate))
                .findFirst()
                .orElseThrow(() -> Pem.wrong(file, "which lacks the PUBLIC KEY of its PRIVATE KEY: expected both"));
        warnWhereOthersMayRead(file);
        return new CheckpointKey(privateKey, TrustedKeys.id(publicKey), new TrustedKeys(pem.publicKeys()));
    }

    /** Written aside and then linked: nobody sees half a file, and of two that start at once one has made the key. */
    private static void make(Path file) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Path directory = file.toAbsolutePath().getParent();
            Files.createDirectories(directory);
            Path draft = Files.createTempFile(
                    directory,
                    file.getFileName() + ".",
                    ".draft",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    channel.write(StandardCharsets.US_ASCII.encode(Pem.text(pair.getPrivate(), pair.getPublic())));
                    channel.force(true);
                }
                Files.createLink(file, draft);
            } catch (FileAlreadyExistsException e) {
                LOG.debug("another process has just made {}", file);
                return;
            } finally {
                Files.delete(draft);
            }
            LOG.warn(
                    "made the key that signs checkpoints, {}: keep a copy of it away from the database, and let nobody"
                            + " read it who may write to the database; without it, your checkpoints cannot be told from forgeries",
                    file);
        } catch (IOException e) {
            throw Pem.wrong(
                    file,
                    "which is not there and cannot be made (%s): expected a file in a directory that this account can write to"
                            .formatted(e.getClass().getSimpleName()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void warnWhereOthersMayRead(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(FOR_OTHERS::contains)) {
                LOG.warn("others than its owner may read the key that signs checkpoints, {}: chmod 600 it", file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("who may read {} is not known", file, e);
        }
    }

    /** The {@code kid} of what it signs. */
    public String id() {
        return id;
    }

    TrustedKeys trusted() {
        return trusted;
    }

    byte[] sign(byte[] content) {
        return sign(privateKey, content);
    }

    private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
        byte[] content = "jobtrail".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(publicKey);
            signature.update(content);
            return signature.verify(sign(privateKey, content));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] sign(PrivateKey privateKey, byte[] content) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key of checkpoint.key-file does not sign", e);
        }
    }
}
