package org.jobtrail.fetch;

import java.time.Instant;

/** A list while it is fetched: what to ask next for it, and how to forget what came so far. */
public interface UnfinishedList {

    String path();

    String query();

    /** By when the whole list has to be read. */
    Instant deadline();

    /** From the first page again: pages of two tokens are never joined, they may be of two states of the server. */
    void restart();

    Starts starts();
}
