package org.jobtrail.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import org.jobtrail.text.RecordedJson;

/** What a retention left of the rows that it removed: a history goes on from there. */
record Seal(long firstSeq, long lastSeq, byte[] lastHash, long rows, long jobs, byte[] jobsDigest) {

    /** What stands before the first row of a history of which nothing was removed. */
    static final Seal NONE = new Seal(1, 0, ChainHash.FIRST, 0, 0, null);

    /** @throws IllegalArgumentException where the content is not that of a seal */
    static Seal parse(String content) {
        try {
            ObjectNode seal = RecordedJson.object(content);
            return new Seal(
                    number(seal, "firstSeq"),
                    number(seal, "lastSeq"),
                    HexFormat.of().parseHex(seal.path("lastHash").asText()),
                    number(seal, "rows"),
                    number(seal, "jobs"),
                    HexFormat.of().parseHex(seal.path("jobsDigest").asText()));
        } catch (IllegalStateException | ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static long number(JsonNode seal, String field) {
        if (!seal.path(field).isIntegralNumber()) {
            throw new IllegalArgumentException(field);
        }
        return seal.path(field).asLong();
    }

    boolean follows(Seal before, Epochs epochs) {
        return firstSeq == epochs.next(before.lastSeq)
                && rows == lastSeq - before.lastSeq - epochs.skipped(before.lastSeq + 1, lastSeq);
    }
}
