#!/usr/bin/env bash
# Times the queries that the README documents for the report views, as who reads reports, on whatever the database holds: each
# three times, the best counts. PLANS=1 shows how each was answered.
#
#   src/test/scripts/report-queries.sh CONNECTION     as psql takes it: postgresql://postgres@localhost:5432/load
set -euo pipefail
connection=${1:?"usage: report-queries.sh CONNECTION"}

run() { psql -X -q -v ON_ERROR_STOP=1 -At "$connection" "$@"; }

IFS='|' read -r organization job newest < <(run -c "
    select organization_id, job_id, observed_at from jobtrail.job_history order by observed_at desc limit 1")
echo "history: $(run -c 'select count(*) from jobtrail.job_history') rows, receipts: $(run -c 'select count(*) from jobtrail.poll_receipt')"

query() {
    local what=$1 sql=$2 best='' time rows _
    for _ in 1 2 3; do
        time=$(run -c 'set role jobtrail_reader' -c "explain (analyze, timing off, summary on) $sql" |
            sed -n 's/^Execution Time: //p' | cut -d ' ' -f 1)
        if [ -z "$best" ] || awk "BEGIN { exit !($time < $best) }"; then best=$time; fi
    done
    rows=$(run -c 'set role jobtrail_reader' -c "select count(*) from ($sql) answer")
    printf '%10.1f ms  %8d rows  %s\n' "$best" "$rows" "$what"
    if [ -n "${PLANS:-}" ]; then
        run -c 'set role jobtrail_reader' -c "explain (analyze, timing off) $sql" | sed 's/^/        /'
    fi
}

query "current_job: what is failed now" "
    select organization_name, job_name, last_status, last_run from report.current_job
    where present and last_status = 'Failed' order by last_run"

query "job_version: every version of one job" "
    select job_name, last_status, valid_from, valid_to from report.job_version
    where organization_id = '$organization' and job_id = '$job' order by valid_from"

query "job_version: an organization's jobs as they were a month ago" "
    select job_id, job_name, present, enabled, last_status from report.job_version
    where organization_id = '$organization' and valid_from <= timestamptz '$newest' - interval '30 days'
        and (valid_to is null or valid_to > timestamptz '$newest' - interval '30 days')"

query "status_change: what failed in the last day" "
    select observed_at, organization_id, job_name, previous_status, last_status from report.status_change
    where observed_at >= timestamptz '$newest' - interval '1 day' and last_status = 'Failed' order by observed_at"

query "daily_status: one day of all jobs" "
    select organization_id, job_name, last_status, runs_seen, failures, warnings from report.daily_status
    where day = timestamptz '$newest'::date - 1"

query "daily_status: failures per day of a month" "
    select day, sum(failures), sum(warnings) from report.daily_status
    where day between timestamptz '$newest'::date - 30 and timestamptz '$newest'::date group by day order by day"

query "coverage_of: when nobody looked, in a month" "
    select from_time, to_time from report.coverage_of('$organization', timestamptz '$newest' - interval '30 days', timestamptz '$newest')
    where not covered"

query "coverage: every gap of an organization" "
    select from_time, to_time from report.coverage where organization_id = '$organization' and not covered"
