package org.jobtrail.record;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashSet;
import java.util.Set;
import org.jobtrail.database.Role;
import org.jobtrail.database.Transaction;
import org.jobtrail.text.Counted;
import org.jobtrail.text.OneLine;
import org.jobtrail.transform.JobKey;
import org.jobtrail.transform.JobSnapshot;
import org.jobtrail.veeam.Organization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins an organization's next epoch: a poll that has seen nothing, and tells every job as it was last known. */
public final class EpochStart {

    private static final String CLAIM = """
            select claimed_poll, observed_at, source, organization_name,
                (select max(api_version) from jobtrail.known_job where organization_id = ?) as api_version
            from jobtrail.claim_epoch(?, ?)""";
    private static final String BEGIN =
            "select epoch, first_seq from jobtrail.begin_epoch(?, ?, ?, ?, ?, '[]'::json, ?::json)";
    private static final String ERASED = "select job_type, job_id from jobtrail.erased_on_topic(?, ?, ?)";
    private static final String STATES = """
            select known.job_type, known.job_id, last.snapshot, known.missing
            from jobtrail.known_job known
            left join lateral jobtrail.last_snapshots(
                array[known.organization_id], array[known.job_type], array[known.job_id]) last on true
            where known.organization_id = ? order by known.job_type, known.job_id""";
    private static final String TELL = "select jobtrail.tell_anew(?, ?, ?::json)";

    private static final Logger LOG = LoggerFactory.getLogger("jobtrail.record");

    /** So many are read ahead: a snapshot may be as large as an event. */
    private static final int AHEAD = 50;

    private final Connection connection;

    /**
     * @param jobs how many are told anew
     * @param erased how many of them are told as erased, as the topic says
     */
    public record Begun(int epoch, long firstSeq, int jobs, int erased) {}

    /**
     * Where the other history ends.
     *
     * @param source whose organization it is, where the history does not know; may be null
     * @param epoch of its last row; may be null
     */
    public record End(String source, Integer epoch, long seq, String hash) {}

    private record Claimed(String source, Organization organization, Claim claim, String apiVersion) {

        Changes changes() {
            return new Changes(source, organization, claim, apiVersion);
        }
    }

    /** @param connection as {@link Role#RETENTION} */
    public EpochStart(Connection connection) {
        this.connection = connection;
    }

    /**
     * All of it, or nothing.
     *
     * @param identity of Kafka, as {@code Topics.Identity} writes it
     */
    public Begun begin(String organizationId, End topic, String identity) throws SQLException {
        Claimed claimed = claim(organizationId, topic.source());
        Set<JobKey> erased = erased(organizationId, topic);
        return Transaction.of(connection, () -> {
            try (var statement = connection.prepareStatement(BEGIN)) {
                statement.setString(1, organizationId);
                statement.setLong(2, claimed.claim().number());
                statement.setLong(3, topic.seq());
                statement.setString(4, topic.hash());
                statement.setObject(5, topic.epoch(), Types.INTEGER);
                statement.setString(6, identity);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return tellAll(claimed, erased, row.getInt(1), row.getLong(2));
                }
            }
        });
    }

    private Claimed claim(String organizationId, String source) throws SQLException {
        try (var statement = connection.prepareStatement(CLAIM)) {
            statement.setString(1, organizationId);
            statement.setString(2, organizationId);
            statement.setString(3, source);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Claimed(
                        row.getString(3),
                        new Organization(organizationId, row.getString(4)),
                        Claim.ofAnOperator(row.getLong(1), row.getString(2)),
                        row.getString(5));
            }
        }
    }

    /** Before the epoch has begun: what is erased in the history that it leaves behind. */
    private Set<JobKey> erased(String organizationId, End topic) throws SQLException {
        var erased = new HashSet<JobKey>();
        try (var statement = connection.prepareStatement(ERASED)) {
            statement.setString(1, organizationId);
            statement.setLong(2, topic.seq());
            statement.setString(3, topic.hash());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    erased.add(new JobKey(row.getString(1), row.getString(2)));
                }
            }
        }
        return erased;
    }

    /** In portions, as large as those of a list. */
    private Begun tellAll(Claimed claimed, Set<JobKey> erased, int epoch, long firstSeq) throws SQLException {
        int jobs = 0;
        int again = 0;
        int lost = 0;
        try (var states = connection.prepareStatement(STATES);
                var tell = connection.prepareStatement(TELL)) {
            states.setFetchSize(AHEAD);
            states.setString(1, claimed.organization().id());
            try (ResultSet row = states.executeQuery()) {
                Changes changes = claimed.changes();
                long bytes = 0;
                while (row.next()) {
                    var key = new JobKey(row.getString(1), row.getString(2));
                    byte[] last = row.getBytes(3);
                    JobSnapshot snapshot = last == null ? JobSnapshot.nothing() : JobSnapshot.parse(last);
                    boolean missing = row.getBoolean(4);
                    if (erased.contains(key)) {
                        changes.appendErased(key, !missing);
                        again++;
                    } else if (!snapshot.isNothing()) {
                        changes.appendRebaselined(key, snapshot, missing);
                        bytes += last.length;
                    }
                    lost += last == null ? 1 : 0;
                    if (changes.count() >= Portions.MOST || bytes >= Portions.MOST_BYTES) {
                        jobs += tell(tell, claimed, changes);
                        changes = claimed.changes();
                        bytes = 0;
                    }
                }
                jobs += changes.count() == 0 ? 0 : tell(tell, claimed, changes);
            }
        }
        if (lost > 0) {
            LOG.warn(
                    "organization {}: of {} the last row is not there, or cannot be read: they are not told anew",
                    OneLine.of(claimed.organization().id()),
                    Counted.of(lost, "job"));
        }
        return new Begun(epoch, firstSeq, jobs, again);
    }

    private static int tell(PreparedStatement statement, Claimed claimed, Changes changes) throws SQLException {
        statement.setString(1, claimed.organization().id());
        statement.setLong(2, claimed.claim().number());
        statement.setString(3, changes.rowsJson());
        statement.execute();
        return changes.count();
    }
}
