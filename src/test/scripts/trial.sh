# shellcheck shell=bash
# What the trials share: to be sourced. They run the program from target/classes with its real servers, take something away
# from it, and hold the history against the topic row by row.
set -euo pipefail

root=$(CDPATH= cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
trial=$(mktemp -d "${TMPDIR:-/tmp}/jobtrail-trial.XXXXXX")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
simulator='' program=''
declare -A server=() log=()
lost=0 doubled=0 reordered=0 torn=0 other=0
# false: ids are compared, not bytes, and no hash is computed again. For a look after each of many blows at a large history.
whole=true
# Starts fast, runs slowly.
jvm=(-XX:TieredStopAtLevel=1)
export LC_ALL=C.UTF-8
mkfifo "$trial/silence"
exec {silence_in}<>"$trial/silence"

say() { echo "$(date +%T) $*"; }
broken() { say "BROKEN: $*" && other=$((other + 1)); }
give_up() { say "GIVING UP: $*" && exit 1; }

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" 2>>"$trial/await.log"; do
        ((SECONDS < end)) || give_up "$what did not come"
        sleep 0.05
    done
}

# The class path is asked for once: starting Maven takes longer than a round.
compile() {
    local scope=$1
    (cd "$root" && ./mvnw -q -B test-compile)
    class_path=$(cd "$root" && ./mvnw -q -B exec:exec -Dexec.executable=echo -Dexec.args=%classpath -Dexec.classpathScope="$scope")
}

jobtrail() { "$java" "${jvm[@]}" -Djobtrail.home="$root" -cp "$class_path" org.jobtrail.Jobtrail "$@"; }

# start_simulator PORT ARGUMENTS...: a process of its own, with a certificate that outlives it.
start_simulator() {
    local port=$1
    shift
    "$java" "${jvm[@]}" -cp "$class_path" org.jobtrail.Jobtrail simulate --port "$port" --log-requests \
        --key-store "$trial/simulator.p12" --certificate-file "$trial/simulator.pem" "$@" \
        >>"$trial/requests.log" 2>>"$trial/simulator.log" &
    simulator=$!
    await 30 "the simulator" grep -q '^For Jobtrail' "$trial/requests.log"
    SOURCE_SIMULATOR_URL=$(grep -o 'https://localhost:[0-9]*' "$trial/requests.log" | head -n 1)
    export SOURCE_SIMULATOR_URL SOURCE_SIMULATOR_USERNAME=simulator SOURCE_SIMULATOR_PASSWORD=simulator
    export SOURCE_SIMULATOR_CA_CERTIFICATE=$trial/simulator.pem
}

# Each server is a process of its own, with its data and its port in a directory of its own.
start_server() {
    local name=$1 part=$2
    log[$name]=$trial/$name.log
    : >"${log[$name]}"
    # It lives until its standard input ends, which is never by itself: we hold the other end.
    "$java" "${jvm[@]}" -cp "$class_path" org.jobtrail.embedded.ServersInAProcess "$trial/$name" "$part" \
        <&"$silence_in" >>"${log[$name]}" 2>&1 &
    server[$name]=$!
    await 120 "the server $name" grep -q -E '^(owner|attached) after' "${log[$name]}"
}

setting() { sed -n "s/^$2=//p" "$trial/$1/embedded.properties" | sed 's/\\\(.\)/\1/g'; }
postmaster() { head -n 1 "$(find "$trial/postgres" -name postmaster.pid | head -n 1)"; }

end_servers() {
    local name pid
    for name in "${!server[@]}"; do
        kill -CONT "${server[$name]}" && kill -TERM "${server[$name]}" && wait "${server[$name]}"
    done 2>/dev/null
    pid=$(postmaster 2>/dev/null) && kill -CONT "$pid" && kill -INT "$pid"
}

# The program shall use the servers postgres and kafka; psql and kcat do, too.
use_servers() {
    psql_of "${log[postgres]}"
    bootstrap=$(setting kafka kafka.bootstrap-servers)
    DATABASE_URL=$(setting postgres database.url)
    DATABASE_USERNAME=$(setting postgres database.username)
    DATABASE_PASSWORD=$(setting postgres database.password)
    DATABASE_MIGRATION_USERNAME=$(setting postgres database.migration.username)
    DATABASE_MIGRATION_PASSWORD=$(setting postgres database.migration.password)
    export DATABASE_URL DATABASE_USERNAME DATABASE_PASSWORD DATABASE_MIGRATION_USERNAME DATABASE_MIGRATION_PASSWORD
    export KAFKA_BOOTSTRAP_SERVERS=$bootstrap
}

start_program() {
    "$java" "${jvm[@]}" -Djobtrail.home="$root" -cp "$class_path" org.jobtrail.Jobtrail run >>"$trial/run.log" 2>&1 &
    program=$!
}

program_lives() { kill -0 "$program"; }

stop_program() {
    kill -TERM "$program"
    local code=0
    wait "$program" || code=$?
    ((code == 0)) || broken "the program ended with $code when it was told to stop"
    program=''
}

