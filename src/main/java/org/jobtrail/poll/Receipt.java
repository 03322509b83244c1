package org.jobtrail.poll;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.Sha256;
import org.jobtrail.text.Storable;
import org.jobtrail.veeam.JobType;

/** What is kept of an attempt, as JSON for the function that numbers and chains it. */
final class Receipt {

    private Receipt() {}

    static String json(Attempt attempt, Duration period, String programVersion) {
        ObjectNode receipt = JsonNodeFactory.instance.objectNode();
        receipt.put("source", attempt.source().name())
                .put("attempt", attempt.number())
                .put("started_at", attempt.startedAt())
                .put("outcome", attempt.status().name())
                .put("reason", attempt.trouble().text().map(Storable::text).orElse(null))
                .put("period", StatementParameters.interval(period))
                .put(
                        "clock_offset",
                        attempt.clockOffset() == null
                                ? null
                                : attempt.clockOffset().toSeconds() + " seconds")
                .put("api_version", Objects.toString(attempt.apiVersion(), null))
                .put("installation_id", attempt.instance().installationId())
                .put("product_version", attempt.instance().productVersion())
                .put("program_version", programVersion)
                .put("organizations", attempt.organizations().size())
                .put("jobs", attempt.outcomes().jobs())
                .put("changes", attempt.changeCount())
                .put("rejected", attempt.outcomes().rejected())
                .put("not_complete", notComplete(attempt));
        if (attempt.share() != null) {
            receipt.put("share", attempt.share().number())
                    .put("shares", attempt.share().shares())
                    .put("taking", attempt.share().taking());
        }
        if (!attempt.organizations().isEmpty()
                && (attempt.share() == null || !attempt.share().isOfTheAttempt())) {
            receipt.put("lists_digest", "\\x" + listsDigest(attempt));
        }
        // The organizations of an attempt that was divided are those of its shares.
        if (!attempt.getToPoll().isEmpty()) {
            ArrayNode ids = receipt.putArray("organization_ids");
            attempt.getToPoll().forEach(organization -> ids.add(Storable.text(organization.id())));
        }
        return JsonText.of(receipt);
    }

    private static String notComplete(Attempt attempt) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        attempt.outcomes().notComplete().forEach(outcome -> {
            ObjectNode entry = entry(array.addObject(), outcome)
                    .put("outcome", outcome.status().name())
                    .put("reason", outcome.reason() == null ? null : Storable.text(outcome.reason()));
            if (outcome.cause() != null) {
                entry.put("cause", outcome.cause().toString());
            }
        });
        return JsonText.of(array);
    }

    /** Without an organization where it is about the list of the whole source. */
    private static ObjectNode entry(ObjectNode entry, ListOutcome outcome) {
        if (outcome.organizationId() != null) {
            entry.put("organizationId", Storable.text(outcome.organizationId()));
        }
        return entry.put("jobType", outcome.jobType().toString());
    }

    private static String listsDigest(Attempt attempt) {
        String digests = attempt.outcomes().stream()
                .filter(outcome -> outcome.listDigest() != null)
                // An empty list of copy jobs is recorded once only,
                // and must not tell the first receipt from the others.
                .filter(outcome -> outcome.jobType() == JobType.BACKUP || outcome.jobs() > 0)
                .map(outcome -> outcome.organizationId() + " " + outcome.jobType() + " " + outcome.listDigest())
                .sorted()
                .collect(Collectors.joining("\n"));
        return Sha256.hex(digests);
    }
}
