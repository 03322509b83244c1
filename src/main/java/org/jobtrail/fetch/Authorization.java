package org.jobtrail.fetch;

/** What a source's data calls prove themselves with: one for all its lists, while tokens come and go. Thread-safe. */
public interface Authorization {

    /**
     * The header's value for a call that is made now for a list; waits where a new one is on its way, or another list needs the
     * token for itself, and throws where there is none.
     */
    String value(PagedList list);

    /** Takes note of a data call that is on its way. */
    void sent(String value);

    /** Takes note of how a call with that value was answered. */
    void answered(String value, int status);

    /** Takes note that the server does not know the version that was spoken: the next login has to find out anew. */
    void versionUnknown(String value);
}
