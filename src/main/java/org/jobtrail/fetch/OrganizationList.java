package org.jobtrail.fetch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.page.ElementDigest;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.text.Counted;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;

/** A source's organizations while they are fetched, page by page, and then read one by one. Used by one thread at a time. */
public final class OrganizationList extends PagedList {

    private final Map<String, Organization> organizations = new LinkedHashMap<>();
    private final List<String> unreadable = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    OrganizationList(String source, ApiVersion version, Instant deadline, KnownPages known) {
        super(source, version, deadline, known);
    }

    @Override
    public String path() {
        return version.organizationsPath();
    }

    @Override
    public String query() {
        return paging.query(version.organizationsQuery());
    }

    List<ListElement> elements() {
        return paging.elements();
    }

    /** Takes over what was read of the same texts before; false where they are others. */
    boolean takesOver(Reading before) {
        if (!ElementDigest.areIdentical(digests(), before.digests())) {
            return false;
        }
        before.organizations().forEach(organization -> organizations.put(organization.id(), organization));
        unreadable.addAll(before.unreadable());
        return true;
    }

    Reading reading() {
        // Of packed elements, what was read is made anew each time: none would be the same again.
        if (paging.elements().isPacked()) {
            return Reading.NOTHING;
        }
        return new Reading(digests(), organizations(), List.copyOf(unreadable));
    }

    /** What became of the elements of a list. No text of theirs is kept: it holds accounts. */
    record Reading(List<ElementDigest> digests, List<Organization> organizations, List<String> unreadable) {

        static final Reading NOTHING = new Reading(List.of(), List.of(), List.of());
    }

    private List<ElementDigest> digests() {
        return paging.elements().stream().map(ListElement::content).toList();
    }

    /** On-premises organizations of v1 have no id: they have no list of jobs. An organization that is listed twice is one. */
    void read(OrganizationElement element) {
        if (element == null) {
            throw new UnreadableOrganizationException("it is no object");
        }
        if (version != ApiVersion.V1 || element.hasId()) {
            Organization found = element.organization();
            organizations.putIfAbsent(found.id(), found);
        }
    }

    void reject(String whoAndWhy) {
        unreadable.add(whoAndWhy);
    }

    /** What the operator asked for and the server does not list. */
    void lacks(String sentence) {
        unknown.add(sentence);
    }

    /** True where the operator names organizations that it does not hold. */
    public boolean isLacking() {
        return !unknown.isEmpty();
    }

    public List<Organization> organizations() {
        return List.copyOf(organizations.values());
    }

    /** True where an organization that is not in it is not on the server. */
    public boolean isWhole() {
        return !paging.moved() && unreadable.isEmpty();
    }

    /** Why organizations may be missing in the list, though all of its pages were read. */
    public Optional<String> doubt() {
        var doubts = new ArrayList<String>();
        if (paging.moved()) {
            doubts.add("the list of organizations changed while it was read");
        }
        if (!unreadable.isEmpty()) {
            int more = unreadable.size() - 1;
            doubts.add("%s could not be read: %s%s"
                    .formatted(
                            Counted.of(unreadable.size(), "organization"),
                            unreadable.get(0),
                            more == 0 ? "" : ", and %d more".formatted(more)));
        }
        doubts.addAll(unknown);
        return doubts.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", doubts));
    }
}
