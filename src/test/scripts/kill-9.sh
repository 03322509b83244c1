#!/usr/bin/env bash
# Kills the program or the broker in the middle of their work, again and again, over one growing history, and looks whether anybody
# could tell from history and topics.
#
#   src/test/scripts/kill-9.sh [KILLS [SEED]]      20 kills, seed 1
#
# Whom a kill hits, and how long after the first request of a cycle, follows from the seed. One in three comes before the victim of the
# kill before it has recovered; all others are followed by a comparison of all rows with all events. Every 20 kills and at the end it
# is one of every byte and every hash, and verify runs, which WITHOUT_VERIFY=1 leaves out. ORGANIZATIONS, JOBS of each and PACE make
# another world: with 150, 4 and 1, most organizations are not asked one by one. Needs psql and kcat.
# shellcheck source=src/test/scripts/trial.sh
source "$(dirname "${BASH_SOURCE[0]}")/trial.sh"

kills=${1:-20}
seed=${2:-1}
RANDOM=$seed
longest=1500
aborted=0 hit=0 of_program=0 of_broker=0

has_tools || give_up "there is no kcat or no psql"

# Reads on where it stopped, so that it knows at once, however long the log has become.
await_cycle() {
    local line='' end=$((SECONDS + 90))
    cat <&"$requests" >>"$trial/requests.read"
    until [[ $line =~ ^GET\ /v[0-9]+/[Oo]rganizations[\ ?] ]]; do
        read -r line <&"$requests" || sleep 0.005
        ((SECONDS < end)) || give_up "the first request of a cycle did not come"
    done
}

# The database outlives the program: its sessions end by themselves, some after a commit that nobody waits for any more.
sessions() {
    sql "select count(*) from pg_stat_activity
        where backend_type = 'client backend' and application_name = 'jobtrail' and $1"
}
is_quiet() { [ "$(sessions true)" = 0 ]; }

# Events that stand on the topic and belong to no committed transaction, so far.
uncommitted() {
    local all committed
    committed=$(wc -l <"$trial/topic")
    all=$(kcat -b "$bootstrap" -t jobtrail.job-events -C -o beginning -e -q -X isolation.level=read_uncommitted -f '%p\n' | wc -l)
    echo $((all - committed))
}

kill_program() {
    kill -9 "$program"
    wait "$program" 2>/dev/null || true
    program=''
    working=", $(sessions "state <> 'idle'") statements at work"
    await 30 "the end of the killed program's sessions" is_quiet
    check_ledger
    start_program
}

kill_broker() {
    kill -9 "${server[kafka]}"
    wait "${server[kafka]}" 2>/dev/null || true
    working=''
    program_lives || give_up "the program ended before the broker was killed"
    start_server kafka BROKER
    [ "$(setting kafka kafka.bootstrap-servers)" = "$bootstrap" ] || give_up "Kafka came back on another port"
}

check() {
    # Time stands still for the jobs while rows are compared, or there would be more of them than a trial can read.
    kill -STOP "$simulator"
    check_ledger
    check_topic
    local dead
    dead=$(uncommitted)
    ((dead <= aborted)) || hit=$((hit + 1))
    found="; $events events, $((dead - aborted)) of an aborted transaction"
    aborted=$dead
    if $whole; then check_verify; fi
    kill -CONT "$simulator"
}

compile test
class_path=$root/target/test-classes:$class_path
export DATA_DIRECTORY=$trial/data HTTP_PORT=0 POLL_PERIOD=1s
start_server postgres DATABASE
start_server kafka BROKER
use_servers
start_simulator 0 --organizations "${ORGANIZATIONS:-8}" --jobs "${JOBS:-24}" --pace "${PACE:-15}" --seed "$seed"
exec {requests}<"$trial/requests.log"
say "PostgreSQL at $DATABASE_URL, Kafka at $bootstrap, source at $SOURCE_SIMULATOR_URL; everything in $trial"
start_program
await 60 "a history" has_rows

begin=$SECONDS
for ((kill = 1; kill <= kills; kill++)); do
    victim=$((RANDOM % 2)) delay=$((RANDOM % longest)) at_once=$((RANDOM % 3 == 0))
    if ((kill % 20 == 0 || kill == kills)); then whole=true at_once=0; else whole=false; fi
    round=$(date +%s%N)
    await_cycle
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    unpublished=$(sql 'select coalesce(sum(last_seq - coalesce(published_seq, 0)), 0)
        from jobtrail.organization_head left join jobtrail.publication using (organization_id)')
    if ((victim)); then
        name=program of_program=$((of_program + 1))
        kill_program
    else
        name='broker ' of_broker=$((of_broker + 1))
        kill_broker
    fi
    found='; the next one comes at once'
    if ((!at_once)); then check; fi
    printf '%s kill %d: %s, %4d ms into a cycle; %d rows not known as published%s%s; %d ms\n' "$(date +%T)" "$kill" "$name" \
        "$delay" "$unpublished" "$working" "$found" $((($(date +%s%N) - round) / 1000000))
done
took=$((SECONDS - begin))

stop_program
((other == 0)) || echo "$other other violations"
echo "$kills kills ($of_program of the program, $of_broker of the broker; $hit times with events of an open transaction), seed $seed, in $((took / 60)) min $((took % 60)) s: $(sql 'select count(*) from jobtrail.job_history') rows; lost $lost, doubled $doubled, reordered $reordered, torn $torn"
is_good
