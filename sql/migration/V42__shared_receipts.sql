-- In polls that instances share, a source that died could pass for one that was just polled, where the clock had been ahead once; and whoever
-- lost a share to another instance counted it as its own when the next cycle had begun.

do $$
declare
    definition text;
    change     text[];
begin
    foreach change slice 1 in array array[
        -- A moment that is still to come is of a clock that was ahead: by it, a source that died would count as just polled.
        ['write_receipt(json)',
         'greatest(last_complete_at, (',
         'greatest(case when last_complete_at <= clock_timestamp() then last_complete_at end, ('],
        -- With the next cycle, nothing tells any more who had the share.
        ['write_receipt(json)',
         '        return written;',
         '        return case
            when receipt.share > 0 and not exists (
                select from poll_share
                where source = receipt.source and attempt = receipt.attempt and share = receipt.share) then null
            else written
        end;']
    ] loop
        definition := pg_get_functiondef(('jobtrail.' || change[1])::regprocedure);
        if position(change[2] in definition) = 0 then
            raise exception '% is not that of version 41', change[1];
        end if;
        execute replace(definition, change[2], change[3]);
    end loop;
end $$;
