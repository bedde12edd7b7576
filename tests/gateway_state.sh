#!/usr/bin/env bash
# The state of a gateway beside a perfect log: the kernel of a real one, with a fault that its policies, routes, settings, packet
# filter and counters show (each is read over SSH, named, and mended); and devices with a command line, played from texts.
set -u
. "$IKEWALK_SOURCE_DIR/tests/gateway/sshd.sh"
out=$work/out
known "$work/known" "$work/host" 2261 2262 2263
for tool in nft sysctl pgrep; do
  command -v $tool >/dev/null || { fail "$tool is missing; ./packages test installs it"; summary; }
done
check() { timeout 90 "$IKEWALK_BIN" check --format json --known-hosts "$work/known" --identity "$work/user" --timeout 10 "$@" >"$out" 2>"$work/err"; }
verdict() { # verdict NAME CAUSE STATE-OF-UPDOWN: of the first tunnel
  local got
  got=$(python3 - "$out" <<'PY' 2>&1
import json, sys
t = json.load(open(sys.argv[1]))["tunnels"][0]
print(t["verdict"]["cause"], next(l["state"] for l in t["ladder"] if l["checkpoint"] == "updown"))
PY
)
  is "$1" "$got" "$2 $3"
  [ "$got" = "$2 $3" ] || { head -c 300 "$work/err"; python3 -c "
import json,sys
j=json.load(open('$out'))
for s in j['sources']: print(s['name'], s['lines'], s['recognised'], s['not_understood'], s['problem'])
print([l for l in j['tunnels'][0]['ladder'] if l['checkpoint'] in ('updown', 'traffic')])"; }
}
path() { # path NAME CHECK STATE: of the path of the tunnel; empty: nothing is known
  is "$1" "$2 $(python3 -c "
import json
print(*[c['state'] for c in json.load(open('$out'))['encapsulation']['checks'] if c['id'] == '$2'])" 2>&1)" "$2 $3"
}

# The gateway: a LAN with a host in it, and a line to the world; its daemon's log and words are texts.
mount -t tmpfs tmpfs /var/log
cp "$IKEWALK_SOURCE_DIR/assets/logs/pluto/ok-main-initiator.log" /var/log/pluto.log
unshare -n sleep 1000 &
lan=$!
started+=($lan)
until [ "$(readlink /proc/$lan/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add lan0 type veth peer name eth0 netns $lan
ip address add 192.168.10.1/24 dev lan0
ip link set lan0 up
nsenter -t $lan -n sh -c 'ip link set lo up; ip address add 192.168.10.5/24 dev eth0; ip link set eth0 up; ip route add default via 192.168.10.1'
ip link add wan0 type veth peer name wan1
ip address add 198.51.100.10/27 dev wan0
ip link set wan0 up
ip link set wan1 up
ip route add default via 198.51.100.1
ip neigh add 198.51.100.1 lladdr 02:00:00:00:00:01 dev wan0
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
# In clear text where no SA is, so that the packet filter meets it; or never without one.
optional='tmpl proto esp mode transport level use'
required='tmpl src 198.51.100.10 dst 203.0.113.20 proto esp mode tunnel'
policy() { ip xfrm policy "$1" src 192.168.10.0/24 dst 192.168.20.0/24 dir out ${2:-}; }
policy add "$optional"
mkdir "$work/bin"
cat >"$work/bin/ipsec" <<SH
#!/bin/sh
out=\$(cat $work/out-bytes)
case \$1 in
--version) echo "Linux Libreswan 4.10" ;;
status) echo '000 "branch-hq": 192.168.10.0/24===198.51.100.10...203.0.113.20===192.168.20.0/24; erouted; eroute owner: #2' ;;
trafficstatus) echo "006 #2: \"branch-hq\", type=ESP, add_time=0, inBytes=0, outBytes=\$out, maxBytes=2^63B, id='203.0.113.20'" ;;
esac
SH
printf '#!/bin/sh\nPATH=%s:$PATH exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n' "$work/bin" >"$work/gateway"
chmod 755 "$work/bin/ipsec" "$work/gateway"
echo 0 >"$work/out-bytes"
server 2261 "ForceCommand $work/gateway"
look() { check --no-traffic ssh://root@127.0.0.1:2261; }

look
verdict 'nothing is wrong that the kernel shows' updown.route suspected # a ping from the gateway itself proves nothing
holds 'own source' "$out" 'updown-own-source'
holds 'own source' "$out" 'asked 192.168.20.0 via 198.51.100.1 dev wan0'

sysctl -qw net.ipv4.ip_forward=0
look
verdict forwarding updown.forwarding failed
sysctl -qw net.ipv4.ip_forward=1

policy delete
ip xfrm policy add src 192.168.77.0/24 dst 192.168.88.0/24 dir out
look
verdict 'no policy' updown.kernel failed
ip xfrm policy delete src 192.168.77.0/24 dst 192.168.88.0/24 dir out
policy add "$optional"

# The main table is right, and a rule sends the traffic elsewhere: only the kernel's own answer shows it.
ip route add default via 192.168.10.254 dev lan0 table 99
ip rule add to 192.168.20.0/24 table 99
look
verdict 'a rule to another table' updown.route failed
holds 'a rule to another table' "$out" 'updown-route-elsewhere'
ip rule delete to 192.168.20.0/24 table 99

ip address add 192.168.20.129/25 dev lan0
look
verdict overlap updown.overlap failed
ip address delete 192.168.20.129/25 dev lan0

nft -f - <<'NFT' || fail 'nft does not load the translation'
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname "wan0" counter masquerade
  }
}
NFT
look
verdict NAT updown.nat-before-ipsec failed
path NAT own-packets failed
nft insert rule ip nat postrouting ip saddr 192.168.10.0/24 ip daddr 192.168.20.0/24 accept
look
verdict 'NAT spared' updown.route suspected
path 'NAT spared' own-packets ''
nft delete table ip nat

