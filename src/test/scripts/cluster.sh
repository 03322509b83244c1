#!/usr/bin/env bash
# Several instances share the polling of one source (poll.shared=true), each a process of its own. Looks what that brings, and what is
# left where some of them die, are paused or stopped: whether each organization was polled in each cycle, or the reports say that it
# was not; and whether anybody could tell from history and topics.
#
#   src/test/scripts/cluster.sh cycles [CYCLES]      100 cycles of three instances; every tenth, one that holds a share is killed or
#                                                    paused, in turn, and comes back three cycles later
#   src/test/scripts/cluster.sh latency [CYCLES]     how long a cycle takes where each request takes 200 ms: of one instance that polls
#                                                    all by itself, then of 1, 2 and 3 that share; the median of 5 cycles each
#   src/test/scripts/cluster.sh failover [KILLS]     kills the one of three instances that publishes, 10 times, and measures how long
#                                                    it takes until the next event
#   src/test/scripts/cluster.sh rolling [ROUNDS]     stops and starts three instances one after the other, 3 rounds, and measures how
#                                                    long cycles take meanwhile
#
# Needs psql, kcat and ss. During latency and failover, nothing else should run.
# shellcheck source=src/test/scripts/trial.sh
source "$(dirname "${BASH_SOURCE[0]}")/trial.sh"

mode=${1:-}
number=${2:-}
jvm=(-XX:TieredStopAtLevel=1 -Xmx512m)
# The process of each, by its number from 1; empty while there is none.
instance=()
watchers=()

# So long Kafka waits for an instance that has died.
session_timeout=10

end_more() {
    local pid
    for pid in "${instance[@]}" "${watchers[@]}"; do
        [ -z "$pid" ] || { kill -CONT "$pid" && kill -TERM "$pid"; } 2>/dev/null || true
    done
    for pid in "${instance[@]}"; do
        [ -z "$pid" ] || wait "$pid" 2>/dev/null || true
    done
}

start_instance() {
    DATA_DIRECTORY=$trial/instance-$1 "$java" "${jvm[@]}" -Djobtrail.home="$root" -cp "$class_path" org.jobtrail.Jobtrail run \
        >>"$trial/instance-$1.log" 2>&1 &
    instance[$1]=$!
    echo "$! $1" >>"$trial/pids"
}

stop_instance() {
    local code=0
    kill -TERM "${instance[$1]}"
    wait "${instance[$1]}" || code=$?
    ((code == 0)) || broken "instance $1 ended with $code when it was told to stop"
    instance[$1]=''
}

kill_instance() {
    kill -9 "${instance[$1]}"
    wait "${instance[$1]}" 2>/dev/null || true
    instance[$1]=''
}

running() { printf '%s\n' "${instance[@]}" | grep .; }
number_of() { awk -v pid="$1" '$1 == pid { print $2 }' "$trial/pids"; }

all_live() {
    local pid
    for pid in $(running); do
        kill -0 "$pid" || give_up "instance $(number_of "$pid") has ended: $(tail -n 1 "$trial/instance-$(number_of "$pid").log")"
    done
}

# Each that runs has taken a share of the newest cycle.
all_share() {
    all_live
    [ "$(sql "select count(distinct taken_by) from jobtrail.poll_share where taken_by ~ ':($(running | paste -s -d '|'))\$'")" \
        = "$(running | wc -l)" ]
}

# The copy jobs come last; an attempt that was not shared has one receipt.
newest_ended() { sql 'select coalesce(max(attempt), 0) from jobtrail.poll_receipt where share is null or share = shares + 1'; }
have_ended() { all_live && (($(newest_ended) >= $1)); }

# Cycles that have all their receipts.
cycles="(select attempt, min(started_at) as began, extract(epoch from max(finished_at) - min(started_at)) as seconds
    from jobtrail.poll_receipt group by source, attempt having jobtrail.is_over(source, attempt)) cycle"

# start_cluster INSTANCES SIMULATOR-ARGUMENTS...
start_cluster() {
    local count=$1 one
    shift
    start_server postgres DATABASE
    start_server kafka BROKER
    use_servers
    start_simulator 0 "$@"
    export POLL_SHARED=true HTTP_PORT=0
    export CHECKPOINT_KEY_FILE=$trial/checkpoint-key.pem CHECKPOINT_FILE=$trial/checkpoints.jws
    # The first makes tables, topics and the key.
    start_instance 1
    await 90 "a history" has_rows
    for ((one = 2; one <= count; one++)); do start_instance "$one"; done
    await 90 "a cycle that all share" all_share
    say "$count instances at $SOURCE_SIMULATOR_URL, $DATABASE_URL and $bootstrap; everything in $trial"
}

