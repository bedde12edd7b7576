#!/usr/bin/env bash
# gateway.sh: a gateway's log over SSH beside `ssh HOST cat FILE` of the same bytes, in the same run: over
# loopback, over a line of 50 ms (line.c), and over one of 50 ms and 100 Mbit/s where only a twentieth of the
# lines is the daemon's. Not a test: a busy machine makes it slow and the ratios uncertain. Needs no root.
#   SIZE    bytes of the logs (200000000)     ROUNDS  of which medians are taken (3)
#   IKEWALK the program (build/ikewalk)       DRIVE   build/tests/gateway_drive
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
size=${SIZE:-200000000}
rounds=${ROUNDS:-3}
ikewalk=${IKEWALK:-$root/build/ikewalk}
drive=${DRIVE:-$root/build/tests/gateway_drive}
for tool in "$ikewalk" "$drive" cc /usr/sbin/sshd ssh; do
  command -v "$tool" >/dev/null || { echo "gateway.sh: needs $tool" >&2; exit 2; }
done
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null; rm -rf "$work"' EXIT
cc -O2 -std=c17 -D_GNU_SOURCE -o "$work/gen_log" "$here/gen_log.c"
cc -O2 -std=c17 -D_GNU_SOURCE -o "$work/line" "$here/line.c"
"$work/gen_log" --size "$size" --tunnels 1000 "$here/scripts.txt" "$here/others.txt" "$work/all.log"
"$work/gen_log" --size "$size" --tunnels 1000 --share 5 "$here/scripts.txt" "$here/others.txt" "$work/mixed.log"

port=$((20000 + RANDOM % 20000))
ssh-keygen -q -t ed25519 -N '' -f "$work/host"
ssh-keygen -q -t ed25519 -N '' -f "$work/user"
cp "$work/user.pub" "$work/authorized"
printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $work/host" "AuthorizedKeysFile $work/authorized" \
  'PidFile none' 'StrictModes no' 'UsePAM no' 'PasswordAuthentication no' 'PermitRootLogin yes' >"$work/sshd.conf"
[ -d /run/sshd ] || mkdir -p /run/sshd
/usr/sbin/sshd -D -f "$work/sshd.conf" 2>/dev/null &
started+=($!)
"$work/line" $((port + 1)) "$port" 50 & # round trip, ms
started+=($!)
"$work/line" $((port + 2)) "$port" 50 100 & # and Mbit/s
started+=($!)
for at in 0 1 2; do
  echo "[127.0.0.1]:$((port + at)) $(cut -d' ' -f1,2 "$work/host.pub")" >>"$work/known"
done
sleep 1

seconds() { # seconds COMMAND...: its wall time
  local begun=$EPOCHREALTIME
  "$@" >"$work/out" 2>"$work/err" || true
  awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }'
}
cat_it() { ssh -F none -i "$work/user" -o UserKnownHostsFile="$work/known" -p "$1" "$USER@127.0.0.1" cat "$2" >/dev/null; }
pull() { "$drive" --batch --identity "$work/user" --known-hosts "$work/known" "$@"; }
look() { "$ikewalk" check --progress never --format json --identity "$work/user" --known-hosts "$work/known" "$@"; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
USER=${USER:-$(id -un)}

row() { # row NAME PORT LOG
  local round url=ssh://$USER@127.0.0.1:$2$work/$3
  rm -f "$work"/*.times
  for ((round = 0; round < rounds; round++)); do
    seconds cat_it "$2" "$work/$3" >>"$work/cat.times"
    seconds pull --whole "$url" >>"$work/whole.times"
    grep -q "^done ssh $(stat -c %s "$work/$3")" "$work/out" || { echo "gateway.sh: not all came: $(cat "$work/out")" >&2; exit 1; }
    seconds look "$url" >>"$work/check.times"
    grep -q '"complete": *true' "$work/out" || { echo "gateway.sh: $(cat "$work/err")" >&2; exit 1; }
  done
  awk -v name="$1" -v cat="$(median "$work/cat.times")" -v whole="$(median "$work/whole.times")" \
    -v check="$(median "$work/check.times")" 'BEGIN {
      printf "  %-34s %8.2f %8.2f %6.2f %8.2f %6.2f\n", name, cat, whole, whole / cat, check, check / cat }'
}
printf '%s bytes, medians of %s rounds, seconds\n' "$size" "$rounds"
printf '  %-34s %8s %8s %6s %8s %6s\n' '' 'ssh cat' 'whole' 'x cat' 'check' 'x cat'
row 'loopback, all lines ours' "$port" all.log
row '50 ms, all lines ours' $((port + 1)) all.log
row '50 ms, 100 Mbit/s, 5 % ours' $((port + 2)) mixed.log
