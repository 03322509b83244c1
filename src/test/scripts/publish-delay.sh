#!/usr/bin/env bash
# Measures how long it takes from the commit of a row in PostgreSQL until a read_committed consumer has its event, beside a plain
# transactional producer with the same settings: src/test/java/org/jobtrail/publish/PublishDelay.java. Real servers, and a program of
# its own that publishes; generator and consumer are one process, so that one clock measures both ends.
#
#   src/test/scripts/publish-delay.sh [SECONDS [PACE...]]      20 seconds for each of 10x1 20x50 20x250: commits per second x rows
#
# It takes 2 x (SECONDS + 10) for each pace. Nothing else should run meanwhile.
# shellcheck source=src/test/scripts/trial.sh
source "$(dirname "${BASH_SOURCE[0]}")/trial.sh"

seconds=${1:-20}
paces=("${@:2}")
((${#paces[@]})) || paces=(10x1 20x50 20x250)
jvm=(-Xmx1g)

compile test
class_path=$root/target/test-classes:$class_path
start_server postgres DATABASE
start_server kafka BROKER
use_servers
# The simulator that the program brings is there because one source has to be, and is left alone after the first poll.
export POLL_PERIOD=24h HTTP_PORT=0 DATA_DIRECTORY=$trial/data
start_program
await 60 "a history" has_rows
await 60 "the publication of all rows" stands_still
sql "create database plain"
"$java" "${jvm[@]}" -cp "$class_path" org.jobtrail.publish.PublishDelay "$seconds" plain "${paces[@]}"
stop_program
check_ledger
! has_tools || check_topic
is_good