# Says nothing where all is well.
stop_cluster() {
    local one
    for one in "${!instance[@]}"; do
        [ -z "${instance[$one]}" ] || stop_instance "$one"
    done
    check_ledger
    check_order
    check_topic
    check_verify
}

check_order() {
    local disorder
    disorder=$(sql "select count(*) from (
        select observed_at < lag(observed_at) over (partition by organization_id order by seq) as back
        from jobtrail.job_history) moved where back")
    ((disorder == 0)) || broken "$disorder rows were observed before the row before them"
}

superseded() {
    sql "select count(*) from jobtrail.poll_receipt, json_array_elements(not_complete::json) as list
        where list ->> 'outcome' = 'SUPERSEDED'"
}
ledger_says() { echo "$(sql 'select count(*) from jobtrail.job_history') rows, superseded $(superseded), lost $lost, doubled $doubled, reordered $reordered, torn $torn"; }

# --- cycles

# share, attempt and process of one that is being polled.
held_share() {
    sql "select share, attempt, substring(taken_by from '[0-9]+\$') from jobtrail.poll_share
        where taken_by ~ ':($(running | paste -s -d '|'))\$' and not jobtrail.has_receipt(source, attempt, share) limit 1"
}
is_without_receipt() { [ "$(sql "select jobtrail.has_receipt('simulator', $2, $1)")" = f ]; }

# Who took what, seen from outside: the table holds the newest cycle only.
watch_shares() {
    psql -X -q -At -F ' ' "$connection" >"$trial/taken" 2>>"$trial/await.log" <<<"
        select attempt, share, substring(taken_by from '[0-9]+\$') from jobtrail.poll_share where taken_by is not null \\watch 0.05" &
    watchers+=($!)
}
shares_by_instance() {
    awk 'NR == FNR { number[$1] = $2; next } NF == 3 { by[$1, $2] = number[$3] }
        END { for (one in by) count[by[one]]++; for (i = 1; i in count; i++) printf "%s%d by %d", i == 1 ? "" : ", ", count[i], i }' \
        "$trial/pids" "$trial/taken"
}

# In the middle of a share: one that ended before the blow does not count.
strike() {
    local signal=$1 share attempt pid holder end=$((SECONDS + 60))
    while :; do
        ((SECONDS < end)) || give_up "no share was hit"
        holder=$(held_share)
        [ -n "$holder" ] || continue
        IFS=$'\t' read -r share attempt pid <<<"$holder"
        kill "-STOP" "$pid"
        if is_without_receipt "$share" "$attempt"; then break; fi
        kill "-CONT" "$pid"
    done
    victim=$(number_of "$pid")
    say "cycle $attempt: $signal instance $victim, which has share $share$(publisher_says "$pid")"
    if [ "$signal" = kill ]; then kill_instance "$victim"; fi
}
publisher_says() { if [ "$(publisher)" = "$1" ]; then echo " and publishes"; fi; }

# Each organization of each cycle: polled, or why not. An organization was polled where its share says so, and the copy jobs' too.
# Of one that was not: blind in the reports, or between polls that are at most two periods apart, or else nobody can tell.
organizations_of() {
    sql "with polled as materialized (
        select receipt.attempt, head.organization_id, receipt.started_at, receipt.period,
            case when receipt.share is null then receipt.finished_at else jobtrail.copies_read_at(receipt, head.organization_id) end as ended
        from jobtrail.poll_receipt receipt
        join jobtrail.organization_head head on receipt.organization_digest = any (jobtrail.lists_with(head.organization_id))
        where coalesce(receipt.share, 1) <= coalesce(receipt.shares, 1)
            and jobtrail.is_complete(receipt.not_complete, head.organization_id)
    ), blind as materialized (
        select organization_id, from_time, coalesce(to_time, 'infinity') as to_time from report.coverage where not covered
    ), time as (
        select number.attempt, coalesce(min(receipt.started_at), (select max(started_at) from jobtrail.poll_receipt b where b.attempt < number.attempt)) as began,
            coalesce(max(receipt.finished_at), (select min(started_at) from jobtrail.poll_receipt a where a.attempt > number.attempt), 'infinity') as ended
        from generate_series(1, $1) number (attempt) left join jobtrail.poll_receipt receipt on receipt.attempt = number.attempt
        group by number.attempt
    ), told as (
        select attempt, organization_id, case
            when exists (select from polled p where p.attempt = time.attempt and p.organization_id = head.organization_id and p.ended is not null)
                then 'polled'
            when exists (select from blind where blind.organization_id = head.organization_id
                and blind.from_time <= time.ended and blind.to_time >= time.began)
                then 'gap'
            when (select min(p.ended) from polled p where p.organization_id = head.organization_id and p.attempt > time.attempt)
                <= (select max(p.started_at + 2 * p.period) from polled p
                    where p.organization_id = head.organization_id and p.ended is not null and p.attempt < time.attempt)
                then 'between'
            else 'untold' end as how
        from time, jobtrail.organization_head head
    )
    select attempt, organization_id, how from told where how <> 'polled'
    union all
    select count(*), 'all', how from told group by how"
}

