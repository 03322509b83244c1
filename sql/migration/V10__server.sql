alter table poll_receipt add column installation_id text, add column product_version text;
comment on column poll_receipt.installation_id is 'Which installation of the product answered, where it says so.';
comment on column poll_receipt.product_version is 'The build of the product that answered, where it says so.';

-- A receipt from before these columns, and one of a server that does not say who it is, has the same bytes as ever: their hashes
-- still verify. No two receipts can have the same bytes, each field says where it ends.
create or replace function poll_receipt_item(receipt poll_receipt) returns bytea
    language sql stable parallel safe
return length_prefixed(receipt.source) || length_prefixed(receipt.seq::text) || length_prefixed(receipt.attempt::text)
    || length_prefixed(iso(receipt.started_at)) || length_prefixed(iso(receipt.finished_at))
    || length_prefixed(receipt.outcome) || length_prefixed(receipt.reason)
    || length_prefixed((extract(epoch from receipt.period) * 1000)::bigint::text)
    || length_prefixed(receipt.api_version) || length_prefixed(receipt.program_version)
    || length_prefixed((extract(epoch from receipt.clock_offset) * 1000)::bigint::text)
    || length_prefixed(receipt.organizations::text) || length_prefixed(receipt.jobs::text)
    || length_prefixed(receipt.changes::text) || length_prefixed(receipt.rejected::text)
    || length_prefixed(receipt.organization_digest) || length_prefixed(receipt.not_complete)
    || length_prefixed(receipt.lists_digest)
    || case
        when receipt.installation_id is null and receipt.product_version is null then ''::bytea
        else length_prefixed(receipt.installation_id) || length_prefixed(receipt.product_version)
    end;

create table installation (
    installation_id text        not null,
    source          text        not null,
    product_version text,
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,
    constraint installation_once primary key (installation_id)
) with (fillfactor = 50);

comment on table installation is 'Each installation of the product that was ever polled, and by which source.';
comment on column installation.installation_id is 'What the server says of itself; UUIDs in lower case.';
comment on column installation.source is 'The only source that may poll it, source.<name>.';
comment on column installation.product_version is 'Its build at the last poll.';
comment on column installation.first_seen is 'When a poll first reached it.';
comment on column installation.last_seen is 'When the last poll reached it.';

create function claim_installation(p_source text, p_installation_id text, p_product_version text)
    returns table (previous_installation text)
    language plpgsql set search_path = jobtrail, pg_temp as $$
#variable_conflict use_column
declare
    previous text;
    now      timestamptz := clock_timestamp();
begin
    if p_installation_id is null then
        return;
    end if;
    select installation_id into previous from installation where source = p_source order by last_seen desc limit 1;
    insert into installation as known (installation_id, source, product_version, first_seen, last_seen)
    values (p_installation_id, p_source, p_product_version, now, now)
    on conflict (installation_id) do update
    set product_version = excluded.product_version, last_seen = excluded.last_seen
    where known.source = excluded.source;
    if not found then
        raise exception 'installation % is presented by source % but belongs to source %: remove one of the two sources, they read the same server',
            p_installation_id, p_source, (select source from installation where installation_id = p_installation_id)
            using errcode = 'JT002';
    end if;
    if previous <> p_installation_id then
        return query select previous;
    end if;
end $$;
comment on function claim_installation is
    'Takes an installation for a source, before any of its organizations. Yields the one that the source presented before, where it was another.';