# The connection comes from the line that the embedded PostgreSQL announces itself with.
psql_of() { connection=$(grep -o 'psql "host=[^"]*"' "$1" | tail -n 1 | cut -d '"' -f 2); }
sql() { PGCONNECT_TIMEOUT=5 psql -X -q -v ON_ERROR_STOP=1 -At -F $'\t' -c "$1" "$connection"; }
has_rows() { [ "$(sql 'select count(*) > 0 from jobtrail.job_history')" = t ]; }

# Each line of the answer is a violation.
ledger_violations() {
    sql "
    select 'gap or double number in ' || organization_id from jobtrail.job_history group by organization_id
    having count(*) <> max(seq) or min(seq) <> 1
    union all
    select 'created ' || count(*) || ' times: ' || job_id from jobtrail.job_history where change_kind = 'created'
    group by organization_id, job_type, job_id having count(*) > 1
    union all
    select 'head is not the last row of ' || head.organization_id from jobtrail.organization_head head
    left join jobtrail.job_history line on line.organization_id = head.organization_id and line.seq = head.last_seq
    where head.last_seq > 0 and line.hash is distinct from head.last_hash
        or head.last_seq <> (select count(*) from jobtrail.job_history h where h.organization_id = head.organization_id)
    union all
    select 'hash or link of ' || organization_id || ' ' || seq from (
        select line.*, lag(hash, 1, decode(repeat('00', 32), 'hex')) over (partition by organization_id order by seq) as before,
            jobtrail.chain_step(null, prev_hash, 'jobtrail/job_history/1', jobtrail.job_history_item(line)) as computed
        from jobtrail.job_history line where $whole) chained
    where prev_hash <> before or hash <> computed
    union all
    select 'state and last row differ of ' || state.job_id from jobtrail.job_state state
    where state.last_seq <> (
        select max(line.seq) from jobtrail.job_history line
        where line.organization_id = state.organization_id and line.job_type = state.job_type and line.job_id = state.job_id)
    union all
    -- The rows of one poll all say the same under before.
    select 'before is not what was last told, row ' || line.seq || ' of ' || line.organization_id from jobtrail.job_history line
    where $whole and line.payload::json ->> 'before' is distinct from (
        select coalesce(last.payload::json ->> 'after', last.payload::json ->> 'before') from jobtrail.job_history last
        where last.organization_id = line.organization_id and last.job_type = line.job_type and last.job_id = line.job_id
            and last.seq < line.seq and (last.attempt, last.observed_at) <> (line.attempt, line.observed_at)
        order by last.seq desc limit 1)
    union all
    select 'receipts of ' || source from jobtrail.poll_receipt group by source having count(*) <> max(seq)
    union all
    select 'publishing halted: ' || halted from jobtrail.publication where halted is not null"
}

check_ledger() {
    local violations
    violations=$(ledger_violations)
    if [ -n "$violations" ]; then
        echo "$violations"
        broken "$(wc -l <<<"$violations") violations in the history"
    fi
}

history_rows() {
    sql "select organization_id, seq, encode(hash, 'hex'), case when $whole then payload end from jobtrail.job_history" |
        LC_ALL=C sort
}

value() { if $whole; then echo '%s'; fi; }

# Partition, key and then as history_rows; in the topic's order within a partition.
read_topic() {
    kcat -b "$bootstrap" -t jobtrail.job-events -C -o beginning -e -q -X isolation.level=read_committed \
        -f "%p\t%k\t%h\t$(value)\n" |
        awk -F '\t' -v OFS='\t' '
            function header(name) { return match("," $3, "," name "=[^,]*") ? substr("," $3, RSTART + length(name) + 2, RLENGTH - length(name) - 2) : "?" }
            { print $1, $2, header("ce_organization"), header("ce_sequence") + 0, header("ce_id"), $4 }'
}

# Every cursor that was ever committed, in order: organization, seq, hash.
read_cursors() {
    kcat -b "$bootstrap" -t jobtrail.publisher-cursor -C -o beginning -e -q -X isolation.level=read_committed -f '%k\t%s\n' |
        sed -E 's/^([^\t]*)\t.*"seq":([0-9]+).*"hash":"([0-9a-f]+)".*/\1\t\2\t\3/'
}

# What a new consumer takes for the present: key, ce_id and value of the last record of each key; NULL where it is a tombstone.
read_states() {
    kcat -b "$bootstrap" -t jobtrail.jobs -C -o beginning -e -q -Z -X isolation.level=read_committed \
        -f "%k\t%h\t$(value)\n" |
        awk -F '\t' -v OFS='\t' '
            { match("," $2, ",ce_id=[0-9a-f]*"); last[$1] = substr("," $2, RSTART + 7, RLENGTH - 7) OFS $3 }
            END { for (key in last) print key, last[key] }' | LC_ALL=C sort
}
history_states() {
    sql "select distinct on (organization_id, job_id) organization_id || '/' || job_id, encode(hash, 'hex'),
            case when not $whole then ''
                when json_typeof(payload::json -> 'after') = 'object' then (payload::json -> 'after')::text
                else 'NULL'
            end
        from jobtrail.job_history order by organization_id, job_id, seq desc" | LC_ALL=C sort
}
has_states() { kcat -b "$bootstrap" -L -q | grep -c 'topic "jobtrail.jobs"' >/dev/null; }

