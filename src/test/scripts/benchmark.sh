#!/usr/bin/env bash
# Measures Jobtrail, started as anybody would, against what this machine can do at most (reading the lists, cutting them into tokens,
# COPY, a plain producer), and against what somebody would write instead: src/test/java/org/jobtrail/benchmark. Real servers, each a
# process of its own; whatever is compared is measured in turn, round by round.
#
#   src/test/scripts/benchmark.sh [OPTIONS]      --help lists them
#
# Where DATABASE_URL and what belongs to it are set, they name the PostgreSQL to measure with, on this machine: one that compresses
# with lz4, say, for which the embedded one is not built. DATABASE_MIGRATION_USERNAME has to be a superuser.
#
# Nothing else should run meanwhile. Two processors, 8 GB of memory and 30 GB of disk are enough for all of it.
# shellcheck source=src/test/scripts/trial.sh
source "$(dirname "${BASH_SOURCE[0]}")/trial.sh"

compile test
class_path=$root/target/test-classes:$class_path
# Without nodelay, each answer would wait for an acknowledgement; without the interval, connections would end while others are measured.
benchmark=("$java" -Xmx4g -Dsun.net.httpserver.nodelay=true -Dsun.net.httpserver.idleInterval=86400
    -cp "$class_path" org.jobtrail.benchmark.Benchmark)
case " $* " in *" --help "* | *" -h "*)
    "${benchmark[@]}" --help
    exit
    ;;
esac

# It ends the programs that it has started, unless it is killed.
measuring=''
end_more() {
    local file pid
    [ -z "$measuring" ] || { kill "$measuring" && wait "$measuring"; } || true
    for file in "$trial"/*/pid; do
        pid=$(cat "$file") && [[ $(ps -o args= -p "$pid") != *"$trial"* ]] || kill "$pid"
    done
}

# The servers run for long: they may take the time to get fast.
jvm=(-Xmx1g)
start_server kafka BROKER
if [ -z "${DATABASE_URL:-}" ]; then
    start_server postgres DATABASE
    use_servers
    postmaster=$(postmaster)
else
    KAFKA_BOOTSTRAP_SERVERS=$(setting kafka kafka.bootstrap-servers)
    export KAFKA_BOOTSTRAP_SERVERS
    export PGPASSWORD=${DATABASE_MIGRATION_PASSWORD:-} PGUSER=${DATABASE_MIGRATION_USERNAME:?"is not set"}
    postmaster=$(psql -X -At -d "${DATABASE_URL#jdbc:}" -c "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")
fi
cd "$root"
"${benchmark[@]}" --postgres "$postmaster" --kafka "${server[kafka]}" --directory "$trial" "$@" &
measuring=$!
code=0
wait "$measuring" || code=$?
measuring=''
exit "$code"
