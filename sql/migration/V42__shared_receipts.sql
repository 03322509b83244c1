-- In polls that instances share, a source that died could pass for one that was just polled, where the clock had been ahead once; and whoever
-- lost a share to another instance counted it as its own when the next cycle had begun.

-- A moment that is still to come is of a clock that was ahead.
select replace_in('write_receipt(json)',
    'greatest(last_complete_at, (',
    'greatest(case when last_complete_at <= clock_timestamp() then last_complete_at end, (');

-- With the next cycle, nothing tells any more who had the share.
select replace_in('write_receipt(json)',
    '        return written;',
    '        return case
            when receipt.share > 0 and not exists (
                select from poll_share
                where source = receipt.source and attempt = receipt.attempt and share = receipt.share) then null
            else written
        end;');
