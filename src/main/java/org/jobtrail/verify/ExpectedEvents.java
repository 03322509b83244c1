package org.jobtrail.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jobtrail.text.JsonText;

/** The rows that events say they are, looked up together: of the history, or kept of what was sealed. */
final class ExpectedEvents {

    private static final String ROWS = """
            select %s
            from json_to_recordset(?::json) as event (organization_id text, seq bigint)
            join lateral (
                select * from jobtrail.job_history row
                where row.organization_id = event.organization_id and row.seq = event.seq
                union all
                select * from jobtrail.sealed_row row
                where row.organization_id = event.organization_id and row.seq = event.seq
                offset 0 -- Each by itself: in a join of all, damaged pages of others would be read.
            ) line on true""".formatted(ExpectedEvent.COLUMNS);

    private final Connection connection;

    ExpectedEvents(Connection connection) {
        this.connection = connection;
    }

    /** Without those that are not there. */
    Map<EventKey, ExpectedEvent> of(Collection<EventKey> keys) throws SQLException {
        var rows = new HashMap<EventKey, ExpectedEvent>();
        if (keys.isEmpty()) {
            return rows;
        }
        ArrayNode wanted = JsonNodeFactory.instance.arrayNode();
        keys.forEach(key ->
                wanted.addObject().put("organization_id", key.organizationId()).put("seq", key.seq()));
        try (var statement = connection.prepareStatement(ROWS)) {
            statement.setString(1, JsonText.of(wanted));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    rows.put(new EventKey(row.getString(1), row.getLong(2)), ExpectedEvent.read(row));
                }
            }
        }
        return rows;
    }
}
