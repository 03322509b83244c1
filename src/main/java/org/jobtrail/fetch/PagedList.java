package org.jobtrail.fetch;

import java.time.Instant;
import org.jobtrail.body.Body;
import org.jobtrail.body.LargestList;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.Paging;
import org.jobtrail.veeam.ApiVersion;

/** A list while it is read, page by page: what to ask next for it, and how to forget what came so far. Used by one thread at a time. */
public abstract sealed class PagedList permits JobList, OrganizationList {

    final ApiVersion version;
    final Paging paging;
    private final String source;
    private final Instant deadline;
    private final KnownPages known;
    private final ListStarts starts = new ListStarts();

    PagedList(String source, ApiVersion version, Instant deadline, KnownPages known) {
        this.source = source;
        this.version = version;
        this.deadline = deadline;
        this.known = known;
        this.paging = new Paging(version.paged(), LargestList.bytes(), known.most());
    }

    /** One that is read as {@code other} is. */
    PagedList(PagedList other) {
        this(other.source, other.version, other.deadline, other.known);
    }

    public abstract String path();

    public abstract String query();

    public final boolean isMore() {
        return paging.more();
    }

    /** From the first page again: pages of two tokens are never joined, they may be of two states of the server. */
    public final void restart() {
        paging.restart();
    }

    public final ListStarts starts() {
        return starts;
    }

    /** By when the whole list has to be read. */
    public final Instant deadline() {
        return deadline;
    }

    void received(Body page) {
        paging.received(page, request(), known);
    }

    /** Which request the next page is the answer to. */
    private String request() {
        return source + " " + path() + "?" + query();
    }

    /** Gives back what the pages take: nothing can be read of them any more, unless they are in memory. */
    final void close() {
        paging.close();
    }
}
