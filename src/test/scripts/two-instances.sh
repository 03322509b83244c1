#!/usr/bin/env bash
# Two instances poll the same source into the same database. Again and again one of them is stopped for longer than a cycle, in the
# middle of its work, and continued. Looks afterwards whether the history is in the order of observation, without a row twice.
#
#   src/test/scripts/two-instances.sh [CYCLES]     200 cycles of both together
#
# ORGANIZATIONS, JOBS of each and PACE make another world: with 150, 4 and 2, most organizations are not asked one by one.
# shellcheck source=src/test/scripts/trial.sh
source "$(dirname "${BASH_SOURCE[0]}")/trial.sh"

cycles=${1:-200}
second=''

end_more() { [ -z "$second" ] || { kill -CONT "$second"; kill -TERM "$second"; wait "$second"; } 2>/dev/null; }

receipts() { sql "select count(*) from jobtrail.poll_receipt where $1"; }
have_polled() { (($(receipts true) >= $1)); }

compile test
class_path=$root/target/test-classes:$class_path
start_server postgres DATABASE
start_server kafka BROKER
use_servers
export POLL_PERIOD=1s HTTP_PORT=0 DATA_DIRECTORY=$trial/first
start_simulator 0 --organizations "${ORGANIZATIONS:-6}" --jobs "${JOBS:-40}" --pace "${PACE:-60}"
start_program
await 60 "a history" has_rows
first=$program
DATA_DIRECTORY=$trial/second start_program
second=$program program=$first
say "two instances at $SOURCE_SIMULATOR_URL and $DATABASE_URL; everything in $trial"

stopped=0
while (($(receipts true) < cycles)); do
    # Whichever: sometimes the one that publishes.
    victim=$first
    ((RANDOM % 2)) || victim=$second
    sleep "0.$((RANDOM % 900 + 100))"
    kill -STOP "$victim"
    sleep "$((RANDOM % 2 + 2)).$((RANDOM % 10))"
    kill -CONT "$victim"
    stopped=$((stopped + 1))
    await 60 "the next poll" have_polled $(($(receipts true) + 2))
done
kill -STOP "$simulator"
sleep 3
kill -CONT "$simulator"
kill -TERM "$second" && wait "$second"
second=''
stop_program

check_ledger
disorder=$(sql "select count(*) from (
    select observed_at < lag(observed_at) over (partition by organization_id order by seq) as back from jobtrail.job_history) moved
    where back")
((disorder == 0)) || broken "$disorder rows were observed before the row before them"
if has_tools; then check_topic; fi
check_verify
cat "$trial/verify.log"
superseded=$(sql "select count(*) from jobtrail.poll_receipt, json_array_elements(not_complete::json) as list
    where list ->> 'outcome' = 'SUPERSEDED'")
echo "$(receipts true) cycles, stopped $stopped times: $(sql 'select count(*) from jobtrail.job_history') rows, $superseded lists SUPERSEDED in $(receipts "not_complete like '%SUPERSEDED%'") receipts; out of order $disorder, lost $lost, doubled $doubled, reordered $reordered, torn $torn"
is_good