run_cycles() {
    local wanted=${number:-100} cycle blow=0 victim kind killed=0 paused=0 began
    export POLL_PERIOD=2s
    start_cluster 3 --organizations 40 --jobs 25 --pace 20 --fault slow-answer=100
    watch_shares
    began=$(newest_ended)
    for ((cycle = began + 5; cycle <= wanted - 5; cycle += 10)); do
        await 120 "cycle $cycle" have_ended "$cycle"
        kind=pause
        ((blow++ % 2)) || kind='kill'
        strike "$kind"
        cycle=$(newest_ended)
        if [ "$kind" = kill ]; then
            killed=$((killed + 1))
            await 150 "cycle $((cycle + 3))" have_ended $((cycle + 3))
            start_instance "$victim"
        else
            paused=$((paused + 1))
            await 150 "cycle $((cycle + 3))" have_ended $((cycle + 3))
            kill -CONT "${instance[$victim]}"
        fi
        await 90 "a cycle that all share" all_share
        cycle=$(newest_ended)
    done
    await 600 "cycle $wanted" have_ended "$wanted"
    kill "${watchers[@]}" && watchers=()
    stop_cluster
    organizations_of "$wanted" >"$trial/organizations"
    sum() { awk -F '\t' -v how="$1" '$2 == "all" && $3 == how { n = $1 } END { print n + 0 }' "$trial/organizations"; }
    (($(sum untold) == 0)) || broken "$(sum untold) organizations were not polled in a cycle, and nobody can tell: $(grep -v all "$trial/organizations" | grep untold | head -n 3 | paste -s -d ';')"
    (($(sum polled) > 0)) || broken "no organization was polled"
    longest=$(sql "select round(max(seconds), 1) from $cycles where attempt <= $wanted")
    echo "$wanted cycles, the longest of $longest s, $killed times an instance killed and $paused times paused, shares $(shares_by_instance); organizations polled $(sum polled) times, visible gaps $(sum gap), missed between two polls within two periods $(sum between), untold $(sum untold); $(ledger_says)"
}

# --- latency

median_of_cycles() { # after attempt, number
    sql "select round((percentile_cont(0.5) within group (order by seconds))::numeric, 2) || ' s (' || round(min(seconds), 2) || ' to '
            || round(max(seconds), 2) || ')'
        from $cycles where attempt > $1 and attempt <= $1 + $2"
}

# Two cycles to get warm, then those that count.
measure() {
    local first
    first=$(($(newest_ended) + 2))
    await 120 "$number cycles" have_ended $((first + number))
    echo "$1: $(median_of_cycles "$first" "$number")"
}

run_latency() {
    local count
    number=${number:-5}
    export POLL_PERIOD=1s
    start_server postgres DATABASE
    start_server kafka BROKER
    use_servers
    start_simulator 0 --organizations 120 --jobs 5 --fault slow-answer=200
    export HTTP_PORT=0 CHECKPOINT_KEY_FILE=$trial/checkpoint-key.pem CHECKPOINT_FILE=$trial/checkpoints.jws
    say "120 organizations of 5 jobs, each answer after 200 ms, $number cycles each; everything in $trial"
    POLL_SHARED=false start_instance 1
    await 90 "a history" has_rows
    measure "one instance that shares nothing"
    stop_instance 1
    for ((count = 1; count <= 3; count++)); do
        POLL_SHARED=true start_instance "$count"
        await 90 "a cycle that all share" all_share
        measure "$count of those that share"
    done
    stop_cluster
    echo "$(newest_ended) cycles: $(ledger_says)"
}

# --- failover

