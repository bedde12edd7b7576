#!/usr/bin/env bash
# Two real plutos and a real sshd, each end in namespaces of its own: for each fault that the kernel can
# show, ikewalk reads the responder over SSH and names the checkpoint; the configuration is mended, the
# tunnel started again, and the next reading shows that the verdict has moved.
set -u
bin=${IKEWALK_BIN:?}
[ -x "$bin" ] || { echo "$bin: cannot run it"; exit 1; }
here=${IKEWALK_SOURCE_DIR:?}/tests/lab

. "$here/namespaces.sh"

if [ -z "${LAB_INSIDE:-}" ]; then
  wants /usr/libexec/ipsec/pluto /usr/sbin/sshd
  # The two versions of IKE side by side: most of the time of each is waiting.
  said=$(mktemp -d) || exit 1
  workers=()
  trap 'kill "${workers[@]}" 2>/dev/null; wait; rm -rf "$said"' EXIT
  for version in IKEv1 IKEv2; do
    LAB_INSIDE=$version "${as_root[@]}" bash "$0" >"$said/$version" 2>&1 &
    workers+=($!)
  done
  status=0
  for worker in "${workers[@]}"; do wait "$worker" || status=1; done
  cat "$said"/*
  exit $status
fi

. "$here/ends.sh"

a=198.51.100.10 b=198.51.100.20
right_key=lab-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
other_key=lab-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')

ikev2=yes other_version=no
[ "$LAB_INSIDE" = IKEv2 ] || ikev2=no other_version=yes

# The sound configuration of both ends; what a case breaks comes after it, and the last word counts.
declare -A sound=([ikev2]=$ikev2 [ike]=aes256-sha2_256-modp2048 [phase2alg]=aes256-sha2_256
  [leftid]=@west.example [rightid]=@east.example [leftsubnet]=192.168.10.0/24 [rightsubnet]=192.168.20.0/24)
write() { # write END KEY [NAME=VALUE...]: the files of west or east
  local end=$1 key=$2 name
  local -A conn
  for name in "${!sound[@]}"; do conn[$name]=${sound[$name]}; done
  shift 2
  for name; do conn[${name%%=*}]=${name#*=}; done
  {
    printf 'config setup\n\tlogfile=/var/log/pluto.log\n\tikev1-policy=accept\nconn office\n'
    printf '\t%s\n' left=$a right=$b authby=secret auto=add retransmit-timeout=4s pfs=no
    for name in "${!conn[@]}"; do printf '\t%s=%s\n' "$name" "${conn[$name]}"; done
  } >"$work/$end/ipsec.conf"
  printf ': PSK "%s"\n' "$key" >"$work/$end/ipsec.secrets"
}

mkdir -p "$work"/{west,east}
write west "$right_key"
write east "$right_key"
start west $a $b 192.168.10.1; west=$pid
start east $b $a 192.168.20.1; east=$pid
ip link add eth0 netns "$west" type veth peer name eth0 netns "$east" || give_up 'no wire between the ends'
log=$work/east/log/pluto.log
for end in west east; do
  await 15 "$work/$end/log/pluto.log" 'loading secrets from' || give_up "pluto of $end does not start"
done

ssh-keygen -q -t ed25519 -N '' -f "$work/host" && ssh-keygen -q -t ed25519 -N '' -f "$work/user" || exit 1
cat >"$work/sshd_config" <<CONFIG
Port 2222
ListenAddress $b
HostKey $work/host
AuthorizedKeysFile $work/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
CONFIG
echo "[$b]:2222 $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known"
nsenter -t "$east" -n -m -u /usr/sbin/sshd -D -e -f "$work/sshd_config" 2>"$work/sshd.log" &
started+=($!)
await 10 "$work/sshd.log" 'Server listening' || { cat "$work/sshd.log"; give_up 'sshd does not start'; }

look() { # look WHAT: reads east over SSH from west's network; the report is then in $work/report
  nsenter -t "$west" -n timeout 30 "$bin" check --format json --identity "$work/user" --known-hosts "$work/known" \
    "ssh://root@$b:2222" >"$work/report" 2>"$work/err"
  local status=$?
  [ $status -le 1 ] || fail "$1: check ended with $status: $(cat "$work/err")"
  if grep -qF -e "$right_key" -e "$other_key" "$work/report" "$work/err"; then fail "$1: a secret is in the report"; fi
}
says() { # says WHAT TUNNEL CHECKPOINT CAUSE: that is the verdict of this tunnel
  local verdict
  verdict=$(python3 "$here/report.py" "$work/report" verdict "$2" 2>&1)
  [ "$verdict" = "$3 $4" ] && return
  fail "$1: the verdict on $2 is '$verdict', not '$3 $4'; the responder's log:"
  tail -n 25 "$log"
}
load() {
  local end
  for end in west east; do
    at $end ipsec auto --rereadsecrets >/dev/null 2>&1
    at $end ipsec auto --replace office >"$work/load" 2>&1 || fail "$1: $end does not load: $(cat "$work/load")"
  done
}
up() { at west ipsec auto --asynchronous --up office >/dev/null 2>&1; }

# A sound tunnel is up, or the kernel has refused its ESP.
done_at='Add SA .*errno|IPsec SA established|established Child SA'

# fault WHAT CHECKPOINT CAUSE SIGN KEY [NAME=VALUE...]: the initiator has this key and these
# settings. SIGN is the line by which the attempt has reached the responder; the verdict is none of its business.
fault() {
  local what="$LAB_INSIDE $1" checkpoint=$2 cause=$3 sign=$4 key=$5
  local began=$EPOCHREALTIME
  shift 5
  : >"$log"
  write west "$key" "$@"
  load "$what"
  up
  await 8 "$log" "$sign" || { fail "$what: the attempt does not reach the responder"; tail -n 25 "$log"; }
  look "$what"
  says "$what" "${tunnel:-office}" "$checkpoint" "$cause"
  write west "$right_key"
  load "$what mended"
  up
  await 8 "$log" "$done_at" || { fail "$what: mended, and does not come up"; tail -n 25 "$log"; }
  look "$what mended"
  says "$what mended" office "${sound_end[@]}"
  python3 "$here/report.py" "$work/report" status "$b: ipsec status" >"$work/status" 2>&1 ||
    fail "$what: the state of the daemon: $(cat "$work/status")"
  echo "$what: $(awk "BEGIN{printf \"%.1f\", $EPOCHREALTIME - $began}") s"
}

if [ "$ikev2" = yes ]; then
  no_connection='no connection has been authorized' p1_refused='no local proposal matches'
  psk_refused='authentication failed' nets_refused='compatible Traffic Selectors'
  p2_refused='no local proposal matches'
else
  no_connection='no suitable connection found' p1_refused='Oakley Transform .* refused'
  psk_refused='probable authentication failure' nets_refused='cannot respond to IPsec SA request'
  p2_refused='no acceptable Proposal in IPsec SA'
fi

# How far the sound configuration comes: up, or to a kernel that has no ESP, which is a fault for itself.
up
await 8 "$log" "$done_at" || give_up "the sound configuration does not come up"
if grep -q 'Add SA .*errno' "$log"; then sound_end=(updown updown.kernel); else sound_end=(none -); fi
look sound
says sound office "${sound_end[@]}"

# No connection answers the peer, so nothing but its address names the tunnel.
tunnel=$a fault ike-version ike-version ike-version.mismatch "$no_connection" "$right_key" "ikev2=$other_version"
fault p1-cipher p1-cipher p1-cipher.mismatch "$p1_refused" "$right_key" ike=aes128-sha2_256-modp2048
fault psk psk psk.mismatch "$psk_refused" "$other_key"
fault id id id.mismatch 'Peer ID .* mismatched|notification AUTHENTICATION_FAILED' "$right_key" leftid=@elsewhere.example
fault subnets subnets subnets.mismatch "$nets_refused" "$right_key" leftsubnet=192.168.11.0/24
fault p2-cipher p2-cipher p2-cipher.mismatch "$p2_refused" "$right_key" phase2alg=aes128-sha2_256
echo "$LAB_INSIDE: $failures failures"
[ $failures = 0 ]
