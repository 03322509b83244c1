package org.jobtrail.recover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.publish.Cursor;

/** A way to resolve that PostgreSQL and Kafka contradict each other. */
public sealed interface Way permits FromTopic, NewEpoch {

    /** What it can resolve, as {@code publication.halted_by} says it. */
    Set<String> resolves();

    /** Of rows up to this one, number and hash are enough: no payload is read. */
    long lastKnown(Connection connection, String organizationId) throws SQLException;

    /** True where these, too, have to be proven, for what they say besides their payload. */
    boolean provesAll();

    /**
     * @param cursor where Kafka says that the organization stands
     * @param events what was read of the topic
     * @return what was done
     * @throws SQLException a refusal where it cannot be proven, and nothing was changed
     */
    String resolve(
            String organizationId,
            Optional<Cursor> cursor,
            EventsOnTopic events,
            Standstill standstill,
            Connection connection)
            throws SQLException;
}
