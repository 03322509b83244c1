-- Where instances polled the same source, each by itself, no suspicion ever grew old: each took the other's attempt, which had only begun, for
-- one that had not seen the list.

select replace_in('claim_polls(text, json, text, interval)',
    'and (list.suspect_attempt < last - 1 or list.suspect_seen < head.claimed_at - p_patience);',
    'and (list.suspect_seen < head.claimed_at - p_patience
            -- Of a clock that was ahead, it would have to wait for that moment first.
            or list.suspect_since > head.claimed_at
            or exists (
                select from poll_receipt ended
                where ended.source = p_source and ended.started_at > list.suspect_seen
                    and ended.attempt > list.suspect_attempt and ended.attempt < last));');

-- Whether it goes on was told when the organization was claimed.
select replace_in(
    'record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[], timestamptz[], text[], text[], text[], bytea[], bytea[], json, json)',
    'when excluded.suspect_digest = list.suspect_digest and p_attempt <= list.suspect_attempt + 1 then list.suspect_since',
    'when excluded.suspect_digest = list.suspect_digest then list.suspect_since');
select replace_in(
    'record_polls(bigint, json, text[], text[], text[], text[], text[], boolean[], text[], text[], timestamptz[], timestamptz[], text[], text[], text[], bytea[], bytea[], json, json)',
    'suspect_attempt = excluded.suspect_attempt,',
    'suspect_attempt = greatest(excluded.suspect_attempt, case when excluded.suspect_digest is not null then list.suspect_attempt end),');

-- Who is alive says so again within two seconds, also when the clock was set back: what was said of a moment that is still to come does not count.
select replace_in('begin_attempt(text, interval, interval)',
    'select greatest(head.seen_at, max(seen_at)),',
    'select greatest(
                case when head.seen_at <= clock_timestamp() then head.seen_at end,
                max(seen_at) filter (where seen_at <= clock_timestamp())),');