nft -f - <<'NFT' || fail 'nft does not load the filter'
table inet filter {
  chain forward {
    type filter hook forward priority filter
    ip saddr 192.168.10.0/24 ip daddr 192.168.20.0/24 counter drop
  }
}
NFT
look
verdict 'a drop rule that met nothing' updown.route suspected
nsenter -t $lan -n bash -c 'for n in 1 2 3; do echo $n >/dev/udp/192.168.20.5/9; done'
look
verdict firewall updown.firewall failed
nft delete table inet filter

# Drops that grow while it is read: the policy is there, the kernel has no SA for it.
policy delete
policy add "$required"
echo 252 >"$work/out-bytes"
nsenter -t $lan -n bash -c 'while sleep 0.05; do echo x >/dev/udp/192.168.20.5/9; done' 2>/dev/null &
started+=($!)
check ssh://root@127.0.0.1:2261
grep -h . /proc/net/xfrm_stat | grep -v '[^0-9]0$'
verdict 'drops grow' updown.no-sa suspected

# --- the path: sockets, mappings and drops of the ports of IKE
nft -f - <<'NFT' || fail 'nft does not load the mappings'
table ip nat {
  chain prerouting {
    type nat hook prerouting priority dstnat
    udp dport 500 counter dnat to 192.168.10.5:500
  }
}
NFT
check ssh://root@127.0.0.1:2261
path '500 is mapped, 4500 is not' nat-t failed
nft add rule ip nat prerouting udp dport 4500 counter dnat to 192.168.10.5:4501
check ssh://root@127.0.0.1:2261
path '4500 is mapped to 4501' nat-t failed
holds '4500 is mapped to 4501' "$out" 'dnat to 192.168.10.5:4501'
nft delete table ip nat
python3 -c 'import socket, time; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("", 500)); time.sleep(60)' &
started+=($!)
until ss -lun | grep -q ':500 '; do sleep 0.05; done
check ssh://root@127.0.0.1:2261
path 'nobody listens on 4500, should there be NAT' nat-t suspected
holds 'the socket' "$out" 'listens_udp500'
nft -f - <<'NFT' || fail 'nft does not load the filter'
table inet filter {
  chain input {
    type filter hook input priority filter
    udp dport 500 counter drop
  }
}
NFT
echo x >/dev/udp/127.0.0.1/500
check ssh://root@127.0.0.1:2261
path 'a filter has dropped UDP 500' udp500 failed
nft delete table inet filter