has_tools() { command -v kcat >/dev/null && command -v psql >/dev/null; }

# Where history and publisher stand; empty while a row is not known as published.
standstill() {
    sql "select string_agg(format('%s %s', organization_id, last_seq), ',' order by organization_id)
        from jobtrail.organization_head left join jobtrail.publication using (organization_id)
        having every(last_seq = coalesce(published_seq, 0))"
}
stands_still() { [ -n "$(standstill)" ]; }

# What the stores hold, read while nothing moved: the program may still record what it had read when its source fell silent.
read_stores() {
    local before after=moved tries
    for ((tries = 0; tries < 20; tries++)); do
        await 90 "the publication of all rows" stands_still
        before=$(standstill)
        history_rows >"$trial/history"
        read_topic >"$trial/topic"
        read_cursors >"$trial/cursors"
        if has_states; then
            history_states >"$trial/history-states"
            read_states >"$trial/states"
        fi
        after=$(standstill)
        [ "$before" != "$after" ] || return 0
    done
    give_up "the history does not come to rest"
}

# A cursor is the last record of its transaction. Whoever reads committed records only and sees it must see each event up to it,
# and no event that no cursor has reached.
torn_transactions() {
    awk -F '\t' '
        NR == FNR { id[$3, $4] = $5; if ($4 > top[$3]) top[$3] = $4; next }
        { while (($1, whole[$1] + 1) in id) whole[$1]++ }
        $2 > whole[$1] || id[$1, $2] != $3 { print "cursor of " $1 " at " $2 ", events up to " whole[$1] + 0 }
        $2 <= reached[$1] { print "cursor of " $1 " goes from " reached[$1] " to " $2 }
        { reached[$1] = $2 }
        END { for (one in top) if (top[one] > reached[one]) print "event " top[one] " of " one ", cursor at " reached[one] + 0 }
    ' "$trial/topic" "$trial/cursors"
    [ ! -e "$trial/states" ] || LC_ALL=C comm -3 "$trial/history-states" "$trial/states" | cut -c 1-200 | sed 's/^/state: /'
}

# History and topics, row by row.
check_topic() {
    read_stores
    cut -f 3- "$trial/topic" | LC_ALL=C sort >"$trial/events"
    local missing unknown twice swapped
    missing=$(LC_ALL=C comm -23 "$trial/history" <(uniq "$trial/events") | wc -l)
    unknown=$(LC_ALL=C comm -13 "$trial/history" <(uniq "$trial/events") | wc -l)
    twice=$(cut -f 1,2 "$trial/events" | uniq -d | wc -l)
    swapped=$(awk -F '\t' '$4 <= last[$1, $2] { n++ } { last[$1, $2] = $4 } END { print n + 0 }' "$trial/topic")
    torn_transactions >"$trial/torn"
    events=$(wc -l <"$trial/events")
    lost=$((lost + missing + unknown)) doubled=$((doubled + twice)) reordered=$((reordered + swapped - twice))
    torn=$((torn + $(wc -l <"$trial/torn")))
    ((missing == 0)) || say "BROKEN: $missing rows are not on the topic"
    ((unknown == 0)) || say "BROKEN: $unknown events are not rows of the history"
    ((twice == 0)) || say "BROKEN: $twice rows are on the topic more than once"
    ((swapped == twice)) || say "BROKEN: $swapped events come after a later one of their job"
    [ ! -s "$trial/torn" ] || say "BROKEN: torn: $(head -n 3 "$trial/torn" | paste -s -d ';')"
}

# 0 and 10 are good: 10 is a warning.
check_verify() {
    [ -z "${WITHOUT_VERIFY:-}" ] || return 0
    local code=0
    jobtrail verify >"$trial/verify.log" 2>&1 || code=$?
    if ((code != 0 && code != 10)); then
        tail -n 5 "$trial/verify.log"
        broken "verify says $code"
    fi
}

is_good() { ((lost + doubled + reordered + torn + other == 0)); }

# Nothing of a trial outlives it. Its files do where something was wrong.
end() {
    local code=$?
    trap - EXIT
    [ -z "$program" ] || { kill -CONT "$program"; kill -TERM "$program"; wait "$program"; } 2>/dev/null || true
    [ -z "$simulator" ] || { kill -CONT "$simulator"; kill -TERM "$simulator"; wait "$simulator"; } 2>/dev/null || true
    end_servers || true
    if declare -F end_more >/dev/null; then end_more || true; fi
    if ((code == 0)) && is_good; then rm -rf "$trial"; else echo "See $trial"; fi
    exit "$code"
}
trap end EXIT
trap 'exit 130' HUP INT TERM
