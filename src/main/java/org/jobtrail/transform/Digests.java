package org.jobtrail.transform;

import java.util.Arrays;
import org.jobtrail.text.Sha256;

/** A digest for each of many, or for some of them, in pieces that are made where one is put. */
final class Digests {

    private static final int PIECE = 64;

    private byte[][] pieces = new byte[0][];

    void put(int i, byte[] digest) {
        int piece = i / PIECE;
        if (piece >= pieces.length) {
            pieces = Arrays.copyOf(pieces, Math.max(piece + 1, 2 * pieces.length));
        }
        if (pieces[piece] == null) {
            pieces[piece] = new byte[PIECE * Sha256.LENGTH];
        }
        System.arraycopy(digest, 0, pieces[piece], i % PIECE * Sha256.LENGTH, Sha256.LENGTH);
    }

    /** One that was put. */
    byte[] get(int i) {
        int from = i % PIECE * Sha256.LENGTH;
        return Arrays.copyOfRange(pieces[i / PIECE], from, from + Sha256.LENGTH);
    }
}
