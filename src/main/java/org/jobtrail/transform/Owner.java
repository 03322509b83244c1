package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jobtrail.fetch.ApiVersion;
import org.jobtrail.fetch.Organization;
import org.jobtrail.fetch.Storable;

/**
 * The organization that a job says it belongs to: a cache between us and the server has been known to hand out the answer to
 * another question. v8 has a field for it, older versions only a link.
 */
final class Owner {

    private Owner() {}

    static Optional<String> of(ObjectNode job, ApiVersion version) {
        String id = version.paged() ? field(job.get("organizationId")) : linked(Link.path(job, "organization"));
        return id.isBlank() ? Optional.empty() : Optional.of(Storable.text(Organization.canonicalId(id)));
    }

    private static String field(JsonNode id) {
        return id != null && id.isTextual() ? id.textValue() : "";
    }

    /** A link to anything else than an organization tells nothing. */
    private static String linked(List<String> path) {
        if (path.size() < 2 || !path.get(path.size() - 2).equalsIgnoreCase("Organizations")) {
            return "";
        }
        String last = path.get(path.size() - 1);
        try {
            return URLDecoder.decode(last.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return last;
        }
    }
}
