#!/usr/bin/env bash
# scroll.sh: how soon a page, the end, the beginning and a search are on the screen in a log of ten million lines, beside
# less and lnav in the same rounds. Not a test. README.md beside it says how to read it.
#   LINES_OF_LOG (10000000)                     ROUNDS  of which medians are taken (5)
#   IKEWALK the program (build/ikewalk)        WORK    folder for the log (a temporary one)
set -eu
. "$(dirname "${BASH_SOURCE[0]}")/terminal.sh"
lines=${LINES_OF_LOG:-10000000}
rounds=${ROUNDS:-5}

log=$work/scroll.log
# A tunnel that fails at the beginning, so that there is one; then lines of its daemon, the last and one at nine
# tenths of which can be told from the others.
[ -e "$log" ] || awk -v lines="$lines" 'BEGIN {
  front = "Nov 22 05:26:31 gw pluto[2219]: \"site\" #1: "
  print front "initiating IKEv1 Main Mode connection"
  print front "sent Main Mode request"
  print front "ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12"
  for (i = 4; i < lines; i++)
    print front (i == int(lines * 0.9) ? "NEEDLE" : "deleting") " state (STATE_MAIN_I1) aged " i "s"
  print front "deleting state LASTLINE"
}' >"$log"
cat "$log" >/dev/null # in memory for everybody

counted=$(sed -E ':a; s/^([0-9]+)([0-9]{3})/\1,\2/; ta' <<<"$lines")
rm -f "$work"/*.figures
for _ in $(seq "$rounds"); do
  "$work/screen" --text "$counted lines" --then 'oa=all of' --then 'g=sent Main Mode request' --then 'G=LASTLINE' --then 'g=sent Main Mode request' \
    --then '/NEEDLE\r=NEEDLE state' --then 'g=sent Main Mode request' --keys '\e[6~' --whole --count 40 --quit q \
    -- "$ikewalk" "$log" >>"$work/ikewalk.figures"
  "$work/screen" --text 'sent Main Mode request' --then 'g=sent Main Mode request' --then 'g=sent Main Mode request' --then 'G=LASTLINE' --then 'g=sent Main Mode request' \
    --then '/NEEDLE\r=NEEDLE state' --then 'g=sent Main Mode request' --keys ' ' --count 40 --quit q \
    -- less -n "$log" >>"$work/less.figures"
  "$work/screen" --text LASTLINE --then 'g=sent Main Mode request' --then 'g=sent Main Mode request' --then 'G=LASTLINE' --then 'g=sent Main Mode request' \
    --then '/NEEDLE\r=NEEDLE state' --then 'g=sent Main Mode request' --keys ' ' --count 40 --quit q \
    -- lnav -N "$log" >>"$work/lnav.figures"
done

printf '%-10s%12s%12s%12s%12s%12s\n' program 'page p50' 'page p95' 'End ms' 'Home ms' 'search ms'
for name in ikewalk less lnav; do
  printf '%-10s%12s%12s%12s%12s%12s\n' "$name" "$(median $name 4)" "$(median $name 5)" "$(median $name 10)" \
    "$(median $name 11)" "$(median $name 12)"
done
