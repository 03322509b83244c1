package org.jobtrail.database;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** What the database itself says where it refuses something: the sentence that a function of ours raised, without what the driver adds. */
public final class ServerMessage {

    private ServerMessage() {}

    public static boolean isRefusal(SQLException failure) {
        return SqlState.is(failure, SqlState.REFUSED);
    }

    /** A refusal of our own, in the form that those of the database have. */
    public static SQLException refusal(String sentence) {
        return new SQLException(sentence, SqlState.REFUSED);
    }

    public static String of(SQLException failure) {
        return failure instanceof PSQLException answer && answer.getServerErrorMessage() != null
                ? answer.getServerErrorMessage().getMessage()
                : failure.getMessage();
    }
}
