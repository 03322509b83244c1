package org.jobtrail.support;

import java.sql.Connection;
import java.sql.SQLException;
import org.jobtrail.database.Database;
import org.jobtrail.database.Role;

/** Lets a database be polled into that nobody publishes from: it will never be compared with Kafka. */
public final class WithoutKafka {

    private WithoutKafka() {}

    public static void goOn(Database database) throws SQLException {
        try (Connection writer = database.connect(Role.WRITER);
                var statement = writer.prepareStatement("select jobtrail.go_on_uncompared()")) {
            statement.execute();
        }
    }
}
