package org.jobtrail.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.jobtrail.support.PostgresServer;
import org.jobtrail.support.RealServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What takes from what the ledger promises, and is warned of at each start. */
@ExtendWith(RealServers.class)
class SafeguardsTest {

    @Test
    void aServerThatLosesWhatItHasCommittedIsNamedWithItsSetting() {
        assertThat(new Safeguards(false, false, false, true).warnings())
                .singleElement()
                .asString()
                .startsWith("the database runs with fsync=off: ");
        assertThat(new Safeguards(false, false, true, false).warnings())
                .singleElement()
                .asString()
                .startsWith("the database runs with full_page_writes=off: ");
        assertThat(new Safeguards(false, false, true, true).warnings()).isEmpty();
    }

    @Test
    void oneThatFlushesAndWritesPagesWholeIsNotTheAccountThatMayDoAllIs(PostgresServer server) throws SQLException {
        try (var database = new Database(server.migratedDatabase().settings(), 1);
                Connection connection = database.connect()) {
            assertThat(Safeguards.of(connection).warnings())
                    .singleElement()
                    .asString()
                    .startsWith("database.username is a superuser: ");
        }
    }
}
