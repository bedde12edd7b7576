#!/usr/bin/env bash
# The path between two real plutos with a router between them, each in namespaces of its own: for each way in
# which the router loses or changes packets, the log of one end beside a capture of the wire decides what
# the log alone cannot; and the active check asks the responder, and says what the answer proves.
set -u
bin=${IKEWALK_BIN:?}
[ -x "$bin" ] || { echo "$bin: cannot run it"; exit 1; }
here=${IKEWALK_SOURCE_DIR:?}/tests/lab

export LC_ALL=C.UTF-8 TZ=UTC

. "$here/namespaces.sh"

if [ -z "${PATH_INSIDE:-}" ]; then
  wants /usr/libexec/ipsec/pluto nft tcpdump tmux
  PATH_INSIDE=yes exec "${as_root[@]}" bash "$0" "$@"
fi

. "$here/ends.sh"

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

# The rules of the router: west is translated, and what a case breaks comes on top.
rules() { # rules [RULE OF THE FORWARD CHAIN...]
  nft flush ruleset
  nft -f - <<NFT || give_up 'nft takes no rules'
table ip way {
  chain out { type nat hook postrouting priority 100; oifname "wan1" masquerade; }
  chain pass { type filter hook forward priority 0; }
}
NFT
  local rule
  for rule; do nft add rule ip way pass "$rule" || give_up "nft does not take: $rule"; done
}

# attempt IKEV2 KEY INTERFACE: west tries until it gives up; the wire is then in $work/wire.pcap
attempt() {
  local end
  for end in west east; do : >"$work/$end/log/pluto.log"; done
  write west $a $b "$2" "ikev2=$1"
  write east $b %any "$right_key" "ikev2=$1"
  for end in west east; do
    at $end ipsec auto --rereadsecrets >/dev/null 2>&1
    at $end ipsec auto --replace office >"$work/load" 2>&1 || fail "$end does not load: $(cat "$work/load")"
  done
  tcpdump -i "$3" --immediate-mode -U -w "$work/wire.pcap" 'udp or icmp or tcp' 2>"$work/tcpdump" &
  local tcpdump=$!
  started+=("$tcpdump")
  await 10 "$work/tcpdump" 'listening on' || give_up 'tcpdump does not start'
  at west ipsec auto --asynchronous --up office >/dev/null 2>&1
  await 15 "$work/west/log/pluto.log" 'timeout exceeded|Child SA with|Add SA .*errno|established Child' ||
    fail 'the attempt does not end'
  kill "$tcpdump" && wait "$tcpdump" 2>/dev/null
  at west ipsec auto --down office >/dev/null 2>&1
}
# says WHAT END CHECKPOINT STATE CAUSE CERTAINTY: the verdict on the log of an end beside the wire, proven by the wire
says() {
  "$bin" check --format json "$work/$2/log/pluto.log" "$work/wire.pcap" >"$work/report" 2>"$work/err"
  local verdict
  verdict=$(python3 - "$work/report" <<'PY' 2>&1
import json, sys
report = json.load(open(sys.argv[1]))
# Of several attempts of strangers the one that the capture covers; the last may have begun when it ended.
tunnels = sorted(report["tunnels"], key=lambda t: t["verdict"]["certainty"] != "certain")
tunnel = tunnels[0]
v = tunnel["verdict"]
finding = [f for f in tunnel["findings"] if f["id"] == v["finding"]][0]
wire = [i for i, s in enumerate(report["sources"]) if s["kind"] == "capture"]
proof = "proven" if any(e["source"] in wire for e in finding["evidence"]) else "unproven"
others = ",".join(a["cause"] for a in finding["alternatives"])
print(v["checkpoint"], v["state"], v["cause"], v["certainty"], proof, others)
PY
)
  case $verdict in
    "$3 $4 $5 $6 proven"*) ;;
    *) fail "$1, the log of $2: $verdict, not $3 $4 $5 $6; $(cat "$work/err")" ;;
  esac
  alternatives=${verdict##* }
}

. "$here/asks.sh"
asks_from $west "$work/west/log/pluto.log"

