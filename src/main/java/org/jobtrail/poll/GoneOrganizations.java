package org.jobtrail.poll;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.Storable;

/** What {@code 3-note-organizations} asks. Stateless. */
public final class GoneOrganizations {

    /** All that the server lists, also those that the operator does not want polled: they are not gone. */
    public void noteListed(
            @Variable("attempt") Attempt attempt,
            @Variable("organizations") OrganizationList organizations,
            Exchange exchange) {
        ArrayNode ids = JsonNodeFactory.instance.arrayNode();
        organizations.organizations().forEach(organization -> ids.add(Storable.text(organization.id())));
        StatementParameters.set(
                exchange,
                Map.of(
                        "source",
                        attempt.source().name(),
                        "listed",
                        JsonText.of(ids),
                        "whole",
                        organizations.isWhole()));
    }

    public void gone(@Variable("attempt") Attempt attempt, @Body List<Map<String, Object>> rows) {
        rows.forEach(row -> attempt.gone((String) row.get("organization_id")));
    }
}
