package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.text.JsonText;
import org.jobtrail.text.Storable;
import org.jobtrail.veeam.JobType;
import org.jobtrail.veeam.Organization;

/** The right to record an organization's next poll: good until somebody else claims. */
public record Claim(
        long number,
        String observedAt,
        long lastSeq,
        boolean firstPoll,
        Optional<String> suspectDigest,
        Optional<Instant> suspectSince,
        Optional<String> acceptedDigest,
        Optional<LastList> lastList) {

    /** What a list is as long as it is the one that was recorded last, all of it believed. */
    public record LastList(String contentDigest, String digest, int jobs) {

        static Optional<LastList> of(Map<?, ?> row) {
            return Optional.ofNullable((String) row.get("content_digest"))
                    .map(content -> new LastList(
                            content, (String) row.get("list_digest"), ((Number) row.get("jobs")).intValue()));
        }
    }

    /** The claim of an operator, who appends to a history what no list says. */
    static Claim ofAnOperator(long number, String observedAt) {
        return new Claim(
                number, observedAt, 0, false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Claim of(Map<?, ?> row) {
        return new Claim(
                ((Number) row.get("claimed_poll")).longValue(),
                (String) row.get("observed_at"),
                ((Number) row.get("last_seq")).longValue(),
                (Boolean) row.get("first_poll"),
                Optional.ofNullable((String) row.get("suspect_digest")),
                Optional.ofNullable((String) row.get("suspect_since")).map(Instant::parse),
                Optional.ofNullable((String) row.get("accepted_digest")),
                LastList.of(row));
    }

    /** True where this very list was the last one that was recorded, and nobody has doubted it since: it says nothing new. */
    boolean knows(String contentDigest) {
        return lastList.filter(last -> last.contentDigest().equals(contentDigest))
                        .isPresent()
                && suspectDigest.isEmpty()
                && acceptedDigest.isEmpty();
    }

    /** What the statement is given that claims one of the lists of several organizations. */
    static Map<String, Object> request(
            String source, List<Organization> organizations, JobType jobType, Duration patience) {
        return Map.of(
                "source", source,
                "organizations", organizations(organizations),
                "job_type", jobType.toString(),
                "patience", StatementParameters.interval(patience));
    }

    /**
     * As the statement that claims several takes them. One whose id PostgreSQL cannot keep is left out: claimed by itself, it is
     * told why.
     */
    static String organizations(List<Organization> organizations) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        organizations.stream()
                .filter(organization -> Storable.text(organization.id()).equals(organization.id()))
                .forEach(organization -> array.addObject()
                        .put("id", organization.id())
                        .put("name", organization.name() == null ? null : Storable.text(organization.name())));
        return JsonText.of(array);
    }

    Instant observed() {
        return Instant.parse(observedAt);
    }
}
