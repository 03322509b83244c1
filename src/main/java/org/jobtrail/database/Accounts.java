package org.jobtrail.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jobtrail.settings.InvalidSettingException;
import org.jobtrail.settings.Settings;
import org.postgresql.PGConnection;

/**
 * Sees to it that the roles are there, and that the two accounts are members of theirs. What the account that migrates may not do
 * is asked of an administrator, as the SQL to run: Jobtrail would rather not start than run with fewer guards than it says.
 */
final class Accounts {

    private static final List<Role> OF_THE_LOGIN = List.of(Role.WRITER, Role.PUBLISHER, Role.AUDITOR);
    private static final List<Role> OF_THE_MIGRATION = List.of(Role.OWNER, Role.RETENTION, Role.AUDITOR);
    private static final int WITH_SET_OPTION = 16;
    private static final String MAY_CREATE_SCHEMAS = """
            select has_database_privilege(current_database(), 'create')
                or (to_regnamespace('jobtrail') is not null and to_regnamespace('report') is not null)""";

    private final Connection connection;
    private final Settings.Database settings;
    private final boolean mayCreateRoles;
    private boolean onlyLooking;
    private final Set<String> forAnAdministrator = new LinkedHashSet<>();

    Accounts(Connection connection, Settings.Database settings) throws SQLException {
        this.connection = connection;
        this.settings = settings;
        this.mayCreateRoles = isTrue("select rolsuper or rolcreaterole from pg_roles where rolname = current_user");
    }

    /** Checks the accounts as {@link #ensure} does, as far as that is possible without changing anything. */
    void check() throws SQLException {
        onlyLooking = true;
        ensure();
    }

    /** False where the account that writes would be made. */
    boolean isThere() throws SQLException {
        return exists(settings.username());
    }

    /** @throws InvalidSettingException with the SQL to run, where this account may not */
    void ensure() throws SQLException {
        for (Role role : Role.values()) {
            if (!exists(role.sqlName())) {
                run("create role %s nologin".formatted(role.sqlName()));
            }
        }
        for (Role role : OF_THE_MIGRATION) {
            ensureMember(settings.migrationUsername(), role);
        }
        if (!isTrue(MAY_CREATE_SCHEMAS)) {
            forAnAdministrator.add("grant create on database %s to %s"
                    .formatted(quoted(connection.getCatalog()), quoted(settings.migrationUsername())));
        }
        createLogin();
        for (Role role : OF_THE_LOGIN) {
            ensureMember(settings.username(), role);
        }
        if (!forAnAdministrator.isEmpty()) {
            throw new InvalidSettingException(
                    "database.migration.username",
                    "is the account %s, which may not set up the roles; let an administrator of PostgreSQL run this, then start again:%n%s;"
                            .formatted(settings.migrationUsername(), String.join(";\n", forAnAdministrator)));
        }
    }

    private void createLogin() throws SQLException {
        if (exists(settings.username())) {
            return;
        }
        String create = "create role %s login".formatted(quoted(settings.username()));
        if (!mayCreateRoles) {
            forAnAdministrator.add(create + " password '...'");
            return;
        }
        run(create);
        if (onlyLooking) {
            return;
        }
        // Only its SCRAM verifier goes to the server: statements are logged.
        connection
                .unwrap(PGConnection.class)
                .alterUserPassword(settings.username(), settings.password().toCharArray(), "scram-sha-256");
    }

    private void ensureMember(String account, Role role) throws SQLException {
        boolean member = exists(account) && exists(role.sqlName()) && isMember(account, role);
        if (!member) {
            run("grant %s to %s".formatted(role.sqlName(), quoted(account)));
        }
    }

    /** Whoever may not create roles may still give those that were given to it with the right to. */
    private void run(String sql) throws SQLException {
        if (mayCreateRoles && onlyLooking) {
            return;
        }
        if (mayCreateRoles) {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
                return;
            } catch (SQLException e) {
                // Another database of the cluster is being set up, and was faster; or this is somebody else's role.
                if (SqlState.is(e, SqlState.DUPLICATE_OBJECT, SqlState.UNIQUE_VIOLATION)) {
                    return;
                }
                if (!SqlState.is(e, SqlState.INSUFFICIENT_PRIVILEGE)) {
                    throw e;
                }
            }
        }
        forAnAdministrator.add(sql);
    }

    private boolean exists(String role) throws SQLException {
        return isTrue("select exists (select from pg_roles where rolname = ?)", role);
    }

    private boolean isMember(String account, Role role) throws SQLException {
        // From version 16 on, being a member does not mean that one may act as the role.
        String how = connection.getMetaData().getDatabaseMajorVersion() < WITH_SET_OPTION ? "MEMBER" : "SET";
        return isTrue("select pg_has_role(?, ?, ?)", account, role.sqlName(), how);
    }

    private boolean isTrue(String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
