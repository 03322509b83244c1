-- Where the database was set back behind an epoch, the next one was given the number of that again: which rows of the topic are of which
-- was not to be told. And an erased job of which elements were kept aside since passed for erased, with all that they say.

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
        ['    kind  text;',
         '    kind  text;
    kept  boolean;'],
        ['    if kind <> ''erased'' then',
         '    kept := kind <> ''erased'' or exists (
        select from rejected_job element
        where element.source = head.source and element.raw <> ''''
            and (position(lower(to_json(p_job_id)::text) in lower(element.raw)) > 0
                or position(''/'' || lower(p_job_id) in lower(element.raw)) > 0));
    if kept then'],
        ['kind = ''erased'';', 'not kept;']
    ] loop
        definition := pg_get_functiondef('jobtrail.claim_erasure(text, text, text)'::regprocedure);
        if position(change[1] in definition) = 0 then
            raise exception 'claim_erasure is not that of version 38';
        end if;
        execute replace(definition, change[1], change[2]);
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
