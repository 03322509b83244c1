-- When somebody looked at an organization, and when nobody did.
create or replace view report.coverage as
select head.source, head.organization_id, time.from_time, time.to_time, time.covered
from jobtrail.organization_head head
cross join lateral jobtrail.coverage_since_listed(head.source, head.organization_id) time;

comment on view report.coverage is
    'The time of each organization since it was first listed, in intervals: covered where complete polls were surely at most two periods apart, or one began within a period after the one before, which took about as long, had ended; else blind. It may understate what is covered, never overstate it.';
comment on column report.coverage.source is 'The configured source, source.<name>.';
comment on column report.coverage.organization_id is 'The organization''s id in VB365; unique over all sources.';
comment on column report.coverage.from_time is 'When the interval begins (included).';
comment on column report.coverage.to_time is 'When it ends (excluded); null where nobody has looked since.';
comment on column report.coverage.covered is
    'false: for longer than two periods nobody looked, or not at all lists. A poll that takes longer than that is one look.';