# --- devices: a router and a firewall, each with its own way to be quiet, its prompt, its refusals and its counters
play() { # play FOLDER PROMPT QUIET: a shell whose answers are files; COUNT in them grows with each question
  cat >"$work/$1.sh" <<SH
#!/bin/bash
stty -echo -onlcr -icrnl
printf 'Authorized users only\r\n'
quiet= count=0
while printf '$2' && IFS= read -r line; do
  line=\${line%\$'\r'} count=\$((count + 1))
  printf '%s\r\n' "\$line"
  if [ "\$line" = '$3' ]; then quiet=1
  elif [ -z "\$quiet" ] && [ -e "$work/$1/\$line" ]; then printf -- '<--- More --->'; read -r line
  elif [ -e "$work/$1/\$line" ]; then sed "s/COUNT/\$count/; s/\\$/\r/" "$work/$1/\$line"
  else printf '%% Invalid input detected at marker.\r\n'
  fi
done
SH
  chmod 755 "$work/$1.sh"
}
pair() { # pair LOCAL REMOTE PEER-LINE SENT RECEIVED
  printf 'interface: outside\n    Crypto map tag: OUTSIDE, local addr 192.0.2.1\n\n   local  ident (addr/mask/prot/port): (%s/0/0)\n   remote ident (addr/mask/prot/port): (%s/0/0)\n   %s\n     PERMIT, flags={origin_is_acl,}\n    #pkts encaps: %s, #pkts encrypt: %s, #pkts digest: %s\n    #pkts decaps: %s, #pkts decrypt: %s, #pkts verify: %s\n    #send errors 0, #recv errors 0\n     local crypto endpt.: 192.0.2.1, remote crypto endpt.: 198.51.100.2\n     current outbound spi: 0x5A6B7C8D(1516993677)\n' \
    "$1" "$2" "$3" "$4" "$4" "$4" "$5" "$5" "$5"
}
mkdir "$work/router" "$work/firewall"
printf 'Cisco IOS XE Software, Version 17.03.04a\nuptime is 2 weeks\n' >"$work/router/show version"
{ # longer than what a probe may answer
  for n in $(seq 4000); do echo "*Mar  3 08:14:00.000: %SYS-5-CONFIG_I: Configured from console by netops on vty0 ($n)"; done
  cat "$IKEWALK_SOURCE_DIR/assets/logs/cisco-ios/ok-responder.log"
} >"$work/router/show logging"
pair 10.1.1.0/255.255.255.0 10.2.2.0/255.255.255.0 'current_peer 198.51.100.2 port 500' 4 0 >"$work/router/show crypto ipsec sa"
printf 'Crypto Map IPv4 "OUTSIDE" 10 ipsec-isakmp\n        Peer = 198.51.100.2\n        PFS (Y/N): N\n' >"$work/router/show crypto map"
printf 'Cisco Adaptive Security Appliance Software Version 9.16(4)\n' >"$work/firewall/show version"
cp "$IKEWALK_SOURCE_DIR/assets/logs/cisco-asa/ok-main-initiator.log" "$work/firewall/show logging"
pair 10.1.0.0/255.255.0.0 10.2.0.0/255.255.0.0 'current_peer: 203.0.113.9' 0 7 >"$work/firewall/show crypto ipsec sa"
printf 'crypto map outside_map 1 match address outside_cryptomap\ncrypto map outside_map 1 set peer 203.0.113.9\n' >"$work/firewall/show running-config crypto map"
play router 'gw-1#' 'terminal length 0'
play firewall 'fw-1/act# ' 'terminal pager 0'
server 2262 "ForceCommand $work/router.sh" 'VersionAddendum Cisco-1.25'
server 2263 "ForceCommand $work/firewall.sh" 'VersionAddendum Cisco-2.0'

check ssh://root@127.0.0.1:2262
verdict 'router, out only' updown.no-traffic suspected
holds 'router' "$out" '#pkts encaps: 4'
lacks 'router: no prompt in a source' "$out" 'gw-1#'
check ssh://root@127.0.0.1:2263
verdict 'firewall, in only' updown.no-traffic suspected
holds 'firewall' "$out" 'updown-in-only'
pair 10.1.0.0/255.255.0.0 10.2.0.0/255.255.0.0 'current_peer: 203.0.113.9' 9 7 >"$work/firewall/show crypto ipsec sa"
check ssh://root@127.0.0.1:2263
verdict 'firewall, both' None passed

