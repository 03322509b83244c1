package org.jobtrail.fetch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An organization's job list while it is fetched, page by page. Used by one thread at a time. */
public final class JobList implements UnfinishedList {

    private final Organization organization;
    private final ApiVersion version;
    private final Paging paging;
    private final Instant deadline;
    private final Starts starts = new Starts();
    private final List<ListElement> jobs = new ArrayList<>();

    JobList(Organization organization, ApiVersion version, Instant deadline) {
        this.organization = organization;
        this.version = version;
        this.paging = new Paging(version.paged());
        this.deadline = deadline;
    }

    public boolean isMore() {
        return paging.more();
    }

    public List<ListElement> getJobs() {
        return jobs;
    }

    public ApiVersion version() {
        return version;
    }

    @Override
    public void restart() {
        paging.restart();
        jobs.clear();
    }

    @Override
    public Starts starts() {
        return starts;
    }

    @Override
    public Instant deadline() {
        return deadline;
    }

    @Override
    public String path() {
        return version.jobsPath(organization);
    }

    @Override
    public String query() {
        return paging.query(version.jobsQuery(organization));
    }

    void received(byte[] body) {
        ListPage page = ListPage.read(body, version.paged());
        jobs.addAll(page.elements());
        paging.received(page.elements().size(), page.limit());
    }
}