rules 'udp dport 4500 drop'
attempt no "$right_key" any
says 'UDP 4500 dropped, main mode' west contact failed contact.nat-t-blocked certain
says 'UDP 4500 dropped, main mode' east contact failed contact.nat-t-blocked certain
# The same in the wizard: the capture is added to the log that is open, and the ladder changes.
if wizard 'a capture is added'; then
  shows 5 'No answer to our first encrypted message' || fail 'without a capture the key is not suspected'
  cp "$work/wire.pcap" "$work/west/log" # what is added is looked for beside the log first
  key a
  shows 5 'A packet capture' || fail 'no capture can be added'
  key G
  key Enter
  shows 5 'Folder:'
  key /
  key -l wire.pcap
  key Enter
  shows 5 'Enter reads wire.pcap' || { fail 'the capture is not found'; screen; }
  key Enter
  shows 10 'holds UDP 4500 back' || { fail 'the ladder does not change with the capture'; screen; }
  shows 5 'wire.pcap' || fail 'the title does not name the capture'
  key p
  shows 5 'does not connect.*UDP 4500.*holds UDP 4500 back' || { fail 'the path does not know the capture'; screen; }
  closed
fi
attempt yes "$right_key" any
says 'UDP 4500 dropped, IKEv2' west contact failed contact.nat-t-blocked certain
# Seen in front of the router only, a lost port and a wrong key are the same, and both are named.
attempt no "$right_key" wan0
says 'UDP 4500 dropped, seen from one side' west contact suspected contact.nat-t-blocked possible
[[ $alternatives == *psk.mismatch* ]] || fail "a wrong key is not named beside it: $alternatives"
rules
attempt no "$other_key" wan0
says 'a wrong key, seen from one side' west contact suspected contact.nat-t-blocked possible
[[ $alternatives == *psk.mismatch* ]] || fail "a wrong key is not named beside it: $alternatives"
attempt no "$other_key" any
says 'a wrong key, seen on both sides' west psk suspected psk.mismatch likely
rules 'udp dport 4500 reject with icmp type port-unreachable'
attempt yes "$right_key" wan0
says 'UDP 4500 refused' west contact failed contact.nat-t-blocked likely

rules
check 'a daemon answers' $b 'UDP 500 is answered.*It passes' 'UDP 4500.*It passes' \
  'UDP 500: IKEv2 answered.*UDP 4500: IKEv2 answered.*TCP 4500: refused'
rules 'udp dport 4500 drop'
check 'UDP 4500 dropped' $b 'UDP 500 is answered.*It passes' 'Nothing came back from 4500' 'UDP 4500: IKEv2 silent, IKEv1 silent'
rules 'udp dport { 500, 4500 } drop'
check 'UDP dropped' $b 'UDP 500: IKEv2 silent.*IKEv1 silent' 'Silence proves nothing' 'not enough is known'
rules 'udp dport { 500, 4500 } reject with icmp type port-unreachable'
check 'UDP refused' $b 'IKE cannot even start' 'UDP 500: IKEv2 refused'
rules
stops
timeout 20 nsenter -t "$east" -n nft add table ip way
timeout 20 nsenter -t "$east" -n nft 'add chain ip way in { type nat hook prerouting priority -100; }'
timeout 20 nsenter -t "$east" -n nft add rule ip way in udp dport 4500 redirect to :4501
check 'UDP 4500 led to a port where nobody listens' $b 'UDP 500 is answered.*It passes' 'It is refused'
timeout 20 nsenter -t "$east" -n nft flush chain ip way in
timeout 20 nsenter -t "$east" -n nft add rule ip way in udp dport 4500 redirect to :500
check 'UDP 4500 led to 500' $b 'UDP 500 is answered.*It passes' 'UDP 4500 is mapped to port 500' 'does not connect'
# Without a yes nothing is sent: no packet leaves.
tcpdump -i wan0 -U -w "$work/none.pcap" host 203.0.113.99 2>"$work/tcpdump" &
started+=($!)
await 10 "$work/tcpdump" 'listening on' || give_up 'tcpdump does not start'
offered 'without a yes' 203.0.113.99 && key Escape
sleep 2
closed
[ "$(stat -c %s "$work/none.pcap")" -le 24 ] || fail 'packets were sent without a yes'
[ $failures = 0 ] && echo 'the path: all as it must be'
[ $failures = 0 ]
