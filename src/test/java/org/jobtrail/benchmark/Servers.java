package org.jobtrail.benchmark;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jobtrail.settings.PropertyLookup;
import org.jobtrail.settings.Settings;
import org.jobtrail.settings.SettingsReader;

/** The PostgreSQL and the Kafka that the script has started, and their processes. */
record Servers(Settings.Database database, String bootstrapServers, Proc postgres, Proc kafka) {

    static Servers of(long postgres, long kafka) {
        Settings settings = new SettingsReader(PropertyLookup.of(System.getProperties(), System.getenv(), null)).read();
        return new Servers(
                settings.database().orElseThrow(),
                settings.kafka().orElseThrow().bootstrapServers(),
                new Proc(postgres),
                new Proc(kafka));
    }

    String url(String name) {
        return database.url().replaceAll("/[^/]*$", "/" + name);
    }

    /** As the one who may do everything. */
    Connection connect(String name) throws SQLException {
        return DriverManager.getConnection(url(name), database.migrationUsername(), database.migrationPassword());
    }
}
