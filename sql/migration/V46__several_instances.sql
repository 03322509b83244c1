-- Where instances polled the same source, each by itself, no suspicion ever grew old: each took the other's attempt, which had only begun, for
-- one that had not seen the list.

select replace_in('claim_polls(text, json, text, interval)',
    'last    bigint;',
    'last    bigint;
    usual   interval;');
select replace_in('claim_polls(text, json, text, interval)',
    'select last_attempt into last from source_head where source = p_source;',
    'select last_attempt into last from source_head where source = p_source;
    select min(lasted) into usual from (
        select max(finished_at) - min(started_at) as lasted from poll_receipt
        where source = p_source and attempt between last - 2 and last - 1 group by attempt
    ) last_two;');
select replace_in('claim_polls(text, json, text, interval)',
    'and (list.suspect_attempt < last - 1 or list.suspect_seen < head.claimed_at - p_patience);',
    'and (
            -- Where attempts take longer than a period, they follow one another at once, and nobody looks away.
            list.suspect_seen < head.claimed_at - greatest(p_patience, p_patience / 2 + 2 * usual)
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

-- What was said of a moment that is still to come was said before the clock was set back: of shares, it counts as said now, and who is dead does
-- not say it again.
select replace_in('begin_attempt(text, interval, interval)',
    '        select greatest(head.seen_at, max(seen_at)),',
    '        update poll_share set seen_at = clock_timestamp()
        where source = p_source and attempt = head.last_attempt and seen_at > clock_timestamp();
        select greatest(case when head.seen_at <= clock_timestamp() then head.seen_at end, max(seen_at)),');
