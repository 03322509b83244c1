#!/usr/bin/env bash
# Kills the program in the middle of its work, again and again, and looks whether anybody could tell from history and topic.
#
#   src/test/scripts/kill-9.sh [KILLS [SEED]]      20 kills, seed 1
#
# Each second kill hits a program that has just started. WITHOUT_VERIFY=1 leaves out the command verify; without psql and kcat it
# is all there is.
# shellcheck source=src/test/scripts/trial.sh
source "$(dirname "${BASH_SOURCE[0]}")/trial.sh"

kills=${1:-20}
seed=${2:-1}
RANDOM=$seed
aborted=0

requests() { grep -c -E '^GET /v[0-9]+/organizations ' "$trial/requests.log" || true; }
has_polled_since() { (($(requests) > $1)); }
announced() { (($(grep -c 'psql "host=' "$trial/run.log") > $1)); }

start() {
    local before
    before=$(grep -c 'psql "host=' "$trial/run.log" || true)
    start_program
    await 60 "the embedded servers" announced "$before"
    psql_of "$trial/run.log"
    bootstrap=$(sed -n 's/^kafka.bootstrap-servers=//p' "$DATA_DIRECTORY/embedded.properties" | tr -d '\\')
}

# The database outlives the program: its sessions end by themselves, some after a commit that nobody waits for any more.
sessions() {
    sql "select count(*) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() and $1"
}
is_quiet() { [ "$(sessions true)" = 0 ]; }

is_published() {
    [ "$(sql "select count(*) from (values $heads) head (id, seq)
        left join jobtrail.publication on organization_id = id where coalesce(published_seq, 0) < seq")" = 0 ]
}

compile compile
export DATA_DIRECTORY=$trial/data HTTP_PORT=0 POLL_PERIOD=1s
start_simulator 0 --organizations 8 --jobs 60 --pace "${PACE:-60}" --seed "$seed"
touch "$trial/run.log"
say "simulator at $SOURCE_SIMULATOR_URL, everything else in $trial"
rows_before=0
start

for ((kill = 1; kill <= kills; kill++)); do
    polled=$(requests)
    if ((kill % 2)); then
        moment="just started"
        # Its first cycle takes a few seconds, and publishing begins while it does.
        delay=$((RANDOM % 6000))
        ((kill == 1)) || { stop_program && start; }
    else
        moment="at work     "
        delay=$((RANDOM % 4000))
    fi
    await 60 "the first request of a cycle" has_polled_since "$polled"
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -9 "$program"
    wait "$program" 2>/dev/null || true
    program=''

    if has_tools; then
        working=$(sessions "state <> 'idle'")
        await 30 "the end of the killed program's sessions" is_quiet
        check_ledger
        rows=$(sql 'select count(*) from jobtrail.job_history')
        unpublished=$(sql 'select coalesce(sum(last_seq - coalesce(published_seq, 0)), 0)
            from jobtrail.organization_head left join jobtrail.publication using (organization_id)')
        heads=$(sql "select coalesce(string_agg(format('(%L, %s)', organization_id, last_seq), ','), '('''', 0)')
            from jobtrail.organization_head")
        start
        await 90 "the publication of what the killed program left" is_published
        # Time stands still for the jobs while rows are compared, or there would be more of them than a trial can read.
        kill -STOP "$simulator"
        check_topic
        # Events that stand on the topic and belong to no committed transaction.
        dead=$(($(read_topic read_uncommitted | wc -l) - $(read_topic read_committed | wc -l)))
        ((dead >= 0)) || dead=0
        printf '%s kill %d: %s, %4d ms into a cycle; rows %d -> %d, not known as published %d, at work in PostgreSQL %d, events of an open transaction %d; then %d events\n' \
            "$(date +%T)" "$kill" "$moment" "$delay" "$rows_before" "$rows" "$unpublished" "$working" $((dead > aborted ? dead - aborted : 0)) "$events"
        rows_before=$rows
        aborted=$((dead > aborted ? dead : aborted))
    else
        start
        say "kill $kill: $moment, $delay ms into a cycle"
    fi
    check_verify
    kill -CONT "$simulator"
done

stop_program
((other == 0)) || echo "$other other violations"
echo "$kills kills: lost $lost, doubled $doubled, reordered $reordered"
is_good
