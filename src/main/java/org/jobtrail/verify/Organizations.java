package org.jobtrail.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which organizations there are to verify: whoever has left anything in the ledger, whatever else of it is gone. */
final class Organizations {

    private static final String KNOWN = """
            with recursive known (organization_id) as (
                -- From one organization to the next by the index: a history is long, its organizations are few.
                select min(organization_id) from jobtrail.job_history
                union all
                select (select min(organization_id) from jobtrail.job_history line
                    where line.organization_id > known.organization_id)
                from known where known.organization_id is not null
            )
            select organization_id, coalesce(publication.published_seq, 0)
            from (
                select organization_id from jobtrail.organization_head
                union select organization_id from known where organization_id is not null
                union select organization_id from jobtrail.sealed_row
                union select organization_id from jobtrail.known_job
                -- Of one without a change since a retention, all is sealed: nothing but the note would tell that it was removed.
                union select organization_id from jobtrail.ledger_note where kind = 'seal'
            ) known
            left join jobtrail.publication using (organization_id)
            order by organization_id""";

    private final Connection connection;
    private final Scope scope;

    Organizations(Connection connection, Scope scope) {
        this.connection = connection;
        this.scope = scope;
    }

    /** Up to which row Kafka has acknowledged each that is in scope. */
    Map<String, Long> acknowledged() throws SQLException {
        var acknowledged = new LinkedHashMap<String, Long>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(KNOWN)) {
            while (row.next()) {
                if (scope.holds(row.getString(1))) {
                    acknowledged.put(row.getString(1), row.getLong(2));
                }
            }
        }
        return acknowledged;
    }
}
