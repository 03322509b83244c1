package org.jobtrail.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jobtrail.veeam.ApiVersion;
import org.jobtrail.veeam.OrganizationLink;

/**
 * The organization that a job says it belongs to: a cache between us and the server has been known to hand out the answer to
 * another question. v8 has a field for it, older versions only a link.
 */
final class Owner {

    private Owner() {}

    static Optional<String> of(ObjectNode job, ApiVersion version) {
        return version.jobsNameTheirOrganization()
                ? field(job.get("organizationId"))
                : OrganizationLink.id(
                        job.path("_links").path("organization").path("href").asText(""));
    }

    private static Optional<String> field(JsonNode id) {
        return id != null && id.isTextual() ? OrganizationLink.known(id.textValue()) : Optional.empty();
    }
}
