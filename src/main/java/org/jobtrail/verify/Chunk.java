package org.jobtrail.verify;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jobtrail.database.Transaction;

/** Some of the rows that a statement yields: no more of them when they have so many characters. Whoever wants the rest asks for it. */
final class Chunk {

    /** For a statement to end with: without it, PostgreSQL may sort all that there is before it yields anything. */
    static final String LIMIT = " limit 1000";

    private static final long CHARACTERS = 8_000_000;

    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private Chunk() {}

    /**
     * None where there are no more.
     *
     * @param ahead how many the driver has in memory besides: by default it is all that the statement yields
     */
    static <T> List<T> read(PreparedStatement statement, int ahead, Row<T> row, ToLongFunction<T> characters)
            throws SQLException {
        statement.setFetchSize(ahead);
        // Only within a transaction, the driver asks for some rows after the others.
        return Transaction.of(statement.getConnection(), () -> {
            var rows = new ArrayList<T>();
            long size = 0;
            try (ResultSet read = statement.executeQuery()) {
                while (size < CHARACTERS && read.next()) {
                    T one = row.of(read);
                    size += characters.applyAsLong(one);
                    rows.add(one);
                }
            }
            return rows;
        });
    }
}
