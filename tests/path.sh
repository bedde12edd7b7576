#!/usr/bin/env bash
# The path between two real plutos with a router between them, each in namespaces of its own: for each way in
# which the router loses or changes packets, the log of one end beside a capture of the wire decides what
# the log alone cannot; and the active check asks the responder, and says what the answer proves.
set -u
bin=${IKEWALK_BIN:?}
[ -x "$bin" ] || { echo "$bin: cannot run it"; exit 1; }
here=${IKEWALK_SOURCE_DIR:?}/tests/lab

export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8 TZ=UTC

# Not possible here: skipped on somebody's desk, a failure for root in CI.
cannot() {
  if [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ]; then echo "FAILED: $*"; exit 1; fi
  echo "SKIPPED: $*"
  exit 77
}

if [ -z "${PATH_INSIDE:-}" ]; then
  as_root=(unshare -n -m)
  [ "$(id -u)" = 0 ] || as_root=(unshare -U -r --map-auto -n -m)
  why=$("${as_root[@]}" true 2>&1) || cannot "namespaces are not permitted (${as_root[*]}): $why"
  for tool in /usr/libexec/ipsec/pluto nft tcpdump; do
    command -v "$tool" >/dev/null || cannot "$tool is missing; ./packages test installs it"
  done
  PATH_INSIDE=yes exec "${as_root[@]}" bash "$0" "$@"
fi

work=$(mktemp -d) || exit 1
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
started=() failures=0
finish() {
  for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null; done
  { wait; } 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' TERM INT
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
await() { # await SECONDS FILE PATTERN: a line of the file matches
  local until=$((SECONDS + $1))
  until grep -qE -e "$3" "$2" 2>/dev/null; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.05
  done
}
give_up() {
  fail "$1"
  tail -n 20 "$work"/*/log/pluto.log "$work"/*/out 2>/dev/null
  exit 1
}

# West starts, behind the router that translates it; east answers.
a=192.0.2.10 inside=192.0.2.1 outside=198.51.100.1 b=198.51.100.20
right_key=path-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
other_key=path-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')

write() { # write END OWN PEER KEY [NAME=VALUE...]
  local end=$1 own=$2 peer=$3 key=$4 id=@west.example other=@east.example near=192.168.10.0/24 far=192.168.20.0/24
  shift 4
  if [ "$end" = east ]; then id=@east.example other=@west.example near=192.168.20.0/24 far=192.168.10.0/24; fi
  {
    printf 'config setup\n\tlogfile=/var/log/pluto.log\n\tikev1-policy=accept\nconn office\n'
    printf '\t%s\n' "left=$own" "right=$peer" "leftid=$id" "rightid=$other" "leftsubnet=$near" "rightsubnet=$far" \
      authby=secret auto=add retransmit-timeout=4s ike=aes256-sha2_256-modp2048 phase2alg=aes256-sha2_256 pfs=no "$@"
  } >"$work/$end/ipsec.conf"
  printf ': PSK "%s"\n' "$key" >"$work/$end/ipsec.secrets"
}
start() { # start END ADDRESS GATEWAY LAN: its PID is then in $pid
  unshare -n -m -u bash "$here/end.sh" "$work/$1" "$1" "$2" "$3" "$4" >"$work/$1/out" 2>&1 &
  pid=$!
  started+=("$pid")
  local ours until=$((SECONDS + 10))
  ours=$(readlink /proc/self/ns/net)
  while [ "$(readlink /proc/$pid/ns/net)" = "$ours" ]; do
    [ $SECONDS -lt $until ] || give_up "$1 has no network of its own"
    sleep 0.02
  done
}
at() { # at END COMMAND...: in the namespaces of an end
  local pid=$west
  [ "$1" = west ] || pid=$east
  shift
  timeout 20 nsenter -t "$pid" -n -m -u "$@"
}

mkdir -p "$work"/{west,east}
write west $a $b "$right_key"
write east $b %any "$right_key"
start west $a $inside 192.168.10.1; west=$pid
start east $b $outside 192.168.20.1; east=$pid
# This namespace is the router.
ip link add wan0 type veth peer name eth0 netns "$west" || give_up 'no wire to west'
ip link add wan1 type veth peer name eth0 netns "$east" || give_up 'no wire to east'
ip address add $inside/24 dev wan0 && ip address add $outside/24 dev wan1
ip link set lo up && ip link set wan0 up && ip link set wan1 up
echo 1 >/proc/sys/net/ipv4/ip_forward
for end in west east; do
  await 15 "$work/$end/log/pluto.log" 'loading secrets from' || give_up "pluto of $end does not start"
done
