package org.jobtrail.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the server or the account is allowed that takes from what the ledger promises. */
public record Safeguards(boolean superuser, boolean owner, boolean flushed, boolean wholePages) {

    static Safeguards of(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("""
                        select rolsuper,
                            exists (
                                select from pg_roles owner
                                where owner.rolname = 'jobtrail_owner' and pg_has_role(session_user, owner.oid, 'MEMBER')
                            ),
                            current_setting('fsync') = 'on',
                            current_setting('full_page_writes') = 'on'
                        from pg_roles where rolname = session_user""")) {
            row.next();
            return new Safeguards(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3), row.getBoolean(4));
        }
    }

    /** What a person should put right. */
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (superuser) {
            warnings.add(
                    "database.username is a superuser: the database refuses it nothing; give the program an account of its own, and this one to database.migration.username");
        }
        if (!flushed) {
            warnings.add("the database runs with fsync=off: what it has committed can be lost when the machine stops");
        }
        if (!wholePages) {
            warnings.add(
                    "the database runs with full_page_writes=off: unless its file system writes pages whole, one that is half written when the machine stops cannot be read again");
        }
        return warnings;
    }

    /** Whether the account that writes could also change what is written. */
    public String separation() {
        return superuser || owner
                ? "one account: it may act as the owner of the tables, so the separation of who writes and who owns is not enforced"
                : "the account writes and publishes by roles, it owns nothing";
    }
}
