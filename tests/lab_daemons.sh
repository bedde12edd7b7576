#!/usr/bin/env bash
# A gateway with two real daemons: pluto and charon, in one network or two, with the ports of IKE or without. ikewalk
# reads it over SSH and tells by evidence which of them serves IKE there, and says so where it cannot tell.
set -u
bin=${IKEWALK_BIN:?}
[ -x "$bin" ] || { echo "$bin: cannot run it"; exit 1; }
here=${IKEWALK_SOURCE_DIR:?}/tests/lab
. "$here/namespaces.sh"

if [ -z "${LAB_INSIDE:-}" ]; then
  wants /usr/libexec/ipsec/pluto /usr/sbin/sshd ss pgrep
  [ -x "$IKEWALK_SOURCE_DIR/build/beside/usr/lib/ipsec/charon" ] || cannot "charon is missing; ./packages test unpacks it"
  LAB_INSIDE=yes exec "${as_root[@]}" bash "$0" "$@"
fi
. "$here/ends.sh"

a=198.51.100.10 b=198.51.100.20
mkdir -p "$work"/{west,north,other}/log
printf 'config setup\n\tlogfile=/var/log/pluto.log\n' >"$work/west/ipsec.conf"
: >"$work/west/ipsec.secrets"
for end in north other; do
  printf 'connections { office { version = 2 \n children { net { } } } }\n' >"$work/$end/swanctl.conf"
done
start west $a $b 192.168.10.1; west=$pid
unshare -n sleep 1000 & # the other end of pluto's wire
started+=($!)
until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add eth0 netns "$west" type veth peer name eth0 netns $! || give_up 'no wire'
await 15 "$work/west/log/pluto.log" 'loading secrets from' || give_up 'pluto does not start'

ssh-keygen -q -t ed25519 -N '' -f "$work/host" && ssh-keygen -q -t ed25519 -N '' -f "$work/user" || exit 1
chmod 755 "$work" # an account without rights runs what stands there
printf '#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n' >"$work/nobody"
chmod 755 "$work/nobody"
sshd() { # sshd PID PORT [LINE]: in the namespaces of a daemon
  {
    printf '%s\n' "Port $2" 'ListenAddress 127.0.0.1' "HostKey $work/host" "AuthorizedKeysFile $work/user.pub" \
      'PidFile none' 'StrictModes no' 'UsePAM no' 'PasswordAuthentication no' 'PermitRootLogin yes' "${3:-}"
  } >"$work/sshd-$2"
  echo "[127.0.0.1]:$2 $(cut -d' ' -f1,2 "$work/host.pub")" >>"$work/known"
  nsenter -t "$1" -n -m -u sh -c "mkdir -p /run/sshd; exec /usr/sbin/sshd -D -e -f $work/sshd-$2" 2>"$work/sshd-$2.log" &
  started+=($!)
  await 10 "$work/sshd-$2.log" 'Server listening' || { cat "$work/sshd-$2.log"; give_up 'sshd does not start'; }
}
# finds WHAT PID PORT COMMAND DOUBT: reads over SSH in this network, with this state command; the words of the doubt,
# or none.
finds() {
  nsenter -t "$2" -n timeout 60 "$bin" check --format json --identity "$work/user" --known-hosts "$work/known" \
    "ssh://root@127.0.0.1:$3" >"$work/report" 2>"$work/err"
  grep -qF "127.0.0.1: $4\"" "$work/report" || { fail "$1: no '$4' was asked: $(cat "$work/err")"; grep '"name"' "$work/report"; }
  if [ -n "$5" ]; then
    grep -qF -e "$5" "$work/err" || fail "$1: it is not said that '$5': $(cat "$work/err")"
  elif grep -F 'both' "$work/err"; then
    fail "$1: a doubt where there is none"
  fi
}
sshd "$west" 2221
sshd "$west" 2222 "ForceCommand $work/nobody"
finds 'pluto alone' "$west" 2221 'ipsec status' ''

unshare -n -m -u bash "$here/charon.sh" "$work/north" north $b $a >"$work/north/out" 2>&1 &
north=$!
started+=($north)
sleep 0.5
ip link add name eth0 netns $north type veth peer name eth1 netns $north
await 20 "$work/north/loaded" 'status' || { cat "$work/north"/{out,loaded}; give_up 'charon does not start'; }
finds 'charon in a network of its own' "$west" 2221 'ipsec status' ''
finds 'seen by an account without rights' "$west" 2222 'ipsec status' 'both are running there'

nsenter -t "$west" -n unshare -m -u bash "$here/charon.sh" "$work/other" other 198.51.100.30 $b >"$work/other/out" 2>&1 &
other=$!
started+=($other)
await 20 "$work/other/loaded" 'status' || { cat "$work/other"/{out,loaded}; give_up 'the second charon does not start'; }
# charon takes the ports for all addresses, pluto those of each: what comes goes to pluto.
finds 'both in one network' "$west" 2221 'ipsec status' 'goes to its sockets'

sshd "$north" 2223
finds 'charon, where pluto is installed and runs elsewhere' "$north" 2223 'swanctl --list-sas' ''
echo "$failures failures"
[ $failures = 0 ]
