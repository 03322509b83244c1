package org.jobtrail.poll;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.fetch.OrganizationList;
import org.jobtrail.text.Counted;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.OneLine;
import org.jobtrail.text.Storable;

/** What {@code 3-note-organizations} asks. Thread-safe. */
public final class GoneOrganizations {

    private final Duration patience;
    private final Duration suspectFor;

    /**
     * @param patience for how long nobody may look at a source without having looked away
     * @param suspectFor how long each list has to lack so many of them until that is believed
     */
    public GoneOrganizations(Duration patience, Duration suspectFor) {
        this.patience = patience;
        this.suspectFor = suspectFor;
    }

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
                        organizations.isWhole(),
                        "patience",
                        StatementParameters.interval(patience),
                        "suspect_for",
                        StatementParameters.interval(suspectFor)));
    }

    public void gone(
            @Variable("attempt") Attempt attempt,
            @Variable("organizations") OrganizationList organizations,
            @Body List<Map<String, Object>> rows) {
        Map<Boolean, List<String>> believed = rows.stream()
                .collect(Collectors.partitioningBy(
                        row -> (Boolean) row.get("believed"),
                        Collectors.mapping(row -> (String) row.get("organization_id"), Collectors.toList())));
        believed.get(true).forEach(attempt::gone);
        List<String> doubted = believed.get(false);
        if (!doubted.isEmpty()) {
            attempt.trouble()
                    .doubt(
                            "%s known before not in a list of %d, among them %s: they count as gone once each list has lacked them for absence.suspect-for; check what the account may see"
                                    .formatted(
                                            Counted.of(doubted.size(), "organization"),
                                            organizations.organizations().size(),
                                            OneLine.of(doubted.get(0))));
        }
    }
}
