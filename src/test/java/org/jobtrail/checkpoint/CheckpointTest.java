package org.jobtrail.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    private static final String HASH = "ab".repeat(32);
    private static final Heads HEADS = new Heads(
            new Heads.Database("7301", "jobtrail"),
            List.of(new Heads.Organization("ü/1", 2, 12, HASH)),
            List.of(new Heads.Receipts("east", 7, HASH)),
            new Heads.Notes(1, HASH));

    @TempDir
    Path directory;

    private CheckpointKey key;
    private PublicKey publicKey;
    private Checkpoint checkpoint;

    @BeforeEach
    void sign() {
        Path file = directory.resolve("key.pem");
        key = CheckpointKey.open(file);
        publicKey = TrustedKeys.read(file).find(key.id()).orElseThrow();
        checkpoint = Checkpoint.sign(key, 3, HASH, Instant.parse("2026-11-23T20:07:16.123Z"), "0.1.0", HEADS);
    }

    @Test
    void isAJwsThatSaysWhatTheFormatSays() throws Exception {
        String[] parts = checkpoint.jws().split("\\.");

        assertThat(json(parts[0]))
                .isEqualTo(new ObjectMapper()
                        .readTree("{\"alg\":\"EdDSA\",\"kid\":\"%s\",\"typ\":\"jobtrail-checkpoint+json\"}"
                                .formatted(key.id())));
        assertThat(json(parts[1])).isEqualTo(new ObjectMapper().readTree("""
                        {"checkpoint":3,"previous":"HASH","takenAt":"2026-11-23T20:07:16.123Z","program":"0.1.0",
                         "database":{"system":"7301","name":"jobtrail"},
                         "organizations":[{"id":"ü/1","epoch":2,"seq":12,"hash":"HASH"}],
                         "receipts":[{"source":"east","seq":7,"hash":"HASH"}],"notes":{"seq":1,"hash":"HASH"}}
                        """.replace("HASH", HASH)));
        assertThat(checkpoint.jws()).doesNotContain("\n", "=");
    }

    @Test
    void isVerifiedByWhoeverKnowsJwsAndThePublicKey() throws Exception {
        String[] parts = checkpoint.jws().split("\\.");
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initVerify(publicKey);
        ed25519.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));

        assertThat(ed25519.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    @Test
    void namesItsKeyAsTheExampleOfRfc8037Does() throws Exception {
        byte[] prefix = HexFormat.of().parseHex("302a300506032b6570032100");
        byte[] x = Base64.getUrlDecoder().decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        byte[] encoded = new byte[44];
        System.arraycopy(prefix, 0, encoded, 0, 12);
        System.arraycopy(x, 0, encoded, 12, 32);
        PublicKey example = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));

        assertThat(TrustedKeys.id(example)).isEqualTo("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    @Test
    void isReadAsItWasSigned() throws Exception {
        Checkpoint read = Checkpoint.parse(checkpoint.jws());

        assertThat(read).isEqualTo(checkpoint);
        assertThat(read.organizations()).isEqualTo(HEADS.organizations());
        assertThat(read.receipts()).isEqualTo(HEADS.receipts());
        assertThat(read.notes()).isEqualTo(HEADS.notes());
        assertThat(read.database()).isEqualTo(HEADS.database());
        assertThat(read.signedBy(publicKey)).isTrue();
        assertThat(read.digest())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256")
                                .digest(checkpoint.jws().getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void isNotOfAnotherKeyNorOfAnotherContent() throws Exception {
        PublicKey another =
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        String[] parts = checkpoint.jws().split("\\.");
        String content = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String edited = parts[0] + "." + base64(content.replace("\"seq\":12", "\"seq\":13")) + "." + parts[2];

        assertThat(checkpoint.signedBy(another)).isFalse();
        assertThat(Checkpoint.parse(edited).organizations().get(0).seq()).isEqualTo(13);
        assertThat(Checkpoint.parse(edited).signedBy(publicKey)).isFalse();
        assertThat(Checkpoint.parse(parts[0] + "." + parts[1] + ".").signedBy(publicKey))
                .isFalse();
    }

    @Test
    void whatIsNoneIsRefusedWithASentence() {
        String[] parts = checkpoint.jws().split("\\.");
        String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);

        for (String jws : List.of(
                "",
                "a.b",
                checkpoint.jws() + ".",
                checkpoint.jws() + "=",
                parts[0] + "." + parts[1] + ".!",
                base64("[]") + "." + parts[1] + "." + parts[2],
                base64(header.replace("EdDSA", "none")) + "." + parts[1] + "." + parts[2],
                base64(header.replace("\"typ\"", "\"crit\":[],\"typ\"")) + "." + parts[1] + "." + parts[2],
                parts[0] + "." + base64("{") + "." + parts[2],
                parts[0] + "." + base64(payload.replace("\"checkpoint\":3", "\"checkpoint\":0")) + "." + parts[2],
                parts[0] + "." + base64(payload.replace("\"seq\":12", "\"seq\":1e99")) + "." + parts[2],
                parts[0] + "." + base64(payload.replace(HASH, "abc")) + "." + parts[2],
                parts[0] + "." + base64(payload.replace("2026-", "26-")) + "." + parts[2])) {
            assertThatThrownBy(() -> Checkpoint.parse(jws))
                    .as(jws)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("no checkpoint: ");
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(String base64) throws Exception {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(base64));
    }
}
