-- A payload that is no text or no JSON any more stood in everybody's way, and a republication that was broken off was not noticed in an
-- organization of which nothing had been acknowledged before.

select replace_in('damaged_histories()',
    $$perform octet_length(convert_to(next.payload, 'UTF8')) from ($$,
    -- Counted, or all of them would be in memory at once.
    $$perform count(octet_length(convert_to(next.payload, 'UTF8'))), count(next.payload::json) from ($$);
select replace_in('damaged_histories()',
    $$perform octet_length(convert_to(line.payload, 'UTF8'))$$,
    $$perform count(octet_length(convert_to(line.payload, 'UTF8'))), count(line.payload::json)$$);
select replace_in('damaged_histories()',
    'or io_error or undefined_file then',
    'or io_error or undefined_file
            -- No text, or no JSON: not what was recorded.
            or character_not_in_repertoire or invalid_text_representation or statement_too_complex then');

-- Where others are known to be on this topic, whoever's cursor is of another one is on its way there.
select replace_in('reconcile_publication(json, json)',
    'when cursor_of is not null and cursor_of <> kafka.topic_id and cursor_of <> known_topic then',
    'when cursor_of <> kafka.topic_id and case when known_topic is not null then cursor_of <> known_topic
                    else cursor_seq > 0 and exists (
                        select from publication one where one.topic_id = kafka.topic_id and one.published_seq > 0) end then');
