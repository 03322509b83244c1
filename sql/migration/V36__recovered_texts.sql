-- Two gaps of recover: what an erasure blanked of elements that were set aside came back with a backup; and where the topic has lost a
-- part of the rows of a history that is left behind, those lost did not count as left behind. The rest of both functions stays as it is.
do $$
declare
    definition text;
    change     text[];
begin
    foreach change slice 1 in array array[
        ['forget_erased(text, text, text, bigint)',
         'sealed  bigint;',
         'sealed  bigint;
    rejected bigint;'],
        ['forget_erased(text, text, text, bigint)',
         '    perform append_note(',
         '    update rejected_job element set raw = '''', reason = ''erased''
    where element.source = (select source from organization_head where organization_id = p_organization_id)
        and (position(lower(to_json(p_job_id)::text) in lower(element.raw)) > 0
            or position(''/'' || lower(p_job_id) in lower(element.raw)) > 0);
    get diagnostics rejected = row_count;
    perform append_note('],
        ['forget_erased(text, text, text, bigint)',
         '''rejectedElements'', 0)',
         '''rejectedElements'', rejected)'],
        ['begin_epoch(text, bigint, bigint, text, json, json)',
         'forked := coalesce(forked, coalesce(acknowledged, 0) + 1);',
         '-- Of what the topic has lost below it, nobody can tell which history it was of.
    select least(forked, greatest(coalesce(max(event.seq), 0), coalesce(acknowledged, 0)) + 1) into forked
    from recovered_event event
    left join job_history line on line.organization_id = event.organization_id and line.seq = event.seq
    left join sealed_row sealed on sealed.organization_id = event.organization_id and sealed.seq = event.seq
    where event.organization_id = p_organization_id and (forked is null or event.seq < forked)
        and coalesce(line.hash, sealed.hash) = event.hash;']
    ] loop
        definition := pg_get_functiondef(('jobtrail.' || change[1])::regprocedure);
        if position(change[2] in definition) = 0 then
            raise exception '% is not that of version 35', change[1];
        end if;
        execute replace(definition, change[2], change[3]);
    end loop;
end $$;
