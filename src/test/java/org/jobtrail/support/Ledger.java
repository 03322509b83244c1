package org.jobtrail.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobtrail.text.Sha256;

/** Claims and records polls with the statements that the routes run. */
public record Ledger(TestDatabase database, String jobType) {
    private static final ObjectMapper JSON = new ObjectMapper();
    public static final String SOURCE = "veeam";

    /** As what every job is known. */
    private static final byte[] DIGEST = Sha256.of("{}");

    /** Which column of a change is in which array. */
    private static final Map<String, String> COLUMNS = Map.of(
            "job_types", "job_type",
            "job_ids", "job_id",
            "job_names", "job_name",
            "change_kinds", "change_kind",
            "last_statuses", "last_status",
            "previous_statuses", "previous_status",
            "last_runs", "last_run",
            "next_runs", "next_run",
            "payloads", "payload",
            "raws", "raw");

    public Ledger(TestDatabase database) {
        this(database, "backup");
    }

    /** Claims all of these organizations at once, as a poll of copy jobs does. */
    public List<Map<String, Object>> claimAll(String source, String... organizations) throws SQLException {
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

    public Map<String, Object> claim(String organization) throws SQLException {
        return claim(SOURCE, organization);
    }

    public Map<String, Object> claim(String source, String organization) throws SQLException {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("source", source);
        parameters.put("organization_id", organization);
        parameters.put("organization_name", organization + " Ltd");
        parameters.put("job_type", jobType);
        parameters.put("patience", "2 minutes");
        return database.query("claim_poll", parameters).get(0);
    }

    /** A whole poll that found these changes. */
    public Map<String, Object> poll(String organization, List<Map<String, Object>> changes) throws SQLException {
        return record(organization, (Long) claim(organization).get("claimed_poll"), changes);
    }

    /** A whole poll that found so many changes, each of a job of its own. */
    public Map<String, Object> poll(String organization, int changes) throws SQLException {
        return poll(
                organization,
                IntStream.range(0, changes)
                        .mapToObj(i -> change("job-" + i, "created"))
                        .toList());
    }

    public Map<String, Object> record(String organization, long claim, List<Map<String, Object>> changes)
            throws SQLException {
        return record(organization, claim, changes, null);
    }

    public Map<String, Object> record(
            String organization, long claim, List<Map<String, Object>> changes, String suspectDigest)
            throws SQLException {
        return record(organization, claim, lastSeq(organization), changes, suspectDigest, "{}");
    }

    private long lastSeq(String organization) throws SQLException {
        return (Long) database.value(
                "select last_seq from jobtrail.organization_head where organization_id = ?", organization);
    }

    /** A portion of a poll. */
    public Map<String, Object> record(
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
    public record Portion(
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
                        .put("api_version", "v7")
                        .put("changes", changes.size())
                        .put("suspect_digest", suspectDigest)
                        .put("last", list != null)
                        .toString();
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    /** Portions of several organizations' polls. */
    public List<Map<String, Object>> record(long attempt, List<Portion> portions) throws SQLException {
        try (Connection connection = database.connect()) {
            return record(connection, attempt, portions);
        }
    }

    public List<Map<String, Object>> record(Connection connection, long attempt, List<Portion> portions)
            throws SQLException {
        return new RouteStatement("record_polls").run(connection, parameters(attempt, portions));
    }

    /** Records elements that could not be read, of a list without others. */
    public void recordRejected(Portion portion, long attempt, List<Map<String, Object>> rejected) throws SQLException {
        Map<String, Object> parameters = parameters(attempt, List.of(portion));
        parameters.put("rejected", json(rejected));
        database.query("record_polls", parameters);
    }

    public void recordMiscounted(Portion portion, int counted) throws SQLException {
        Map<String, Object> parameters = parameters(1, List.of(portion));
        parameters.compute(
                "portions",
                (name, json) -> ((String) json)
                        .replace("\"changes\":" + portion.changes().size(), "\"changes\":" + counted));
        database.query("record_polls", parameters);
    }

    private Map<String, Object> parameters(long attempt, List<Portion> portions) {
        List<Map<String, Object>> changes =
                portions.stream().flatMap(portion -> portion.changes().stream()).toList();
        List<Boolean> last = portions.stream()
                .flatMap(portion -> last(portion.changes()).stream())
                .toList();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("attempt", attempt);
        parameters.put(
                "portions",
                portions.stream().map(portion -> portion.json(jobType)).collect(Collectors.joining(",", "[", "]")));
        COLUMNS.forEach((array, column) -> parameters.put(array, texts(changes, column)));
        parameters.put(
                "changed_fields",
                changes.stream().map(change -> String.join(",", fields(change))).toArray(String[]::new));
        parameters.put(
                "enabled", changes.stream().map(change -> change.get("enabled")).toArray(Boolean[]::new));
        parameters.put("digests", last.stream().map(is -> is ? DIGEST : null).toArray(byte[][]::new));
        parameters.put(
                "raw_digests", last.stream().map(is -> is ? new byte[1] : null).toArray(byte[][]::new));
        parameters.put("touched", "[]");
        parameters.put("rejected", "[]");
        return parameters;
    }

    public static String[] texts(List<Map<String, Object>> rows, String column) {
        return rows.stream().map(row -> (String) row.get(column)).toArray(String[]::new);
    }

    public static Map<String, Object> change(String job, String kind) {
        return change(job, kind, Map.of());
    }

    public static Map<String, Object> change(String job, String kind, Map<String, ?> columns) {
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

    public static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> fields(Map<String, Object> change) {
        return (List<String>) change.get("changed_fields");
    }

    /** The last change of each job says what its state is. */
    private static List<Boolean> last(List<Map<String, Object>> changes) {
        Map<Object, Integer> last = new HashMap<>();
        for (int i = 0; i < changes.size(); i++) {
            last.put(changes.get(i).get("job_id"), i);
        }
        return IntStream.range(0, changes.size()).mapToObj(last::containsValue).toList();
    }
}
