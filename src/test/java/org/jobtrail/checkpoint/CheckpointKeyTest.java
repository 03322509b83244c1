package org.jobtrail.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.support.Logged;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointKeyTest {

    private Logged logged;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void listen() {
        file = directory.resolve("made/with/its/directory/key.pem");
        logged = new Logged("jobtrail.checkpoint");
    }

    @AfterEach
    void listenNoLonger() {
        logged.close();
    }

    @Test
    void aKeyIsMadeOnceForItsOwnerOnlyAndIsSaidToNeedACopy() throws IOException {
        String made = CheckpointKey.open(file).id();
        String text = Files.readString(file);

        assertThat(CheckpointKey.open(file).id()).isEqualTo(made);
        assertThat(Files.readString(file)).isEqualTo(text);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains(file.toString(), "keep a copy of it away from the database");
        assertThat(TrustedKeys.read(file).find(made)).isPresent();
        assertThat(Files.list(file.getParent())).containsExactly(file);
    }

    @Test
    void ofManyThatStartAtOnceAllSignWithTheKeyThatIsInTheFile() {
        Set<String> ids = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 20)
                .parallel()
                .forEach(n -> ids.add(CheckpointKey.open(file).id()));

        assertThat(ids).containsExactly(CheckpointKey.open(file).id());
    }

    @Test
    void whatIsNoKeyIsRefusedByTheNameOfTheSetting() throws Exception {
        KeyPair one = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        String publicKey = block("PUBLIC KEY", one.getPublic().getEncoded());
        String privateKey = block("PRIVATE KEY", one.getPrivate().getEncoded());

        refused("", "which holds no key");
        refused("something else", "which holds no key");
        refused(Pem.text(rsa.getPrivate(), rsa.getPublic()), "which holds a key of another kind");
        refused(block("PRIVATE KEY", new byte[] {1, 2, 3}), "which holds a key of another kind");
        refused(block("EC PRIVATE KEY", new byte[] {1, 2, 3}), "which holds a block EC PRIVATE KEY");
        refused(publicKey, "which holds no PRIVATE KEY");
        refused(privateKey, "which lacks the PUBLIC KEY of its PRIVATE KEY");
        refused(Pem.text(one.getPrivate(), other.getPublic()), "which lacks the PUBLIC KEY of its PRIVATE KEY");
        refused(privateKey + Pem.text(other.getPrivate(), other.getPublic()), "which holds more than one PRIVATE KEY");
    }

    @Test
    void aPlaceWhereNoneCanBeMadeIsRefusedByTheNameOfTheSetting() throws IOException {
        Path none = Files.writeString(directory.resolve("a file"), "").resolve("key.pem");

        assertThatThrownBy(() -> CheckpointKey.open(none))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("checkpoint.key-file (CHECKPOINT_KEY_FILE) names " + none)
                .hasMessageContaining("cannot be made");
    }

    @Test
    void aKeyThatOthersMayReadIsUsedWithAWarning() throws IOException {
        CheckpointKey.open(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        logged.clear();

        CheckpointKey.open(file);

        assertThat(warnings()).singleElement().asString().contains("chmod 600", file.toString());
    }

    @Test
    void olderPublicKeysInTheFileAreTrustedAndAnAuditorNeedsNoOthers() throws Exception {
        KeyPair own = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair older = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String publicKeys = "of 2025\n"
                + block("PUBLIC KEY", older.getPublic().getEncoded())
                + block("PUBLIC KEY", own.getPublic().getEncoded());
        Files.createDirectories(file.getParent());
        Files.writeString(file, block("PRIVATE KEY", own.getPrivate().getEncoded()) + publicKeys);
        Path copy = Files.writeString(directory.resolve("for the auditor.pem"), publicKeys.replace("\n", "\r\n"));

        assertThat(CheckpointKey.open(file).id()).isEqualTo(TrustedKeys.id(own.getPublic()));
        for (Path trusted : List.of(file, copy)) {
            assertThat(TrustedKeys.read(trusted).find(TrustedKeys.id(own.getPublic())))
                    .contains(own.getPublic());
            assertThat(TrustedKeys.read(trusted).find(TrustedKeys.id(older.getPublic())))
                    .contains(older.getPublic());
            assertThat(TrustedKeys.read(trusted).find("another")).isEmpty();
        }
    }

    private void refused(String content, String problem) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);

        assertThatThrownBy(() -> CheckpointKey.open(file))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("checkpoint.key-file (CHECKPOINT_KEY_FILE) names " + file)
                .hasMessageContaining(problem)
                .hasMessageContaining("expected ")
                .hasMessageNotContaining("\n");
    }

    private List<String> warnings() {
        return logged.messages();
    }

    private static String block(String name, byte[] encoded) {
        return Stream.of(
                        "-----BEGIN " + name + "-----",
                        Base64.getEncoder().encodeToString(encoded),
                        "-----END " + name + "-----",
                        "")
                .reduce((one, two) -> one + "\n" + two)
                .orElseThrow();
    }
}
