package org.jobtrail.fetch;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** An organization's job list while it is fetched, page by page. Used by one thread at a time. */
public final class JobList implements UnfinishedList {

    private final Organization organization;
    private final ApiVersion version;
    private final Paging paging;
    private final Instant deadline;
    private final Starts starts = new Starts();

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
        return paging.elements();
    }

    public ApiVersion version() {
        return version;
    }

    @Override
    public void restart() {
        paging.restart();
    }

    /** Why the list may lack a job, though all of its pages were read. */
    public Optional<String> doubt() {
        return paging.moved() ? Optional.of("the list changed while it was read") : Optional.empty();
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
        paging.received(ListPage.read(body, version.paged()));
        if (!paging.more() && isContradictory()) {
            // The job changed between two looks of the server: where it still contradicts itself, the list is in doubt.
            paging.startOver();
        }
    }

    private boolean isContradictory() {
        var byId = new HashMap<String, ListElement>();
        for (ListElement job : paging.elements()) {
            String id = job.id();
            ListElement before = id == null ? null : byId.putIfAbsent(id, job);
            if (before != null && !before.saysTheSameAs(job)) {
                return true;
            }
        }
        return false;
    }
}
