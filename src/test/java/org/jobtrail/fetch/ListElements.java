package org.jobtrail.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jobtrail.body.Body;
import org.jobtrail.page.KnownPages;
import org.jobtrail.page.ListElement;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.Organization;

/** Elements of a list, for tests of what becomes of them. */
public final class ListElements {

    private ListElements() {}

    public static ListElement of(String text) {
        return list(new Organization("1", null), 1, List.of(text)).getJobs().get(0);
    }

    /** A list of these elements, whatever page they stood in. */
    public static JobList of(Organization organization, ApiVersion version, String... texts) {
        return new JobList("hq", organization, version, Instant.MAX, KnownPages.ofThisProcess())
                .part(organization, Stream.of(texts).map(ListElements::of).toList(), true);
    }

    /** A list as it is read, with memory for so many known elements; more than a thousand or so are packed where that is less. */
    public static JobList list(Organization organization, int most, List<String> texts) {
        var list = new JobList("hq", organization, ApiVersion.V7, Instant.MAX, new KnownPages(most));
        while (list.isMore()) {
            list.received(Body.of(("[" + String.join(",", texts) + "]").getBytes(UTF_8)));
        }
        return list;
    }
}
