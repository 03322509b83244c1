-- Where everything that is chained ends, at one moment: what a checkpoint says. The hash of the database is who its cluster is.
select 'database' as kind, current_database()::text as id, 0 as epoch, 0::bigint as seq, jobtrail.system_identifier() as hash
union all
select 'notes', '', 0, last_seq, encode(last_hash, 'hex') from jobtrail.ledger_head
union all
select 'organization', organization_id, epoch, last_seq, encode(last_hash, 'hex')
from jobtrail.organization_head
where last_seq > 0
    -- Nothing is signed of one whose head and last row contradict each other.
    and not exists (select from jobtrail.recorded_hash(organization_id, last_seq) recorded where recorded.hash <> last_hash)
union all
select 'receipts', source, 0, last_receipt, encode(last_hash, 'hex') from jobtrail.source_head where last_receipt > 0
