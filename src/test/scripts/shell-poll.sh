#!/usr/bin/env bash
# What an administrator would write who needs the history of all jobs in PostgreSQL and the changes on Kafka, and has curl, jq, psql
# and kcat: measured beside Jobtrail by benchmark.sh. A poll fetches all lists, four at a time over connections that stay open, holds
# them against the last known texts in one statement, and sends what has changed. A crash between the two stores loses changes.
#
#   src/test/scripts/shell-poll.sh prepare|poll
#
# Where to, the variables say: API_URL (with the version), API_CA, PGHOST and the like, BROKER, TOPIC.
set -euo pipefail

run_sql() { psql -X -q -At -F $'\t' -v ON_ERROR_STOP=1 "$@"; }

prepare() {
    run_sql -c 'create table shell_state (organization_id text, job_id text, payload text, primary key (organization_id, job_id));
        create table shell_history (organization_id text, job_id text, payload text, polled_at timestamptz);
        create unlogged table shell_seen (organization_id text, job_id text, payload text)'
}

# The lists of a share of the organizations: one curl, one connection. jq gives a line for each job, as COPY reads it.
fetch_share() {
    local path='Organizations/&/Jobs' jobs='.[] | [(._links.organization.href | split("/") | last), .id, tojson]'
    if [[ $API_URL == */v8 ]]; then
        path='Jobs?organizationId=&\&offset=0\&limit=10000' jobs='.results[] | [.organizationId, .id, tojson]'
    fi
    sed "s|.*|url = \"$API_URL/$path\"|" "$1" |
        curl --silent --show-error --fail --cacert "$API_CA" --header "Authorization: Bearer $TOKEN" --config - |
        jq -r "$jobs | @tsv" |
        run_sql -c '\copy shell_seen from pstdin'
}

poll() {
    local work
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    TOKEN=$(curl --silent --show-error --fail --cacert "$API_CA" \
        --data 'grant_type=password&username=shell&password=secret' "$API_URL/token" | jq -r .access_token)
    export TOKEN
    curl --silent --show-error --fail --cacert "$API_CA" --header "Authorization: Bearer $TOKEN" \
        "$API_URL/Organizations?limit=10000" | jq -r '(.results? // .)[].id' >"$work/organizations"
    split --number=r/4 --elide-empty-files "$work/organizations" "$work/share."
    run_sql -c 'truncate shell_seen'
    printf '%s\n' "$work"/share.* | xargs -P 4 -I '{}' "$0" fetch_share '{}'
    run_sql -c "with changed as (
            insert into shell_history
            select organization_id, job_id, seen.payload, now()
            from shell_seen seen left join shell_state known using (organization_id, job_id)
            where seen.payload is distinct from known.payload
            returning organization_id, job_id, payload
        ), kept as (
            insert into shell_state select * from changed
            on conflict (organization_id, job_id) do update set payload = excluded.payload
        )
        select organization_id || '/' || job_id, payload from changed" |
        kcat -P -b "$BROKER" -t "$TOPIC" -K $'\t' -z lz4
}

"$@"
