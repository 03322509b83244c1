#!/usr/bin/env bash
# Fills a database with a history as the program would have written it, through the functions that the program records with, and
# prints how fast: src/test/java/org/jobtrail/record/HistoryLoad.java. Each job has run in each poll.
#
#   src/test/scripts/load.sh ROWS [ORGANIZATIONS [JOBS]]
#
# DATABASE_URL, DATABASE_USERNAME and DATABASE_PASSWORD name the database, whose tables are created where they are missing; nothing
# else may record or publish there meanwhile. DAYS (365) are what the polls are spread over, RECEIPTS how many attempts there were,
# where more than polls. A million rows take about 5 GB.
set -euo pipefail

root=$(CDPATH= cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
rows=${1:?"usage: load.sh ROWS [ORGANIZATIONS [JOBS]]"}
: "${DATABASE_URL:?is not set: the database to fill, such as jdbc:postgresql://localhost:5432/load}"

cd "$root"
./mvnw -q -B test-compile
class_path=$root/target/test-classes:$(./mvnw -q -B exec:exec -Dexec.executable=echo -Dexec.args=%classpath)
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx1g -cp "$class_path" org.jobtrail.record.HistoryLoad \
    "$rows" "${2:-20}" "${3:-50}" "${DAYS:-365}" "${RECEIPTS:-0}"
