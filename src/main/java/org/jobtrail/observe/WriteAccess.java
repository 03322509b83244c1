package org.jobtrail.observe;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * Whether what is polled could be recorded, as far as reading tells it: a server that answers may take no writes, and an account may
 * have lost the right to call what records. Costs a look into the catalog.
 */
final class WriteAccess {

    /** What polls call in PostgreSQL. An older program beside a newer one still finds its own. */
    static final List<String> NEEDED = List.of(
            "begin_attempt(text, interval, interval)",
            "claim_installation(text, text, text)",
            "note_listed(text, json, boolean, interval, interval)",
            "claim_polls(text, json, text, interval, boolean)",
            "claim_poll(text, text, text, text, interval)",
            "last_snapshots(text[], text[], text[])",
            "record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[],"
                    + " timestamptz[], text[], text[], bytea[], bytea[], json, json)",
            "settle_poll(text, text, bigint, bigint)",
            "keep_rejected(text, text, bigint, timestamptz, json)",
            "share_out(text, bigint, json)",
            "take_share(text, bigint, integer, boolean, text)",
            "last_cycle(text)",
            "write_receipt(json)");

    private static final String QUERY = """
            select pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as read_only,
                current_user as account, count(*) as lacking, min(signature) as signature,
                coalesce(bool_or(to_regprocedure(signature) is null), false) as missing
            from unnest(array['jobtrail.%s']) signature
            where not coalesce(has_function_privilege(to_regprocedure(signature)::oid, 'execute'), false)
            """.formatted(String.join("', 'jobtrail.", NEEDED));

    private WriteAccess() {}

    /** What is in the way, and what to do; empty where nothing is. */
    static Optional<String> problem(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            if (row.getBoolean("standby")) {
                return Optional.of(
                        "PostgreSQL is a standby, nothing can be recorded there: database.url must name the primary");
            }
            if (row.getBoolean("read_only")) {
                return Optional.of(
                        "PostgreSQL is read-only, nothing can be recorded there: set default_transaction_read_only off");
            }
            int lacking = row.getInt("lacking");
            if (lacking == 0) {
                return Optional.empty();
            }
            String more = lacking == 1 ? "" : ", and %d more".formatted(lacking - 1);
            if (row.getBoolean("missing")) {
                return Optional.of(
                        "functions that record are not there, %s%s: a start of Jobtrail makes them, unless they were removed by hand"
                                .formatted(row.getString("signature"), more));
            }
            return Optional.of(
                    "PostgreSQL refuses this account what records: grant execute on function %s to %s%s; jobtrail verify names all"
                            .formatted(row.getString("signature"), row.getString("account"), more));
        }
    }
}
