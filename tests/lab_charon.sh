#!/usr/bin/env bash
# The active check against a real charon, which answers two versions of IKE on both ports, or is cut off from them
# by the gateway in front of it.
set -u
bin=${IKEWALK_BIN:?}
[ -x "$bin" ] || { echo "$bin: cannot run it"; exit 1; }
here=${IKEWALK_SOURCE_DIR:?}/tests/lab
export LC_ALL=C.UTF-8 TZ=UTC

. "$here/namespaces.sh"

if [ -z "${CHARON_INSIDE:-}" ]; then
  wants nft tmux
  [ -x "$IKEWALK_SOURCE_DIR/build/beside/usr/lib/ipsec/charon" ] || cannot "charon is missing; ./packages test unpacks it"
  CHARON_INSIDE=yes exec "${as_root[@]}" bash "$0" "$@"
fi

. "$here/ends.sh"

inside=203.0.113.1 north=203.0.113.30
mkdir -p "$work/north/log"
cat >"$work/north/swanctl.conf" <<CONFIG
connections { office {
  version = 0
  proposals = aes256-sha256-modp2048
  local { auth = psk
    id = north.example }
  remote { auth = psk }
  children { net { local_ts = 192.168.30.0/24 } }
} }
secrets { ike-1 { secret = "charon-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" } }
CONFIG
unshare -n -m -u bash "$here/charon.sh" "$work/north" north $north $inside >"$work/north/out" 2>&1 &
pid=$! charon=$!
started+=("$pid")
ours=$(readlink /proc/self/ns/net) until=$((SECONDS + 10))
while [ "$(readlink /proc/$pid/ns/net)" = "$ours" ]; do
  [ $SECONDS -lt $until ] || give_up 'charon has no network of its own'
  sleep 0.02
done
ip link add wan0 type veth peer name eth0 netns "$pid" || give_up 'no wire to charon'
ip address add $inside/24 dev wan0 && ip link set lo up && ip link set wan0 up
await 20 "$work/north/loaded" 'status 0' || { cat "$work/north"/{out,loaded}; give_up 'charon does not start'; }

# The address of a gateway in front of it, which is this namespace: what it maps of its own address goes to charon.
door=198.51.100.9
ip address add $door/32 dev lo
rules() { # rules [RULE OF WHAT IS MAPPED HERE...]
  nft flush ruleset
  nft -f - <<NFT || give_up 'nft takes no rules'
table ip way { chain lead { type nat hook output priority -100; }; }
NFT
  local rule
  for rule; do nft add rule ip way lead "ip daddr $door $rule" || give_up "nft does not take: $rule"; done
}
filter() { # filter [RULE]: what of the packets that come to charon is lost
  nsenter -t "$charon" -n nft -f - <<NFT || give_up 'nft takes no rules at charon'
flush ruleset
table ip way { chain in { type filter hook input priority 0; $*; }; }
NFT
}

# A log beside which the check is asked.
cat >"$work/west.log" <<'LOG'
Nov 26 02:01:54.284841: "office" #1: initiating IKEv2 connection
Nov 26 02:01:54.297167: "office" #1: sent IKE_SA_INIT request to 203.0.113.30:500
Nov 26 02:01:54.799714: "office" #1: STATE_PARENT_I1: retransmission; will wait 0.5 seconds for response
LOG
. "$here/asks.sh"
asks_from $$ "$work/west.log"

both='IKEv2 answered, IKEv1 answered'
rules
check 'charon answers' $north 'UDP 500 is answered.*It passes' "UDP 500: $both. UDP 4500: $both. TCP 4500: refused"
filter 'udp dport 4500 drop'
check 'UDP 4500 blocked' $north "UDP 500: $both. UDP 4500: IKEv2 silent, IKEv1 silent" 'Nothing came back from 4500'
filter 'udp dport { 500, 4500 } reject with icmp type port-unreachable'
check 'refused' $north 'UDP 500: IKEv2 refused, IKEv1 refused. UDP 4500: IKEv2 refused' 'does not connect'
filter
rules "udp dport 500 dnat to $north:500" "udp dport 4500 dnat to $north:4500"
check 'mapped as it must be' $door "UDP 500: $both. UDP 4500: $both"
rules "udp dport 500 dnat to $north:500"
check '500 mapped, 4500 not' $door "UDP 500: $both. UDP 4500: IKEv2 refused, IKEv1 refused"
rules "udp dport 500 dnat to $north:500" "udp dport 4500 dnat to $north:500"
check '4500 mapped to 500' $door 'UDP 4500: IKEv2 silent' 'UDP 4500 is mapped to port 500' 'does not connect'
rules "udp dport 500 dnat to $north:4500" "udp dport 4500 dnat to $north:4500"
check '500 mapped to 4500' $door "UDP 4500: $both" 'mapping leads to 4500' 'does not connect'
[ $failures = 0 ] && echo 'charon: all as it must be'
[ $failures = 0 ]
