#!/usr/bin/env bash
# screen.sh: how soon the wizard's first frame stands, a key is answered and the first verdict is seen with a
# log of 1 GB, beside less and lnav in the same rounds. Not a test. README.md beside it says how to read it.
#   SIZE    bytes of the log (1000000000)       ROUNDS  of which medians are taken (9)
#   IKEWALK the program (build/ikewalk)         WORK    folder for the log (a temporary one)
set -eu
. "$(dirname "${BASH_SOURCE[0]}")/terminal.sh"
size=${SIZE:-1000000000}
rounds=${ROUNDS:-9}

cc -O2 -std=c17 -D_GNU_SOURCE -o "$work/gen_log" "$here/gen_log.c"
log=$work/screen.log
[ -e "$log" ] || {
  "$work/gen_log" --size "$size" --tunnels 300 --share 5 "$here/scripts.txt" "$here/others.txt" "$log"
  cat >>"$log" <<'LOG'
Nov 22 05:26:31 gw pluto[2219]: "newest" #900001: initiating IKEv1 Main Mode connection
Nov 22 05:26:31 gw pluto[2219]: "newest" #900001: sent Main Mode request
Nov 22 05:26:31 gw pluto[2219]: "newest" #900001: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12
Nov 22 05:26:31 gw pluto[2219]: "newest" #900001: received and ignored notification payload: NO_PROPOSAL_CHOSEN
LOG
}
cat "$log" >/dev/null # in memory for everybody

run() { # run NAME OPTIONS... -- COMMAND...
  local name=$1
  shift
  "$work/screen" "$@" >>"$work/$name.figures"
}

rm -f "$work"/*.figures
# Each follows each in turn: what ran before leaves its traces in the caches.
order=(ikewalk less lnav)
for _ in $(seq "$rounds"); do
  for name in "${order[@]}"; do
    case $name in
      ikewalk) run ikewalk --text 'Stuck at' --keys jk --count 40 --quit q -- "$ikewalk" "$log" ;;
      less) run less --keys jk --count 40 --quit q -- less "$log" ;;
      lnav) run lnav --keys kj --count 40 --quit q -- lnav -N "$log" ;;
    esac
  done
  order=("${order[@]:1}" "${order[0]}")
done

printf '%-10s%14s%14s%14s%12s%12s%12s\n' program 'frame ms' 'verdict ms' 'its CPU ms' 'key p50' 'key p95' 'key most'
for name in ikewalk less lnav; do
  printf '%-10s%14s%14s%14s%12s%12s%12s\n' "$name" "$(median $name 1)" "$(median $name 2)" "$(median $name 3)" \
    "$(median $name 4)" "$(median $name 5)" "$(median $name 6)"
done
awk -v a="$(median ikewalk 1)" -v b="$(median less 1)" 'BEGIN { printf "first frame: %.2f times that of less\n", a / b }'