# What takes traffic away: a list that drops ESP and counts on while it is read, a translation, and a route back inside.
cat >"$work/router/show access-lists" <<'TEXT'
Extended IP access list OUTSIDE-IN
    10 permit udp host 198.51.100.2 any eq isakmp (41 matches)
    20 deny esp any any (COUNT matches)
    30 permit ip any any (90 matches)
TEXT
printf '%s\n' 'GigabitEthernet0/0 is up, line protocol is up' '  Inbound  access list is OUTSIDE-IN' >"$work/router/show ip interface | include line protocol|access list is"
routes() { # routes REST...: the table of the router
  printf '%s\n' "$@" 'C        10.1.1.0/24 is directly connected, GigabitEthernet0/1' 'C        192.0.2.0/24 is directly connected, GigabitEthernet0/0' \
    'L        192.0.2.1/32 is directly connected, GigabitEthernet0/0' >"$work/router/show ip route"
}
routes 'Gateway of last resort is 192.0.2.254 to network 0.0.0.0' '' 'S*    0.0.0.0/0 [1/0] via 192.0.2.254'
check ssh://root@127.0.0.1:2262
verdict 'router, a list drops ESP' updown.firewall failed
is 'router, both readings are proofs' "$(grep -o '20 deny esp any any ([0-9]* matches)' "$out" | sort -u | wc -l)" 2
sed 's/encaps: 4/encaps: 0/; s/encrypt: 4/encrypt: 0/' -i "$work/router/show crypto ipsec sa"
routes 'Gateway of last resort is not set' '' '      10.0.0.0/24 is subnetted, 2 subnets' 'S        10.2.2.0 [1/0] via 10.1.1.254'
check --no-traffic ssh://root@127.0.0.1:2262
verdict 'router, the route leads inside' updown.route failed
pair 10.1.0.0/255.255.0.0 10.2.0.0/255.255.0.0 'current_peer: 203.0.113.9' 0 0 >"$work/firewall/show crypto ipsec sa"
printf '%s\n' 'Auto NAT Policies (Section 2)' '1 (inside) to (outside) source dynamic LAN interface' '    translate_hits = 31, untranslate_hits = 4' \
  '    Source - Origin: 10.1.0.0/16, Translated: 192.0.2.1/24' >"$work/firewall/show nat detail"
check --no-traffic ssh://root@127.0.0.1:2263
verdict 'firewall, NAT' updown.nat-before-ipsec failed
grep -v 713041 "$IKEWALK_SOURCE_DIR/assets/logs/cisco-asa/ok-main-initiator.log" >"$work/firewall/show logging"
check --no-traffic ssh://root@127.0.0.1:2263
verdict 'firewall, NAT, networks only in its state' updown.nat-before-ipsec failed
holds 'networks of the state' "$out" 'takes traffic from 10.1.0.0/255.255.0.0'
holds 'firewall, NAT' "$out" 'source dynamic LAN interface'

# --- configurations: of a router and of a daemon, without the keys in them, compared with that of the other end
cat >"$work/router/show running-config | section ^crypto (isakmp policy|ipsec|map|ikev2 (proposal|policy|profile))" <<'TEXT'
crypto ikev2 profile HQ
 match identity remote address 198.51.100.2 255.255.255.255
 authentication local pre-share key 0 open-sesame
 authentication remote pre-share
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map OUTSIDE 10 ipsec-isakmp
 set peer 198.51.100.2
 set transform-set TS
 match address VPN
TEXT
printf '%s\n' 'ip access-list extended VPN' ' permit ip 10.1.1.0 0.0.0.255 10.2.2.0 0.0.0.255' >"$work/router/show running-config | section ^ip access-list extended"
cat >"$work/other.conf" <<'TEXT'
conn to-router
	left=198.51.100.2
	right=192.0.2.1
	leftsubnet=10.2.2.0/24
	rightsubnet=10.1.3.0/24
	authby=secret
	ikev2=no
	ike=aes256-sha2_256;modp2048
	esp=aes256-sha2_256
TEXT
check ssh://root@127.0.0.1:2262 --peer-of "$work/other.conf"
holds 'router, its configuration is compared' "$out" '"predicted"'
lacks 'router, no key is kept' "$out" open-sesame
summary
