package org.jobtrail.database;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** What the database itself says where it refuses something: the sentence that a function of ours raised, without what the driver adds. */
public final class ServerMessage {

    private ServerMessage() {}

    public static String of(SQLException failure) {
        return failure instanceof PSQLException answer && answer.getServerErrorMessage() != null
                ? answer.getServerErrorMessage().getMessage()
                : failure.getMessage();
    }
}
