package org.jobtrail.recover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jobtrail.publish.Comparison.Halt;
import org.jobtrail.publish.Cursor;
import org.jobtrail.record.EpochStart;

/** Continues histories that are not the topic's any more, above both: what each of them has stays as it is, and a note says so. */
public final class NewEpoch implements Way {

    @Override
    public Set<String> resolves() {
        return Set.of(Halt.DATABASE_SET_BACK, Halt.HISTORIES_DIFFER);
    }

    /** No row is restored. */
    @Override
    public long lastKnown(Connection connection, String organizationId) {
        return Long.MAX_VALUE;
    }

    /** What was erased in the history that is left behind is erased in this one, but on nobody's bare word. */
    @Override
    public boolean provesAll() {
        return true;
    }

    @Override
    public String resolve(
            String organizationId,
            Optional<Cursor> cursor,
            EventsOnTopic events,
            Standstill standstill,
            Connection connection)
            throws SQLException {
        Cursor topic = cursor.orElseThrow();
        EpochStart.Begun begun = new EpochStart(connection)
                .begin(
                        organizationId,
                        new EpochStart.End(topic.source(), topic.epoch(), topic.seq(), topic.hash()),
                        standstill.identity().json());
        return "epoch %d begins at row %d, above history and topic; %d jobs are told anew%s"
                .formatted(
                        begun.epoch(),
                        begun.firstSeq(),
                        begun.jobs(),
                        begun.erased() == 0 ? "" : ", %d of them erased again".formatted(begun.erased()));
    }
}
