-- Appends a portion of what each of some polls found: one statement, one commit.
select organization_id, superseded, last_seq
from jobtrail.record_polls(
    :?attempt, :?portions::json, :?job_types::text[], :?job_ids::text[], :?job_names::text[], :?change_kinds::text[],
    :?changed_fields::text[], :?enabled::boolean[], :?last_statuses::text[], :?previous_statuses::text[],
    :?last_runs::text[]::timestamptz[], :?next_runs::text[]::timestamptz[], :?payloads::text[], :?raws::text[],
    :?digests::bytea[], :?raw_digests::bytea[], :?touched::json, :?rejected::json)
