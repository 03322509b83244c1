package org.jobtrail.support;

import java.sql.SQLException;

/** Says what Kafka and checkpoints are known to have, so that retention and erasure need neither. */
public record Covered(TestDatabase database) {

    public void published(String organization, long seq) throws SQLException {
        database.execute("""
                insert into jobtrail.publication
                    (organization_id, published_seq, published_hash, published_at, cluster_id, topic_id)
                select organization_id, seq, hash, now(), 'cluster', 'topic' from jobtrail.job_history
                where organization_id = '%s' and seq = %d
                on conflict (organization_id) do update
                set published_seq = excluded.published_seq, published_hash = excluded.published_hash
                """.formatted(organization, seq));
    }

    public void checkpointed(String organization, long seq) throws SQLException {
        database.execute("""
                insert into jobtrail.checkpointed (organization_id, seq, hash, checkpoint, noted_at)
                select organization_id, seq, hash, 1, now() from jobtrail.job_history
                where organization_id = '%s' and seq = %d
                on conflict (organization_id) do update set seq = excluded.seq, hash = excluded.hash
                """.formatted(organization, seq));
    }

    /** All that there is. */
    public void all(String organization) throws SQLException {
        long last = (Long) database.value(
                "select last_seq from jobtrail.organization_head where organization_id = ?", organization);
        published(organization, last);
        checkpointed(organization, last);
    }
}
