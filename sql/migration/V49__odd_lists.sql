-- A list of organizations that lacks many of those that it had before was believed at once: the account may have lost its rights, or the
-- list was cut off. And what neither sql/function/ needs any more nor the program of before. Views stand whole in sql/view/ from here on.

alter table organization_head add column unlisted_since timestamptz, add column unlisted_seen timestamptz;
comment on column organization_head.unlisted_since is
    'Since when the server does not list it, together with so many others that it is not believed yet; null where it is listed, or gone.';
comment on column organization_head.unlisted_seen is 'When a list was last read in which it was not, where that is not believed yet.';

drop function note_listed(text, json);
drop function begin_epoch(text, bigint, bigint, text, json, json);
drop function record_polls(bigint, json, json, text[], text[], json, text[], json, json);

-- Functions and views: 6ad6e990c679d248
