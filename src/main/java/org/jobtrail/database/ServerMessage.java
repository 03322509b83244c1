package org.jobtrail.database;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** What the database itself says where it refuses something: the sentence that a function of ours raised, without what the driver adds. */
public final class ServerMessage {

    /** What our functions raise where they do not do what they were asked to, and nothing was changed. */
    private static final String REFUSED = "JT005";

    private ServerMessage() {}

    public static boolean isRefusal(SQLException failure) {
        return REFUSED.equals(failure.getSQLState());
    }

    /** A refusal of our own, in the form that those of the database have. */
    public static SQLException refusal(String sentence) {
        return new SQLException(sentence, REFUSED);
    }

    public static String of(SQLException failure) {
        return failure instanceof PSQLException answer && answer.getServerErrorMessage() != null
                ? answer.getServerErrorMessage().getMessage()
                : failure.getMessage();
    }
}
