package org.jobtrail.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jobtrail.fetch.JobList;
import org.jobtrail.record.LastPolls.LastPoll;
import org.jobtrail.transform.Json;

/** A look at all jobs of a source: of which organizations they are as they were recorded last. Used by one thread at a time. */
public final class Look {

    private final Map<String, LastPoll> known;
    private final Map<String, LastPoll> unchanged = new HashMap<>();
    private int listed;

    Look(Map<String, LastPoll> known) {
        this.known = known;
    }

    /** How many jobs those organizations had of which anything is known. */
    int jobs() {
        return known.values().stream().mapToInt(last -> last.list().jobs()).sum();
    }

    int organizations() {
        return known.size();
    }

    void compare(JobList jobs) {
        listed = jobs.getJobs().size();
        if (jobs.doubt().isEmpty()) {
            jobs.contentDigests().ifPresent(this::compare);
        }
    }

    private void compare(UnaryOperator<String> contents) {
        known.forEach((organizationId, last) -> {
            if (last.list().contentDigest().equals(contents.apply(organizationId))) {
                unchanged.put(organizationId, last);
            }
        });
    }

    /** Under which claims they are known, as the statement takes it that tells who was claimed since. */
    String claims() {
        ArrayNode claims = JsonNodeFactory.instance.arrayNode();
        unchanged.forEach((organizationId, last) ->
                claims.addObject().put("id", organizationId).put("claim", last.claim()));
        return Json.text(claims);
    }

    Map<String, LastPoll> unchanged(Set<String> claimedSince) {
        unchanged.keySet().removeAll(claimedSince);
        return unchanged;
    }

    /** True where it spared half of the organizations or more, and did not list others' jobs above all. */
    boolean wasWorthIt(int organizations) {
        return unchanged.size() >= organizations / 2 && listed <= 2 * jobs();
    }
}
