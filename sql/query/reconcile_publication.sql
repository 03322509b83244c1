-- Compares what PostgreSQL and Kafka know of each other.
select organization_id, halted
from jobtrail.reconcile_publication(:?cursors::json, :?cluster_id, :?topic_id)
