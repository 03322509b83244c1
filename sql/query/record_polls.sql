-- Appends a portion of what each of some polls found: one statement, one commit.
select organization_id, superseded, last_seq
from jobtrail.record_polls(:?attempt, :?portions::json, :?changes::json, :?payloads::text[], :?raws::text[], :?states::json,
    :?snapshots::text[], :?touched::json, :?rejected::json)
