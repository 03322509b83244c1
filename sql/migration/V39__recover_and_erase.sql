-- Where the database was set back behind an epoch, the next one was given the number of that again: which rows of the topic are of which
-- was not to be told. And an erased job of which elements were kept aside since passed for erased, with all that they say.

create function may_tell_of(p_raw text, p_job_id text) returns boolean
    language sql stable parallel safe
return position(lower(to_json(p_job_id)::text) in lower(p_raw)) > 0 or position('/' || lower(p_job_id) in lower(p_raw)) > 0;
comment on function may_tell_of is
    'Whether an element that was kept aside has the id of a job, as a value or at the end of a link, whatever the case: rather one element too many than one too few.';

do $$
declare
    definition text;
    change     text[];
begin
    definition := pg_get_functiondef('jobtrail.begin_epoch(text, bigint, bigint, text, json, json)'::regprocedure);
    if position('p_topic_hash text, p_changes' in definition) = 0 or position('head.epoch + 1' in definition) = 0 then
        raise exception 'begin_epoch is not that of version 38';
    end if;
    -- A cursor tells no epoch where an old program wrote it.
    execute replace(replace(definition, 'p_topic_hash text, p_changes', 'p_topic_hash text, p_topic_epoch integer, p_changes'),
        'head.epoch + 1', 'greatest(head.epoch, p_topic_epoch) + 1');

    foreach change slice 1 in array array[
        ['erase(text, text, text, bigint, json)',
         '(position(lower(to_json(p_job_id)::text) in lower(element.raw)) > 0
            or position(''/'' || lower(p_job_id) in lower(element.raw)) > 0)',
         'may_tell_of(element.raw, p_job_id)'],
        ['forget_erased(text, text, text, bigint)',
         '(position(lower(to_json(p_job_id)::text) in lower(element.raw)) > 0
            or position(''/'' || lower(p_job_id) in lower(element.raw)) > 0)',
         'may_tell_of(element.raw, p_job_id)'],
        ['claim_erasure(text, text, text)',
         '    kind  text;',
         '    kind  text;
    kept  boolean;'],
        ['claim_erasure(text, text, text)',
         '    if kind <> ''erased'' then',
         '    kept := kind <> ''erased'' or exists (
        select from rejected_job element
        where element.source = head.source and element.raw <> '''' and may_tell_of(element.raw, p_job_id));
    if kept then'],
        ['claim_erasure(text, text, text)',
         'kind = ''erased'';',
         'not kept;']
    ] loop
        definition := pg_get_functiondef(('jobtrail.' || change[1])::regprocedure);
        if position(change[2] in definition) = 0 then
            raise exception '% is not that of version 38', change[1];
        end if;
        execute replace(definition, change[2], change[3]);
    end loop;
end $$;
comment on function begin_epoch(text, bigint, bigint, text, integer, json, json) is
    'Continues an organization''s history above the one that the topic has, tells all its jobs anew, and says so in a note.';

create or replace function begin_epoch(p_organization_id text, p_claim bigint, p_topic_seq bigint, p_topic_hash text, p_changes json,
                                       p_identity json)
    returns table (epoch integer, first_seq bigint)
    language sql security definer set search_path = jobtrail, pg_temp as $$
    select * from begin_epoch(p_organization_id, p_claim, p_topic_seq, p_topic_hash, null, p_changes, p_identity)
$$;
comment on function begin_epoch(text, bigint, bigint, text, json, json) is 'The same for who does not know which epoch the topic has.';
