package org.jobtrail.fetch;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.jobtrail.settings.Settings.Source;

/** What {@code 3-fetch-organizations} asks: where the next page is, what came back, and who of it is polled. Keeps no state. */
public final class OrganizationLists {

    private final Clock clock;
    private final Duration patience;

    public OrganizationLists(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    public OrganizationList start(@Variable("apiVersion") ApiVersion version) {
        return new OrganizationList(version, clock.instant().plus(patience));
    }

    public void request(@Variable("organizations") OrganizationList organizations, Exchange exchange) {
        HttpRequest.get(exchange, organizations);
    }

    public void requireJson(@Header(Exchange.CONTENT_TYPE) String contentType) {
        ContentType.requireJson(contentType);
    }

    public void accept(@Variable("organizations") OrganizationList organizations, @Body Object body) {
        organizations.received(body);
    }

    /** The organizations that the operator wants polled: all, those of include, and never those of exclude. */
    public List<Organization> wanted(
            @Variable("organizations") OrganizationList organizations, @Variable("source") Source source) {
        if (organizations.organizations().isEmpty()) {
            // A server without an organization has nothing to back up: more likely this account may not see them.
            throw new UnreadableListException("the server lists no organization");
        }
        List<Organization> included = organizations.organizations().stream()
                .filter(one -> source.include().isEmpty() || named(one, source.include()))
                .toList();
        if (included.isEmpty() && !source.include().isEmpty()) {
            throw new UnreadableListException(
                    "the server lists none of source.%s.organizations.include".formatted(source.name()));
        }
        return included.stream().filter(one -> !named(one, source.exclude())).toList();
    }

    private static boolean named(Organization organization, List<String> names) {
        return names.stream()
                .anyMatch(name -> name.equalsIgnoreCase(organization.name())
                        || Organization.canonicalId(name).equals(organization.id()));
    }
}
