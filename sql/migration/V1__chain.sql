-- How rows are chained: SHA-256 over length-prefixed fields, so that no two rows can have the same bytes.
-- The same bytes are built in Java by org.jobtrail.verify.ChainHash, which shares no code with this file.

create function iso(moment timestamptz) returns text
    language sql stable parallel safe
return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
comment on function iso is 'A moment as fixed UTC text with microseconds: what is hashed and what payloads say.';

create function length_prefixed(field bytea) returns bytea
    language sql immutable parallel safe
return case when field is null then '\xffffffff'::bytea else int4send(octet_length(field)) || field end;
comment on function length_prefixed(bytea) is 'Four bytes of length, big-endian, and the bytes; null is ffffffff.';

create function length_prefixed(field text) returns bytea
    language sql immutable parallel safe
return case
    when field is null then '\xffffffff'::bytea
    else int4send(octet_length(convert_to(field, 'UTF8'))) || convert_to(field, 'UTF8')
end;
comment on function length_prefixed(text) is 'Four bytes of length, big-endian, and the text in UTF-8; null is ffffffff.';

create function salted_digest(salt bytea, content text) returns bytea
    language sql immutable parallel safe
return case when content is not null then sha256(salt || convert_to(content, 'UTF8')) end;
comment on function salted_digest is
    'What stands for a content in the chain: the content can be erased, the chain still verifies, and nobody can guess it.';

create function chain_step(state bytea, seed bytea, domain text, item bytea) returns bytea
    language sql immutable parallel safe
return sha256(convert_to(domain, 'UTF8') || length_prefixed(coalesce(state, seed)) || item);
comment on function chain_step is 'The hash of one row: SHA-256 over the domain, the hash of the row before and the item.';

create aggregate chain(seed bytea, domain text, item bytea) (sfunc = chain_step, stype = bytea, parallel = safe);
comment on aggregate chain(bytea, text, bytea) is
    'The hash of each row over the hash of the row before. As a window: rows unbounded preceding, or ties would merge.';
