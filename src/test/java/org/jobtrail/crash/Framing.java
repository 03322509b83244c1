package org.jobtrail.crash;

import java.io.DataInputStream;
import java.io.IOException;

/** Where messages begin and end on one connection, and what they are. */
interface Framing {

    /** @param text of a request: what it asks, or null where that is of no interest; of an answer: that of its request */
    record Message(byte[] bytes, String text, boolean first, boolean last) {}

    Message request(DataInputStream in) throws IOException;

    Message answer(DataInputStream in) throws IOException;
}
