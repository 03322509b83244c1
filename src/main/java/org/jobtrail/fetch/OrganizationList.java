package org.jobtrail.fetch;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A source's organizations while they are fetched, page by page. Used by one thread at a time. */
public final class OrganizationList implements UnfinishedList {

    private final ApiVersion version;
    private final Paging paging;
    private final Instant deadline;
    private final Starts starts = new Starts();
    private final Map<String, Organization> organizations = new LinkedHashMap<>();

    OrganizationList(ApiVersion version, Instant deadline) {
        this.version = version;
        this.paging = new Paging(version.paged());
        this.deadline = deadline;
    }

    public boolean isMore() {
        return paging.more();
    }

    @Override
    public void restart() {
        paging.restart();
        organizations.clear();
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
        return version.organizationsPath();
    }

    @Override
    public String query() {
        return paging.query(version.organizationsQuery());
    }

    List<Organization> organizations() {
        return List.copyOf(organizations.values());
    }

    /** Adds a page: an array, or an object with results. On-premises organizations of v1 have no id: they have no list. */
    void received(Object body) {
        List<?> elements = elements(body);
        for (Object element : elements) {
            if (element instanceof Map<?, ?> organization
                    && organization.get("id") instanceof String id
                    && !id.isBlank()) {
                String name = organization.get("name") instanceof String text ? text : null;
                var found = new Organization(id, name);
                organizations.putIfAbsent(found.id(), found);
            }
        }
        int limit =
                body instanceof Map<?, ?> page && page.get("limit") instanceof Number number ? number.intValue() : 0;
        paging.received(elements.size(), limit);
    }

    private List<?> elements(Object body) {
        if (!version.paged() && body instanceof List<?> array) {
            return array;
        }
        if (version.paged() && body instanceof Map<?, ?> page && page.get("results") instanceof List<?> results) {
            return results;
        }
        throw new UnreadableListException("the answer is no list of organizations");
    }
}
