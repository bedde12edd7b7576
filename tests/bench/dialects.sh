#!/usr/bin/env bash
# dialects.sh: what it costs a log that the program knows all dialects and not the log's own alone. Not a test.
# README.md beside it says how to read the table.
#   SIZE    bytes of each log (50000000)       ROUNDS  of which medians are taken (5)
#   IKEWALK the program (build/ikewalk)        WORK    folder for the logs (a temporary one)
set -eu
. "$(dirname "$0")/reading.sh"
size=${SIZE:-50000000}

# again NAME LOG...: the logs of real negotiations one after the other, again and again.
again() {
  local name=$1
  shift
  cat "$@" >"$work/once"
  while cat "$work/once"; do :; done 2>/dev/null | head -c "$size" >"$work/$name" || true
}

# beside DIALECT: its log read with all dialects, and as a log of that one alone, in turn.
beside() {
  local log=$work/$1.log round
  rm -f "$work"/*.times
  for ((round = 0; round < rounds; round++)); do
    "$work/measure" "$work/one.out" "$ikewalk" check --progress never --format json --dialect "$1" "$log" >>"$work/one.times"
    "$work/measure" "$work/all.out" "$ikewalk" check --progress never --format json "$log" >>"$work/all.times"
  done
  awk -v log_of="$1" -v one="$(median 1 one)" -v all="$(median 1 all)" -v size="$(stat -c %s "$log")" 'BEGIN {
    printf "  %-12s %8.3f %8.3f %8.0f %8.0f %8.2f\n", log_of, one, all, size / 1e6 / one, size / 1e6 / all, all / one }'
  apart=$(awk -v apart="$apart" -v one="$(median 1 one)" 'BEGIN { print apart + one }')
}

# All of them in one file: seconds a byte beside those of the logs alone.
together() {
  local log=$work/together.log round
  rm -f "$work"/*.times
  for dialect in $dialects; do head -c $((size / 5)) "$work/$dialect.log"; echo; done >"$log"
  for ((round = 0; round < rounds; round++)); do
    "$work/measure" "$work/all.out" "$ikewalk" check --progress never --format json "$log" >>"$work/all.times"
  done
  awk -v one="$apart" -v all="$(median 1 all)" -v size="$size" 'BEGIN {
    printf "  %-12s %8.3f %8.3f %8.0f %8.0f %8.2f\n", "all in one", one / 5, all, size / 1e6 / (one / 5), size / 1e6 / all, all / (one / 5) }'
}

"$work/gen_log" --size "$size" --tunnels 1000 "$here/scripts.txt" "$here/others.txt" "$work/pluto.log"
again charon.log "$root"/assets/logs/strongswan/*.log
again cisco-ios.log "$root"/assets/logs/cisco-ios/*.log
again fortigate.log "$root"/assets/logs/fortigate/*.log
again cisco-asa.log "$root"/assets/logs/cisco-asa/*.log
printf 'medians of %s rounds, %s bytes a log:\n' "$rounds" "$size"
printf '  %-12s %8s %8s %8s %8s %8s\n' 'log of' 'one, s' 'all, s' 'one MB/s' 'all MB/s' 'ratio'
dialects="pluto charon cisco-ios fortigate cisco-asa"
apart=0
for dialect in $dialects; do
  beside "$dialect"
done
together
