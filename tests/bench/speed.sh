#!/usr/bin/env bash
# speed.sh: how fast the whole diagnosis is beside wc and ripgrep, how its time and memory grow, and whether
# its verdicts are the truth. Not a test. README.md beside it says how to read the tables.
#   SIZE    bytes of each log (1000000000)     ROUNDS  of which medians are taken (5)
#   IKEWALK the program (build/ikewalk)        WORK    folder for the logs (a temporary one)
set -eu
. "$(dirname "$0")/reading.sh"
size=${SIZE:-1000000000}
needs rg pkg-config

# shellcheck disable=SC2046
cc -O2 -std=c17 -D_GNU_SOURCE -o "$work/judge" "$here/judge.c" $(pkg-config --cflags --libs jansson)

gen() { # gen NAME OPTIONS...
  local name=$1
  shift
  [ -e "$work/$name.truth.tsv" ] || "$work/gen_log" "$@" "$here/scripts.txt" "$here/others.txt" "$work/$name"
}

check() { printf '%s check --progress never --format json %s' "$ikewalk" "$*"; }

# compare LOG: every program once a round, in turn; medians.
compare() {
  local log=$work/$1 round name
  declare -A run=(
    [wc]="wc -l $log"
    [rg]="rg -j1 -ac -f $work/patterns $log"
    [many]="rg -j1 -ac -f $work/as-many $log"
    [ikewalk]="$(check "$log")"
  )
  rm -f "$work"/*.times
  for ((round = 0; round < rounds; round++)); do
    for name in wc rg many ikewalk; do
      # Splitting is meant: none of these paths and options holds a blank.
      # shellcheck disable=SC2086
      "$work/measure" "$work/$name.out" ${run[$name]} >>"$work/$name.times"
    done
  done
  printf '\n%s: %s bytes, %s rounds\n' "$1" "$(stat -c %s "$log")" "$rounds"
  printf '  %-28s %8s %8s %8s %8s %8s %8s\n' command 'CPU s' 'MB/s' 'MB peak' 'x wc -l' 'x 300' "x $built_in"
  for name in wc rg many ikewalk; do
    printf '%s %s %s %s %s %s\n' "$name" "$(median 1 "$name")" "$(median 2 "$name")" \
      "$(median 1 wc)" "$(median 1 rg)" "$(median 1 many)"
  done | awk -v size="$(stat -c %s "$log")" -v built_in="$built_in" '
    BEGIN {
      long["wc"] = "wc -l"; long["rg"] = "rg -j1 -ac -f 300 patterns"
      long["many"] = "rg -j1 -ac -f " built_in " patterns"; long["ikewalk"] = "ikewalk check --format json"
    }
    { printf "  %-28s %8.3f %8.0f %8.1f %8.2f %8.3f %8.3f\n", long[$1], $2, size / 1e6 / $2, $3, $2 / $4, $2 / $5, $2 / $6 }'
  printf '  rg recognises %s lines of %s\n  ' "$(cat "$work/rg.out")" "$(cut -d ' ' -f 1 "$work/wc.out")"
  "$work/judge" "$work/ikewalk.out" "$log.truth.tsv" || true
}

# grow TITLE, then NAME OPTIONS and NAME OPTIONS: time per byte of the second beside that of the first.
grow() {
  local title=$1 round
  rm -f "$work"/*.times
  for ((round = 0; round < rounds; round++)); do
    # shellcheck disable=SC2046
    "$work/measure" "$work/first.out" $(check "$3 $work/$2") >>"$work/first.times"
    # shellcheck disable=SC2046
    "$work/measure" "$work/second.out" $(check "$5 $work/$4") >>"$work/second.times"
  done
  awk -v title="$title" -v a="$(median 1 first)" -v b="$(median 1 second)" -v p="$(median 2 first)" -v q="$(median 2 second)" \
    -v m="$(stat -c %s "$work/$2")" -v n="$(stat -c %s "$work/$4")" 'BEGIN {
      printf "  %-36s %7.3f s -> %7.3f s, %5.1f MB -> %5.1f MB, time per byte x %.2f\n", title, a, b, p, q, b / n / (a / m) }'
}

# A pack of COUNT messages more for the generator's daemon, none of which the log holds.
synthetic() {
  local i
  mkdir -p "$work/packs-$1"
  {
    printf 'dialect: pluto\nmessages:\n'
    for ((i = 0; i < $1; i++)); do
      printf '  - id: bench-%d\n    match:\n      - |-\n        %s %d ${x:int} of ${y:word} is %d\n' "$i" \
        "$(sed -n "$((i % 40 + 1))p" <<<"$words")" "$i" "$((i * 7))"
    done
  } >"$work/packs-$1/bench.yaml"
}
words=$(cut -d: -f 3- "$here/scripts.txt" | awk 'NF > 3 { print $1, $2 }' | grep -E '^[A-Za-z ]+$' | sort -u | head -n 40)

packs=$root/knowledge/packs/dialects
gen sample.log --size 1000000 --tunnels 200
built_in=$("$here/patterns.sh" 0 "$packs"/*.yaml | wc -l)
"$here/patterns.sh" 300 "$work/sample.log" "$packs/pluto.yaml" "$packs"/*.yaml >"$work/patterns"
"$here/patterns.sh" "$built_in" "$work/sample.log" "$packs/pluto.yaml" "$packs"/*.yaml >"$work/as-many"
gen all.log --size "$size" --tunnels 1000
gen mixed.log --size "$size" --tunnels 1000 --share 5
compare all.log
compare mixed.log

echo
echo "growth, median of $rounds rounds:"
gen small.log --size $((size / 10)) --tunnels 1000
gen few.log --size "$size" --tunnels 10
gen many.log --size "$size" --tunnels 100000
synthetic 900
grow "bytes x 10" small.log "" all.log ""
grow "templates + 900 (built in: $built_in)" small.log "" small.log "--kb $work/packs-900"
one=$(cut -f 1 "$work/few.log.truth.tsv" | head -n 1) # a tunnel of both logs
grow "tunnels 10 -> 100000, one reported" few.log "--tunnel $one" many.log "--tunnel $one"
grow "tunnels 10 -> 100000" few.log "" many.log ""
awk -v a="$(stat -c %s "$work/first.out")" -v b="$(stat -c %s "$work/second.out")" -v t="$(median 1 first)" \
  -v u="$(median 1 second)" -v m="$(stat -c %s "$work/few.log")" -v n="$(stat -c %s "$work/many.log")" 'BEGIN {
    printf "  %-36s %7.1f MB -> %5.1f MB, time per byte read or written x %.2f\n", "  of which the reports are",
      a / 1e6, b / 1e6, u / (n + b) / (t / (m + a)) }'
printf '  '
"$work/judge" "$work/second.out" "$work/many.log.truth.tsv" || true
