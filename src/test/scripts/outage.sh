#!/usr/bin/env bash
# Takes Kafka, PostgreSQL and the source away from a running program, one after the other: first silent, then gone, then back on
# the same port. Says what health says, and looks afterwards whether anything was lost or doubled.
#
#   src/test/scripts/outage.sh
#
# WITHOUT_VERIFY=1 leaves out the command verify; without psql and kcat it is all there is.
# shellcheck source=src/test/scripts/trial.sh
source "$(dirname "${BASH_SOURCE[0]}")/trial.sh"

silence=${SILENCE:-20}
absence=${ABSENCE:-15}

health() { curl --silent --max-time 20 "http://127.0.0.1:$HTTP_PORT/observe/health" || echo '{"status": "no answer"}'; }
# What is down, with its reason, in a line each.
complaints() {
    health | tr -d '\n' | sed 's/{ *"name"/\n&/g' | grep '"DOWN"' | grep '"name"' | sed 's/  */ /g; s/[]},{ ]*$//' || true
}
is_up() { [ "$(health | grep -c '"DOWN"')" = 0 ]; }
complains_about() { complaints | grep -q "\"name\" : \"$1"; }
is_complete_again() { ((${1} < $(sql "select count(*) from jobtrail.poll_receipt where outcome = 'COMPLETE'"))); }
is_all_published() {
    [ "$(sql 'select count(*) from jobtrail.organization_head left join jobtrail.publication using (organization_id)
        where last_seq > coalesce(published_seq, 0)')" = 0 ]
}

during() {
    local what=$1
    program_lives || give_up "the program ended while $what"
    say "  $what; health says: $(complaints | head -n 3 | paste -s -d ' ')"
}

# recovers NAME OF THE CHECK: without help, and with all that happened meanwhile on the topic.
recovers() {
    local back=$SECONDS complete
    await 180 "recovery from the loss of $1" is_up
    complete=$(sql "select count(*) from jobtrail.poll_receipt where outcome = 'COMPLETE'")
    await 60 "a complete poll" is_complete_again "$complete"
    program_lives || give_up "the program ended after the loss of $1"
    if [ -n "$(jobs -p | grep -x "$program")" ]; then say "  back after $((SECONDS - back)) s, the same process"; fi
    kill -STOP "$simulator"
    await 60 "the publication of all rows" is_all_published
    if has_tools; then
        check_ledger
        check_topic
        say "  $(sql 'select count(*) from jobtrail.job_history') rows, $events events; receipts: $(sql "select string_agg(format('%s %s', outcome, n), ', ' order by outcome) from (select outcome, count(*) n from jobtrail.poll_receipt group by 1) counted"); lost $lost, doubled $doubled, reordered $reordered, torn $torn"
    fi
    check_verify
    kill -CONT "$simulator"
}

is_noticed() { await "$1" "a complaint about $2" complains_about "$2"; }

compile test
class_path=$root/target/test-classes:$class_path
port=$(shuf -i 20000-29999 -n 1)
start_server postgres DATABASE
start_server kafka BROKER
use_servers
export POLL_PERIOD=1s POLL_DEADLINE=5s HTTP_PORT=$((port + 1)) DATA_DIRECTORY=$trial/none
simulate() { start_simulator "$port" --organizations 4 --jobs 30 --pace 20; }
simulate
start_program
await 60 "health" is_up
await 30 "a history" has_rows
say "runs: PostgreSQL at $DATABASE_URL, Kafka at $bootstrap, source at $SOURCE_SIMULATOR_URL; everything in $trial"

say "Kafka"
kill -STOP "${server[kafka]}"
sleep "$silence"
during "silent for $silence s"
is_noticed 150 kafka
during "noticed"
before=$(sql 'select count(*) from jobtrail.job_history')
sleep 3
after=$(sql 'select count(*) from jobtrail.job_history')
say "  polling goes on: $before rows, 3 s later $after"
((after > before)) || broken "nothing is recorded while Kafka is away"
kill -9 "${server[kafka]}"
wait "${server[kafka]}" 2>/dev/null || true
sleep "$absence"
during "gone for $absence s"
is_noticed 30 kafka
start_server kafka BROKER
[ "$(setting kafka kafka.bootstrap-servers)" = "$bootstrap" ] || give_up "Kafka came back on another port"
recovers kafka

say "PostgreSQL"
# The server and all of its sessions; what runs it in this trial is another process.
pid=$(postmaster)
mapfile -t sessions < <(pgrep -P "$pid")
kill -STOP "$pid" "${sessions[@]}"
is_noticed 60 database
during "silent"
sleep "$silence"
during "silent for $silence s"
kill -9 "$pid" "${sessions[@]}" "${server[postgres]}" 2>/dev/null || true
wait "${server[postgres]}" 2>/dev/null || true
is_noticed 60 database
sleep "$absence"
during "gone for $absence s"
start_server postgres DATABASE
[ "$(setting postgres database.url)" = "$DATABASE_URL" ] || give_up "PostgreSQL came back on another port"
recovers database

say "The source"
kill -STOP "$simulator"
sleep "$silence"
during "silent for $silence s"
is_noticed 60 source
during "noticed"
kill -CONT "$simulator"
recovers source
kill -9 "$simulator"
wait "$simulator" 2>/dev/null || true
is_noticed 60 source
during "gone"
sleep "$absence"
simulate
recovers source

stop_program
((other == 0)) || echo "$other other violations"
echo "3 outages, each silent and gone: lost $lost, doubled $doubled, reordered $reordered, torn $torn"
is_good
