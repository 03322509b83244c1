package org.jobtrail.fetch;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.page.UnreadableListException;
import org.jobtrail.settings.Settings.Source;
import org.jobtrail.text.Named;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code 3-fetch-organizations} asks: which elements of the list are to be read, and who of it is polled. Thread-safe. */
public final class OrganizationLists {

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.fetch");

    private final Clock clock;
    private final Duration longest;
    private final KnownPages known;
    private final Map<String, OrganizationList.Reading> readings = new ConcurrentHashMap<>();

    /** Said once: whoever is not polled may have left the server since. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    public OrganizationLists(Clock clock, Duration longest, KnownPages known) {
        this.clock = clock;
        this.longest = longest;
        this.known = known;
    }

    /** How an element is read. */
    public static ObjectMapper json() {
        return OrganizationElement.mapper();
    }

    public void begin(
            @Variable("source") Source source, @Variable("apiVersion") ApiVersion version, Exchange exchange) {
        OrganizationList list = start(source.name(), version);
        exchange.setVariable("organizations", list);
        exchange.setVariable("list", list);
        // Mostly they are closed by then: this is for a list that failed.
        AtEnd.of(exchange, done -> list.close());
    }

    public OrganizationList start(String source, ApiVersion version) {
        return new OrganizationList(source, version, clock.instant().plus(longest), known);
    }

    /** The text of each element; none where all of them are as they were read the last time. */
    public List<byte[]> elements(
            @Variable("organizations") OrganizationList organizations, @Variable("source") Source source) {
        List<byte[]> elements = organizations.takesOver(
                        readings.getOrDefault(source.name(), OrganizationList.Reading.NOTHING))
                ? List.of()
                : organizations.elements().stream().map(ListElement::bytes).toList();
        organizations.close();
        return elements;
    }

    public void read(@Variable("organizations") OrganizationList organizations, @Body OrganizationElement element) {
        organizations.read(element);
    }

    /**
     * What a JSON parser says of an element may quote it: only our own words are told, with its id, or else its name.
     *
     * @param element its text, or what was read of it
     */
    public void reject(OrganizationList organizations, Object element, Exception why) {
        String reason = "it has a field twice";
        if (why instanceof UnreadableOrganizationException) {
            reason = why.getMessage();
        } else if (why instanceof StreamConstraintsException) {
            reason = "it is nested too deep";
        } else if (why instanceof MismatchedInputException) {
            reason = "it is no object";
        }
        organizations.reject(who(element) + reason);
    }

    /** Empty where it has neither. */
    private static String who(Object element) {
        OrganizationElement read = element instanceof byte[] text
                ? OrganizationElement.asFarAsItCanBeRead(text)
                : (OrganizationElement) element;
        return read == null ? "" : Named.of("organization", read.id(), read::name);
    }

    /** The organizations that the operator wants polled: all, those of include, and never those of exclude. */
    public List<Organization> wanted(
            @Variable("organizations") OrganizationList organizations, @Variable("source") Source source) {
        if (organizations.organizations().isEmpty()) {
            // A server without an organization has nothing to back up: more likely this account may not see them.
            throw new UnreadableListException(organizations.doubt().orElse("the server lists no organization"));
        }
        readings.put(source.name(), organizations.reading());
        unlisted(organizations, source, "include", source.include()).forEach(organizations::lacks);
        excludedInVain(organizations, source).filter(warned::add).forEach(LOG::warn);
        return organizations.organizations().stream()
                .filter(one -> source.include().isEmpty() || named(one, source.include()))
                .filter(one -> !named(one, source.exclude()))
                .toList();
    }

    /** Which names of exclude belong to none of the organizations, each in a sentence. */
    public static Stream<String> excludedInVain(OrganizationList organizations, Source source) {
        return unlisted(organizations, source, "exclude", source.exclude());
    }

    private static Stream<String> unlisted(
            OrganizationList organizations, Source source, String setting, List<String> names) {
        return unknown(organizations, names).stream()
                .map(name -> "source.%s.organizations.%s names \"%s\", which the server does not list"
                        .formatted(source.name(), setting, name));
    }

    /** Those of the names that belong to none of the organizations. */
    static List<String> unknown(OrganizationList organizations, List<String> names) {
        return names.stream()
                .filter(name -> organizations.organizations().stream().noneMatch(one -> named(one, List.of(name))))
                .toList();
    }

    private static boolean named(Organization organization, List<String> names) {
        return names.stream()
                .anyMatch(name -> name.equalsIgnoreCase(organization.name())
                        || Organization.canonicalId(name).equals(organization.id()));
    }
}
