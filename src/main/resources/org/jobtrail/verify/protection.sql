-- Everything that keeps the ledger from being edited, a line each: who owns what, who may write, which triggers fire, what the
-- functions do, what the roles may. With pg_catalog alone on the search path every name is said in full. Rights to read are not
-- here: more of them weaken nothing.
with ours as (
    select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ('jobtrail', 'report')
), relation as (
    select class.*, class.oid::regclass::text as name,
        case relkind when 'r' then 'table' when 'v' then 'view' else 'relation of kind ' || relkind::text end as kind
    from pg_class class join ours on ours.oid = relnamespace
    -- Composite types and indexes are of their tables; Flyway's table is of who migrates, and no evidence.
    where relkind not in ('i', 'I', 'c', 't') and relname <> 'flyway_schema_history'
), routine as (
    select proc.*, proc.oid::regprocedure::text as name from pg_proc proc join ours on ours.oid = pronamespace
), role as (
    select * from pg_roles where rolname like 'jobtrail\_%'
        and rolname in ('jobtrail_owner', 'jobtrail_writer', 'jobtrail_publisher', 'jobtrail_reader', 'jobtrail_auditor', 'jobtrail_retention')
), lines (line) as (
    select format('schema %s: owner %s', nspname, pg_get_userbyid(nspowner)) from ours
    union all
    select format('schema %s: CREATE to %s', nspname, case grantee when 0 then 'public' else pg_get_userbyid(grantee) end)
    from ours, aclexplode(nspacl) where privilege_type = 'CREATE' and grantee <> nspowner
    union all
    select format('%s %s: owner %s', kind, name, pg_get_userbyid(relowner)) from relation
    union all
    select format('%s %s: %s to %s', kind, name, privilege_type, case grantee when 0 then 'public' else pg_get_userbyid(grantee) end)
    from relation, aclexplode(relacl)
    where privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER') and grantee <> relowner
    union all
    select format('%s %s: %s of %s to %s', kind, name, privilege_type, attname,
        case grantee when 0 then 'public' else pg_get_userbyid(grantee) end)
    from relation join pg_attribute on attrelid = relation.oid, aclexplode(attacl)
    where privilege_type in ('INSERT', 'UPDATE') and grantee <> relowner
    union all
    -- What is not logged is empty after a crash; what inherits has its rows read as the table's, and none of its triggers.
    select format('%s %s: not logged', kind, name) from relation where relkind = 'r' and relpersistence <> 'p'
    union all
    select format('%s %s: inherited by %s', kind, name, inhrelid::regclass) from relation join pg_inherits on inhparent = relation.oid
    union all
    select format('%s %s: row security', kind, name) from relation where relrowsecurity or relforcerowsecurity
    union all
    select format('%s %s: %s', kind, name, pg_get_ruledef(rule.oid))
    from relation join pg_rewrite rule on ev_class = relation.oid where rulename <> '_RETURN'
    union all
    select format('%s %s: %s', kind, name, pg_get_constraintdef(con.oid))
    from relation join pg_constraint con on conrelid = relation.oid where contype in ('p', 'u')
    union all
    select format('trigger %s: %s', case tgenabled when 'A' then 'always' when 'D' then 'disabled' else 'not always' end,
        pg_get_triggerdef(trigger.oid))
    from relation join pg_trigger trigger on tgrelid = relation.oid where not tgisinternal
    union all
    select format('function %s: owner %s, %s, %s%s', name, pg_get_userbyid(proowner), lanname,
        case when prosecdef then 'as its owner' else 'as its caller' end, ', ' || array_to_string(proconfig, ', '))
    from routine join pg_language on pg_language.oid = prolang
    union all
    -- What PostgreSQL keeps as a parsed body it tells differently in each version; verify does without these functions.
    select format('function %s: source %s', name, encode(sha256(convert_to(replace(prosrc, E'\r', ''), 'UTF8')), 'hex'))
    from routine where prosqlbody is null and prokind <> 'a'
    union all
    select format('function %s: EXECUTE to %s', name, case grantee when 0 then 'public' else pg_get_userbyid(grantee) end)
    from routine, aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee <> proowner
    union all
    -- With the owner's rights from elsewhere.
    select format('function %s: owner %s', proc.oid::regprocedure, pg_get_userbyid(proowner))
    from pg_proc proc join role on role.oid = proowner where pronamespace not in (select oid from ours)
    union all
    select format('role %s:%s', rolname, concat(
        case when rolcanlogin then ' login' else ' no login' end, case when rolsuper then ' superuser' end,
        case when rolcreaterole then ' createrole' end, case when rolcreatedb then ' createdb' end,
        case when rolreplication then ' replication' end, case when rolbypassrls then ' bypassrls' end))
    from role
    union all
    select format('role %s: member of %s', rolname, roleid::regrole)
    from role join pg_auth_members on member = role.oid
    where roleid::regrole::text not in ('pg_read_all_data', 'jobtrail_reader', 'jobtrail_auditor')
)
select line from lines order by line collate "C"
