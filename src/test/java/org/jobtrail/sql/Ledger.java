package org.jobtrail.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.support.TestDatabase;

/** Claims and records polls with the statements that the routes run. */
record Ledger(TestDatabase database, String jobType) {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String SOURCE = "veeam";

    Ledger(TestDatabase database) {
        this(database, "backup");
    }

    /** Claims all of these organizations at once, as a poll of copy jobs does. */
    List<Map<String, Object>> claimAll(String source, String... organizations) throws SQLException {
        return database.query(
                "claim_polls",
                Map.of(
                        "source",
                        source,
                        "organizations",
                        json(Stream.of(organizations)
                                .map(id -> Map.of("id", id, "name", id + " Ltd"))
                                .toList()),
                        "job_type",
                        jobType,
                        "patience",
                        "2 minutes"));
    }

    Map<String, Object> claim(String organization) throws SQLException {
        return claim(SOURCE, organization);
    }

    Map<String, Object> claim(String source, String organization) throws SQLException {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("source", source);
        parameters.put("organization_id", organization);
        parameters.put("organization_name", organization + " Ltd");
        parameters.put("job_type", jobType);
        parameters.put("patience", "2 minutes");
        return database.query("claim_poll", parameters).get(0);
    }

    /** A whole poll that found these changes. */
    Map<String, Object> poll(String organization, List<Map<String, Object>> changes) throws SQLException {
        return record(organization, (Long) claim(organization).get("claimed_poll"), changes);
    }

    /** A whole poll that found so many changes, each of a job of its own. */
    Map<String, Object> poll(String organization, int changes) throws SQLException {
        return poll(
                organization,
                IntStream.range(0, changes)
                        .mapToObj(i -> change("job-" + i, "created"))
                        .toList());
    }

    Map<String, Object> record(String organization, long claim, List<Map<String, Object>> changes) throws SQLException {
        return record(organization, claim, changes, null);
    }

    Map<String, Object> record(String organization, long claim, List<Map<String, Object>> changes, String suspectDigest)
            throws SQLException {
        return record(organization, claim, lastSeq(organization), changes, suspectDigest, "{}");
    }

    private long lastSeq(String organization) throws SQLException {
        return (Long) database.value(
                "select last_seq from jobtrail.organization_head where organization_id = ?", organization);
    }

    /** A portion of a poll. */
    Map<String, Object> record(
            String organization,
            long claim,
            long after,
            List<Map<String, Object>> changes,
            String suspectDigest,
            String list)
            throws SQLException {
        return record(claim, List.of(new Portion(organization, claim, after, changes, suspectDigest, list)))
                .get(0);
    }

    /** What is recorded of a poll; {@code list} is what list it was, as JSON; null where another portion follows. */
    record Portion(
            String organization,
            long claim,
            long after,
            List<Map<String, Object>> changes,
            String suspectDigest,
            String list) {

        String json(String jobType) {
            try {
                ObjectNode portion = list == null ? JSON.createObjectNode() : (ObjectNode) JSON.readTree(list);
                return portion.put("organization_id", organization)
                        .put("job_type", jobType)
                        .put("claimed_poll", claim)
                        .put("after", after)
                        .put("suspect_digest", suspectDigest)
                        .put("last", list != null)
                        .toString();
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    /** Portions of several organizations' polls. */
    List<Map<String, Object>> record(long attempt, List<Portion> portions) throws SQLException {
        var changes = new ArrayList<Map<String, Object>>();
        var states = new ArrayList<Map<String, Object>>();
        for (Portion portion : portions) {
            int poll = portions.indexOf(portion) + 1;
            portion.changes().forEach(change -> changes.add(of(poll, change)));
            states(portion.changes()).forEach(state -> states.add(of(poll, state)));
        }
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("attempt", attempt);
        parameters.put(
                "portions",
                portions.stream().map(portion -> portion.json(jobType)).collect(Collectors.joining(",", "[", "]")));
        parameters.put("changes", json(changes));
        parameters.put("payloads", texts(changes, "payload"));
        parameters.put("raws", texts(changes, "raw"));
        parameters.put("states", json(states));
        parameters.put("snapshots", texts(states, "snapshot"));
        parameters.put("touched", "[]");
        parameters.put("rejected", "[]");
        return database.query("record_polls", parameters);
    }

    private static Map<String, Object> of(int poll, Map<String, Object> found) {
        var numbered = new HashMap<>(found);
        numbered.put("poll", poll);
        return numbered;
    }

    static String[] texts(List<Map<String, Object>> rows, String column) {
        return rows.stream().map(row -> (String) row.get(column)).toArray(String[]::new);
    }

    static Map<String, Object> change(String job, String kind) {
        return change(job, kind, Map.of());
    }

    static Map<String, Object> change(String job, String kind, Map<String, ?> columns) {
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("job_type", "backup");
        change.put("job_id", job);
        change.put("job_name", "Name of " + job);
        change.put("change_kind", kind);
        change.put("changed_fields", List.of("lastStatus", "lastRun"));
        change.put("enabled", true);
        change.put("last_status", "Success");
        change.put("previous_status", null);
        change.put("last_run", "2026-03-01T01:02:03.456789Z");
        change.put("next_run", null);
        change.put("payload", "{\"job\":\"" + job + "\",\"kind\":\"" + kind + "\"}");
        change.put("raw", kind.equals("missing") ? null : "{\"id\":\"" + job + "\"}");
        change.putAll(columns);
        return change;
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** The last change of each job says what its state is. */
    private static List<Map<String, Object>> states(List<Map<String, Object>> changes) {
        Map<Object, Map<String, Object>> states = new LinkedHashMap<>();
        for (int i = 0; i < changes.size(); i++) {
            Map<String, Object> change = changes.get(i);
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("job_type", change.get("job_type"));
            state.put("job_id", change.get("job_id"));
            state.put("snapshot", "{}");
            state.put("digest", "00");
            state.put("raw_digest", "00");
            state.put("api_version", "v7");
            state.put("missing", change.get("change_kind").equals("missing"));
            state.put("last_change", i + 1);
            states.put(change.get("job_id"), state);
        }
        return List.copyOf(states.values());
    }
}
