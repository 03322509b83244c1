package org.jobtrail.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.RecordedJson;
import org.jobtrail.text.Sha256;

/**
 * A signed statement of where the histories, the receipts and the notes ended: a JWS in compact form (RFC 7515) with EdDSA (RFC
 * 8037), one line. It holds the digest of the checkpoint before, so that none can be left out.
 *
 * @param jws the line itself
 * @param kid which key says to have signed it
 * @param previous the digest of the checkpoint before; 64 zeros in the first
 */
public record Checkpoint(
        String jws, String kid, long number, String previous, Instant takenAt, String program, Heads heads) {

    public static final String NOTHING_BEFORE = "0".repeat(64);
    private static final String ALGORITHM = "EdDSA";
    private static final String TYPE = "jobtrail-checkpoint+json";

    static Checkpoint sign(
            CheckpointKey key, long number, String previous, Instant takenAt, String program, Heads heads) {
        ObjectNode header = object().put("alg", ALGORITHM).put("kid", key.id()).put("typ", TYPE);
        String content = TrustedKeys.base64(JsonText.of(header))
                + "."
                + TrustedKeys.base64(payload(number, previous, takenAt, program, heads));
        String signature = TrustedKeys.base64(key.sign(content.getBytes(StandardCharsets.US_ASCII)));
        return new Checkpoint(content + "." + signature, key.id(), number, previous, takenAt, program, heads);
    }

    private static String payload(long number, String previous, Instant takenAt, String program, Heads heads) {
        ObjectNode payload = object().put("checkpoint", number)
                .put("previous", previous)
                .put("takenAt", takenAt.toString())
                .put("program", program);
        payload.putObject("database")
                .put("system", heads.database().system())
                .put("name", heads.database().name());
        var organizations = payload.putArray("organizations");
        heads.organizations().forEach(head -> organizations.add(node(head)));
        var receipts = payload.putArray("receipts");
        heads.receipts()
                .forEach(head -> receipts.addObject()
                        .put("source", head.source())
                        .put("seq", head.seq())
                        .put("hash", head.hash()));
        payload.putObject("notes")
                .put("seq", heads.notes().seq())
                .put("hash", heads.notes().hash());
        return JsonText.of(payload);
    }

    static ObjectNode node(Heads.Organization head) {
        return object().put("id", head.id())
                .put("epoch", head.epoch())
                .put("seq", head.seq())
                .put("hash", head.hash());
    }

    /**
     * Reads a checkpoint. Whether anybody has signed it is another question: see {@link #signedBy}.
     *
     * @throws CheckpointException where it is none
     */
    public static Checkpoint parse(String jws) {
        String[] parts = jws.split("\\.", -1);
        if (parts.length != 3) {
            throw new CheckpointException("no checkpoint: it is not a JWS in compact form");
        }
        JsonNode header = object(parts[0], "header");
        if (!text(header, "alg").equals(ALGORITHM) || !text(header, "typ").equals(TYPE) || header.has("crit")) {
            throw new CheckpointException(
                    "no checkpoint: its header does not say alg %s and typ %s".formatted(ALGORITHM, TYPE));
        }
        bytes(parts[2], "signature");
        JsonNode payload = object(parts[1], "payload");
        JsonNode database = payload.path("database");
        return new Checkpoint(
                jws,
                text(header, "kid"),
                number(payload, "checkpoint", 1),
                hash(payload, "previous"),
                moment(payload, "takenAt"),
                text(payload, "program"),
                new Heads(
                        new Heads.Database(text(database, "system"), text(database, "name")),
                        list(
                                payload,
                                "organizations",
                                head -> new Heads.Organization(
                                        text(head, "id"),
                                        (int) number(head, "epoch", 0),
                                        number(head, "seq", 0),
                                        hash(head, "hash"))),
                        list(
                                payload,
                                "receipts",
                                head -> new Heads.Receipts(
                                        text(head, "source"), number(head, "seq", 0), hash(head, "hash"))),
                        new Heads.Notes(number(payload.path("notes"), "seq", 0), hash(payload.path("notes"), "hash"))));
    }

    public Heads.Database database() {
        return heads.database();
    }

    public List<Heads.Organization> organizations() {
        return heads.organizations();
    }

    public List<Heads.Receipts> receipts() {
        return heads.receipts();
    }

    public Heads.Notes notes() {
        return heads.notes();
    }

    /** Whether it was taken as the next one after that. */
    boolean goesOnFrom(Checkpoint before) {
        return number == before.number() + 1 && previous.equals(before.digest());
    }

    /** Whether this key has signed it. */
    public boolean signedBy(PublicKey key) {
        int end = jws.lastIndexOf('.');
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(jws.substring(0, end).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(bytes(jws.substring(end + 1), "signature"));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** What the next checkpoint says under previous: SHA-256 of the whole line, in hex. */
    public String digest() {
        return Sha256.hex(jws);
    }

    /** The line, for people: what it says is of no help in a log. */
    @Override
    public String toString() {
        return "checkpoint %d of %s".formatted(number, takenAt);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static JsonNode object(String base64, String what) {
        try {
            return RecordedJson.object(new String(bytes(base64, what), StandardCharsets.UTF_8));
        } catch (IllegalStateException | ClassCastException e) {
            throw new CheckpointException("no checkpoint: its %s is not a JSON object".formatted(what));
        }
    }

    private static byte[] bytes(String base64, String what) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(base64);
            // One text for one content: the decoder takes padding, and passes over bits that nobody has signed.
            if (TrustedKeys.base64(bytes).equals(base64)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new CheckpointException("no checkpoint: its %s is not base64url".formatted(what));
    }

    private static <T> List<T> list(JsonNode node, String field, Function<JsonNode, T> element) {
        JsonNode array = node.path(field);
        if (!array.isArray()) {
            throw lacks(field);
        }
        var list = new ArrayList<T>(array.size());
        array.forEach(one -> list.add(element.apply(one)));
        return list;
    }

    private static String text(JsonNode node, String field) {
        if (!node.path(field).isTextual()) {
            throw lacks(field);
        }
        return node.path(field).asText();
    }

    private static String hash(JsonNode node, String field) {
        String hash = text(node, field);
        if (!hash.matches("[0-9a-f]{64}")) {
            throw lacks(field);
        }
        return hash;
    }

    private static long number(JsonNode node, String field, long least) {
        JsonNode number = node.path(field);
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < least) {
            throw lacks(field);
        }
        return number.asLong();
    }

    private static Instant moment(JsonNode node, String field) {
        try {
            return Instant.parse(text(node, field));
        } catch (DateTimeException e) {
            throw lacks(field);
        }
    }

    private static CheckpointException lacks(String field) {
        return new CheckpointException("no checkpoint: there is no proper \"%s\" in it".formatted(field));
    }
}