# The process that holds the publisher's lock.
publisher() {
    local port
    port=$(sql "select client_port from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and granted and objsubid = 1
            and (classid::bigint << 32) | objid::bigint = hashtextextended('jobtrail jobtrail.publisher-cursor', 0)")
    [ -z "$port" ] || ss -Htnp "sport = :$port" | sed -n 's/.*pid=\([0-9]*\).*/\1/p'
}
somebody_publishes() { [ -n "$(publisher)" ]; }

# When each event came to who reads committed ones, when it was sent, and which row it is.
watch_events() {
    kcat -b "$bootstrap" -t jobtrail.job-events -C -o end -u -q -X isolation.level=read_committed -f '%T\t%h\n' \
        2>>"$trial/await.log" >"$trial/events.pipe" &
    watchers+=($!)
    while IFS= read -r line; do printf '%s\t%s\n' "${EPOCHREALTIME/./}" "$line"; done <"$trial/events.pipe" >"$trial/arrived" &
    watchers+=($!)
}
# The first that was sent after a moment, in microseconds: what comes from then on is another producer's.
first_sent_after() { awk -F '\t' -v moment="$1" '$2 * 1000 > moment + 20000 { print; exit }' "$trial/arrived"; }
is_sent_after() { all_live && [ -n "$(first_sent_after "$1")" ]; }

run_failover() {
    local kills=${number:-10} kill pid dead moment first id recorded
    export POLL_PERIOD=1s
    start_cluster 3 --organizations 24 --jobs 25 --pace 100
    mkfifo "$trial/events.pipe"
    watch_events
    for ((kill = 1; kill <= kills; kill++)); do
        await 60 "somebody who publishes" somebody_publishes
        await 60 "events" is_sent_after "${EPOCHREALTIME/./}"
        sleep "0.$((RANDOM % 900 + 100))"
        pid=$(publisher)
        dead=$(number_of "$pid")
        kill_instance "$dead"
        moment=${EPOCHREALTIME/./}
        await 90 "the next event" is_sent_after "$moment"
        first=$(first_sent_after "$moment")
        id=${first#*ce_id=} id=${id%%,*}
        recorded=$(sql "select (extract(epoch from recorded_at) * 1e6)::bigint from jobtrail.job_history where hash = '\\x$id'")
        await 60 "somebody who publishes" somebody_publishes
        awk -v kill="$kill" -v dead="$dead" -v next_one="$(number_of "$(publisher)")" -v moment="$moment" -v came="${first%%$'\t'*}" \
            -v recorded="$recorded" 'BEGIN {
                printf "kill %d, of instance %d: the next event after %.2f s, by instance %s; its row was recorded %.2f s %s the kill\n",
                    kill, dead, (came - moment) / 1e6, next_one, (recorded > moment ? recorded - moment : moment - recorded) / 1e6,
                    (recorded > moment ? "after" : "before") }'
        echo "$(((${first%%$'\t'*} - moment) / 1000))" >>"$trial/failovers"
        start_instance "$dead"
        await 90 "a cycle that all share" all_share
    done
    kill "${watchers[@]}" 2>/dev/null || true
    watchers=()
    stop_cluster
    echo "$kills kills of who publishes: the next event after $(sort -n "$trial/failovers" | awk '{ at[NR] = $1 / 1e3 } END { printf "%.2f s in the median, %.2f s at most", (at[int((NR + 1) / 2)] + at[int(NR / 2) + 1]) / 2, at[NR] }'); $(ledger_says)"
}

# --- rolling

run_rolling() {
    local rounds=${number:-3} round one began first last
    export POLL_PERIOD=1s
    start_cluster 3 --organizations 24 --jobs 25 --pace 100 --fault slow-answer=50
    first=$(newest_ended)
    for ((round = 1; round <= rounds; round++)); do
        for one in 1 2 3; do
            began=${EPOCHREALTIME/./}
            stop_instance "$one"
            say "round $round: instance $one stopped in $(((${EPOCHREALTIME/./} - began) / 1000)) ms"
            start_instance "$one"
            await 90 "a cycle that all share" all_share
            last=$(($(newest_ended) + 2))
            await 60 "cycle $last" have_ended "$last"
        done
    done
    local slowest gap
    IFS=$'\t' read -r slowest gap <<<"$(sql "select round(max(seconds), 1), round(max(extract(epoch from began - before)), 1) from (
        select attempt, began, seconds, lag(began) over (order by attempt) as before from $cycles) paced
        where attempt > $first and attempt <= $last")"
    # An instance that leaves without a word costs this much.
    awk -v slowest="$slowest" -v most="$session_timeout" 'BEGIN { exit slowest < most ? 0 : 1 }' ||
        broken "a cycle took $slowest s: it waited for an instance that had left"
    stop_cluster
    echo "$rounds rounds of three instances, $((last - first)) cycles, the longest of $slowest s, at most $gap s from the beginning of one to that of the next; $(ledger_says)"
}

case $mode in cycles | latency | failover | rolling) ;; *) give_up "usage: cluster.sh cycles|latency|failover|rolling [NUMBER]" ;; esac
has_tools || give_up "there is no kcat or no psql"
command -v ss >/dev/null || give_up "there is no ss"
compile test
class_path=$root/target/test-classes:$class_path
"run_$mode"
is_good
