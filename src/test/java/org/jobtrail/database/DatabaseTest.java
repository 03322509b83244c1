package org.jobtrail.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealServers.class)
class DatabaseTest {

    @Test
    void theServerEndsAStatementBeforeItsConnectionIsGivenUp(PostgresServer server) throws SQLException {
        try (var database = new Database(server.migratedDatabase().settings(), 1)) {
            for (DataSource pool : List.of(database.pool(), database.publisherPool(), database.observerPool())) {
                try (Connection connection = pool.getConnection();
                        var statement = connection.createStatement();
                        var row = statement.executeQuery(
                                "select extract(epoch from current_setting('statement_timeout')::interval) * 1000")) {
                    row.next();
                    assertThat(row.getInt(1)).isPositive().isLessThan(connection.getNetworkTimeout());
                }
            }
        }
    }
}
