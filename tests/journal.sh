#!/usr/bin/env bash
# The systemd journal: a real journal file is made of a log and read back, whole and by unit, from a moment on, beside other
# programs' lines; what is added later is read as well.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
wrong() { printf 'FAILED: %s\n' "$*"; bad=1; }
remote=/lib/systemd/systemd-journal-remote
[ -x "$remote" ] || { echo "journal.sh: $remote is missing: apt-get install systemd-journal-remote"; exit 1; }
logs=$IKEWALK_SOURCE_DIR/assets/logs

# entries NAME UNIT LOG [FROM [TO]]: lines of a log in the export format of the journal, a second apart.
entries() {
  sed -n "${4:-1},${5:-\$}p" "$3" | sed 's/^[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:.]*: //' | awk -v name="$1" -v unit="$2" -v from="${4:-1}" '{
    printf "__REALTIME_TIMESTAMP=%d000000\n__MONOTONIC_TIMESTAMP=%d000000\n_BOOT_ID=0123456789abcdef0123456789abcdef\n", 1732252000 + from + NR, from + NR
    printf "_HOSTNAME=gw-hq\nSYSLOG_IDENTIFIER=%s\n_PID=2219\n_SYSTEMD_UNIT=%s\nPRIORITY=6\nMESSAGE=%s\n\n", name, unit, $0 }'
}
put() { "$remote" --split-mode=none --output="$work/j.journal" - >/dev/null 2>"$work/err" || wrong "no journal: $(cat "$work/err")"; }

{ entries pluto ipsec.service "$logs/pluto/id-main-responder.log" 1 15
  entries sshd ssh.service "$logs/pluto/ok-main-responder.log"; } | put
report() { "$IKEWALK_BIN" check --format json --progress never "$@"; }
ask() { python3 -c "import json,sys; j=json.load(sys.stdin); print($1)"; }

got=$(report "$work/j.journal" | ask "j['sources'][0]['kind'], j['sources'][0]['lines'], j['tunnels'][0]['verdict']['checkpoint'], len(j['tunnels'])")
[ "$got" = "journal 15 id 1" ] || [ "$got" = "('journal', 15, 'id', 1)" ] || wrong "the journal gives $got"
got=$("$IKEWALK_BIN" check --progress never "$work/j.journal" | grep -c '2024-11-22\|Peer ID')
[ "$got" -gt 0 ] || wrong "the proof is not quoted"
got=$(report --since 2024-11-22T05:06:53 "$work/j.journal" | ask "j['sources'][0]['lines']")
[ "$got" -lt 15 ] || wrong "--since reads all $got lines"
# What comes later: the lines are read when they are there.
entries pluto ipsec.service "$logs/pluto/id-main-responder.log" 16 30 | put
got=$(report "$work/j.journal" | ask "j['sources'][0]['lines']")
[ "$got" = 30 ] || wrong "after more was logged there are $got lines"
# A message of several lines, and bytes that are no text.
printf '__REALTIME_TIMESTAMP=1732252999000000\n_BOOT_ID=0123456789abcdef0123456789abcdef\nSYSLOG_IDENTIFIER=pluto\n_PID=1\nMESSAGE\n\x0d\x00\x00\x00\x00\x00\x00\x00one\n\x1b[31m\xfftwo\n\n' | put
"$IKEWALK_BIN" check --progress never "$work/j.journal" | grep -q $'\x1b\[31m' && wrong "bytes of the journal reach the terminal"
got=$(report "$work/j.journal" | ask "j['sources'][0]['lines']")
[ "$got" = 32 ] || wrong "a message of two lines makes $got lines in all"
# A damaged one is refused or read as far as it goes, in words.
head -c 5000 "$work/j.journal" >"$work/cut.journal"
"$IKEWALK_BIN" check --progress never "$work/cut.journal" >"$work/out" 2>"$work/err"
[ $? -eq 2 ] || [ $? -eq 3 ] || wrong "a cut journal ends with $?"
exit $bad
