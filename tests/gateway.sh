#!/usr/bin/env bash
# Reads real SSH servers on loopback, in every state a gateway can be in. Each rule of R5 has a test that
# carries its number, in the order in which the rules stand in remote/source_ssh.h and the design.
set -u
here=$IKEWALK_SOURCE_DIR/tests/gateway
. "$here/sshd.sh"
drive=$IKEWALK_BINARY_DIR/tests/gateway_drive
log=$IKEWALK_SOURCE_DIR/assets/logs/pluto/psk-main-responder.log
cp "$log" "$work/gw.log"
out=$work/out

run() { timeout 60 "$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 5 --batch "$@" >"$out" 2>&1; }
ask() { timeout 60 "$drive" --timeout 5 "$@" >"$out" 2>&1; }
check() { timeout 60 "$IKEWALK_BIN" check --known-hosts "$work/known" --identity "$work/user" --timeout 5 "$@" >"$out" 2>"$work/err"; }

server 2201
known "$work/known" "$work/host" 2201 2202 2203 2204 2205 2206 2207 2208 2209 2210 2292 2293 2294 2295 2296 2297
url=ssh://root@127.0.0.1:2201

# --- R5.0 a log of a known host comes whole, headless too
run --output "$work/got" "$url$work/gw.log"
holds R5.0 "$out" 'done ssh'
same R5.0 "$work/got" "$work/gw.log"
check --format json "$url$work/gw.log"
is 'R5.0 exit status' $? 1
holds 'R5.0 verdict' "$out" '"psk.mismatch"'
check --format json "$url$work/missing.log"
is 'R5.0 a missing log' $? 2
holds 'R5.0 a missing log' "$work/err" 'there is no such file'

# --- R5.1 nothing of the user's configuration is run; Host entries are followed, the rest is told
cat >"$HOME/.ssh/config" <<CONFIG
Host gw
  HostName 127.0.0.1
  Port 2201
  User root
  IdentityFile $work/user
  ProxyCommand touch $work/ran
Match exec "touch $work/ran"
  User nobody
CONFIG
timeout 20 "$drive" --known-hosts "$work/known" --timeout 5 --batch "ssh://gw$work/gw.log" >"$out" 2>&1
holds R5.1 "$out" 'done ssh'
holds R5.1 "$out" 'ProxyCommand is not followed here'
holds R5.1 "$out" 'Match is not followed here'
[ ! -e "$work/ran" ] || fail 'R5.1: a command of ~/.ssh/config was run'
rm "$HOME/.ssh/config"

# --- R5.2 what cannot be set is refused, and no other user is taken in its place
run 'ssh://ro ot@127.0.0.1:2201/x'
holds R5.2 "$out" 'cannot use the user'
run 'ssh://root@127.0.0.1:70000/x'
holds R5.2 "$out" 'cannot use the port'

# --- R5.4 host keys: known, hashed, unknown, changed, other kind, revoked, no file
ssh-keygen -q -H -f "$work/known" >/dev/null 2>&1
run "$url$work/gw.log"
holds 'R5.4 hashed' "$out" 'done ssh'
: >"$work/empty"
run --known-hosts "$work/empty" "$url$work/gw.log"
holds 'R5.4 unknown' "$out" 'its host key is not known'
holds 'R5.4 unknown' "$out" "$(ssh-keygen -lf "$work/host.pub" | cut -d' ' -f2)"
run --known-hosts "$work/none" "$url$work/gw.log"
holds 'R5.4 no file' "$out" 'its host key is not known'
{ echo '# a remark'; echo "[127.0.0.1]:2201 $(cut -d' ' -f1,2 "$work/other-host.pub")"; } >"$work/changed"
run --known-hosts "$work/changed" "$url$work/gw.log"
holds 'R5.4 changed' "$out" 'its host key is not the known one'
holds 'R5.4 changed' "$out" "$work/changed:2"
holds 'R5.4 changed' "$out" 'ssh-keygen -R'
ask --known-hosts "$work/changed" --identity "$work/user" --answer once "$url$work/gw.log"
lacks 'R5.4 changed is no question' "$out" 'question'
known "$work/other" "$work/rsa-host" 2201
run --known-hosts "$work/other" "$url$work/gw.log"
holds 'R5.4 other kind' "$out" 'its host key is not the known one'
{ cat "$work/known"; echo "@revoked [127.0.0.1]:2201 $(cut -d' ' -f1,2 "$work/host.pub")"; } >"$work/revoked"
run --known-hosts "$work/revoked" "$url$work/gw.log"
holds 'R5.4 revoked' "$out" 'is revoked'
mkdir "$work/folder"
run --known-hosts "$work/folder" "$url$work/gw.log"
lacks 'R5.4 error' "$out" 'done ssh'
# the question, its three answers, and what is remembered
ask --known-hosts "$work/empty" --identity "$work/user" --answer no "$url$work/gw.log"
holds 'R5.4 no' "$out" 'question host-key 127.0.0.1 port 2201 | ssh-ed25519 | SHA256:'
holds 'R5.4 no' "$out" 'you did not accept'
ask --known-hosts "$work/empty" --identity "$work/user" --answer once "$url$work/gw.log"
holds 'R5.4 once' "$out" 'done ssh'
is 'R5.4 once is not remembered' "$(wc -c <"$work/empty")" 0
ask --known-hosts "$work/new/known" --identity "$work/user" --answer remember "$url$work/gw.log"
holds 'R5.4 remember' "$out" 'done ssh'
is 'R5.4 mode' "$(stat -c %a "$work/new/known")" 600
run --known-hosts "$work/new/known" "$url$work/gw.log"
holds 'R5.4 remembered' "$out" 'done ssh'

mkdir -p "$work/no-file/known"
ask --known-hosts "$work/no-file/known" --identity "$work/user" --answer remember "$url$work/gw.log"
holds 'R5.4 cannot remember' "$out" 'or accept the key this once'

# --- R5.5 old algorithms: refused with what to do, and only by name
server 2202 'KexAlgorithms diffie-hellman-group14-sha1' 'Ciphers aes128-cbc' 'MACs hmac-sha1'
run "ssh://root@127.0.0.1:2202$work/gw.log"
holds R5.5 "$out" 'only knows old algorithms'
holds R5.5 "$out" 'diffie-hellman-group14-sha1'
mkdir -p "$XDG_CONFIG_HOME/ikewalk"
profile() { printf 'gateways:\n  - name: old\n    host: 127.0.0.1\n    user: root\n    port: 2202\n    log: %s\n    legacy: "%s"\n' "$work/gw.log" "$1" >"$XDG_CONFIG_HOME/ikewalk/gateways.yaml"; }
profile 'diffie-hellman-group14-sha1, aes128-cbc, hmac-sha1'
run --platform file @old
holds 'R5.5 allowed' "$out" 'done ssh'
profile '+ssh-dss'
run @old
holds 'R5.5 +list' "$out" 'gateways.yaml:8:'
holds 'R5.5 +list' "$out" 'is none of the old algorithms'
rm "$XDG_CONFIG_HOME/ikewalk/gateways.yaml"

# --- R5.6 whatever the peer does, closing takes at most 250 ms
closes() {
  local took
  took=$(sed -n 's/^closed in \([0-9]*\) ms/\1/p' "$out")
  if [ -n "$took" ] && [ "$took" -le 250 ]; then good=$((good + 1)); else fail "R5.6 $1: closed in '$took' ms"; fi
}
run --close-after 300 ssh://root@192.0.2.9:22/x # a black hole
closes 'black hole'
ask --known-hosts "$work/empty" --close-after 1500 "$url$work/gw.log" # a question stands
closes 'question'
python3 - "$work" <<'PY' &
import socket, sys, time
s = socket.create_server(("127.0.0.1", 2299))
held = []
while True:
    held.append(s.accept())
PY
started+=($!)
await 2299
run --close-after 500 ssh://root@127.0.0.1:2299/x # it listens and says nothing
closes 'no greeting'

# --- R5.3 timeouts everywhere
run --timeout 1 ssh://root@127.0.0.1:2299/x
holds 'R5.3 no greeting' "$out" 'failed ssh'
lacks 'R5.3 no greeting' "$out" 'closed in -'
run --timeout 1 ssh://root@192.0.2.9:22/x
holds 'R5.3 black hole' "$out" 'cannot reach 192.0.2.9'
# ... a step that never comes to an end because something comes now and then; the steps before it went well
now() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); } # in ms
late() { # late NAME STEP BEGUN: it was given up in time
  holds "R5.3 $1" "$out" "cannot $2: that was not done within 2 s"
  [ $(($(now) - $3)) -lt 4500 ] || fail "R5.3 $1: it took $(($(now) - $3)) ms"
}
python3 "$here/drip.py" 2297 2201 2>/dev/null &
started+=($!)
await 2297
begun=$(now)
run --timeout 2 "ssh://root@127.0.0.1:2297$work/gw.log"
late 'connecting drips' 'connect to it' "$begun"
server 2295 "ForceCommand while :; do echo welcome; sleep 0.3; done"
begun=$(now)
run --timeout 2 "ssh://root@127.0.0.1:2295$work/gw.log"
late 'the shell drips' 'start a shell there' "$begun"
server 2292 'VersionAddendum Cisco-1.25' "ForceCommand while :; do echo welcome; sleep 0.3; done"
begun=$(now)
run --timeout 2 ssh://root@127.0.0.1:2292
late 'the command line of a device drips' 'open its command line' "$begun"
printf '#!/bin/sh\nsleep 1.2\n' >/run/sshd/slow
chmod 755 /run/sshd/slow
server 2296 'AuthorizedKeysCommand /run/sshd/slow' 'AuthorizedKeysCommandUser root'
eval "$(ssh-agent -s)" >/dev/null
started+=("$SSH_AGENT_PID")
ssh-add -q "$work/stranger" "$work/other-host" "$work/rsa-host"
begun=$(now)
timeout 60 "$drive" --known-hosts "$work/known" --timeout 2 --batch "ssh://root@127.0.0.1:2296$work/gw.log" >"$out" 2>&1
late 'each key of an agent takes long' 'sign in with the keys of the agent' "$begun"
kill -STOP "$SSH_AGENT_PID"
begun=$(now)
timeout 60 "$drive" --known-hosts "$work/known" --timeout 2 --batch "$url$work/gw.log" >"$out" 2>&1
late 'a frozen agent' 'sign in with the keys of the agent' "$begun"
kill -9 "$SSH_AGENT_PID"
export SSH_AUTH_SOCK=''
# ... but somebody who has to think has the time
timeout 60 "$drive" --timeout 2 --known-hosts "$work/empty" --identity "$work/locked" --answer-after 3000 --answer once \
  --answer 'open sesame' "$url$work/gw.log" >"$out" 2>&1
holds 'R5.3 thinking' "$out" 'done ssh'
run ssh://root@127.0.0.1:2298/x
holds 'R5.3 refused' "$out" 'Nothing listens there'
run ssh://root@no-such-host.invalid/x
holds 'R5.3 no name' "$out" 'cannot look up'

# --- R5.7 output: floods on stderr, drips, endless lines, ends without an end, signals
# First the start of the account's shell does it, then a command that stands in the place of head.
forced() { # forced PORT SCRIPT: what is run there is this script, whatever was asked
  printf '#!/bin/bash\n%s\n' "$2" >"$work/forced-$1"
  chmod 755 "$work/forced-$1"
  server "$1" "ForceCommand $work/forced-$1"
}
forced 2203 "head -c 30000000 /dev/zero >&2; head -c 30000000 /dev/zero; echo welcome; exec /bin/sh -c \"\$SSH_ORIGINAL_COMMAND\""
run --output "$work/got" "ssh://root@127.0.0.1:2203$work/gw.log"
same 'R5.7 the start of the shell floods' "$work/got" "$work/gw.log"
lacks 'R5.7 the start of the shell floods' "$out" 'complained'
playing 2204 head "while IFS= read -r line; do printf '%s' \"\${line:0:5}\"; sleep 0.01; printf '%s\n' \"\${line:5}\"; done <$work/gw.log"
run --output "$work/got" "ssh://root@127.0.0.1:2204$work/gw.log"
same 'R5.7 drip' "$work/got" "$work/gw.log"
playing 2205 head "head -c 30000000 /dev/zero >&2; tr '\\0' x </dev/zero | head -c 20000000"
run --output "$work/got" "ssh://root@127.0.0.1:2205$work/gw.log"
is 'R5.7 flood on stderr, endless line' "$(tr -d x <"$work/got" | wc -c) $(stat -c %s "$work/got")" '0 20000000'
playing 2206 head "cat $work/gw.log; kill -SEGV \$\$; sleep 1"
run --output "$work/got" "ssh://root@127.0.0.1:2206$work/gw.log"
holds 'R5.7 signal' "$out" 'ended by the signal 11'
same 'R5.7 signal keeps what came' "$work/got" "$work/gw.log"
playing 2207 head "cat $work/gw.log; setsid sleep 100 & exit 0"
begun=$(date +%s)
run --output "$work/got" "ssh://root@127.0.0.1:2207$work/gw.log"
same 'R5.7 no end of file' "$work/got" "$work/gw.log"
[ $(($(date +%s) - begun)) -lt 5 ] || fail 'R5.7: waited for an end that never comes'
playing 2208 head "cat $work/gw.log; exec sleep 100"
run --timeout 2 --output "$work/got" "ssh://root@127.0.0.1:2208$work/gw.log"
holds 'R5.7 stall' "$out" 'nothing came for 2 s'
same 'R5.7 stall keeps what came' "$work/got" "$work/gw.log"
run --close-after 1500 "ssh://root@127.0.0.1:2208$work/gw.log"
closes 'silent command'
# ... the shell there is killed in the middle of a command, or is none at all
playing 2209 head "cat $work/gw.log; kill -9 \$PPID; sleep 1"
run --output "$work/got" "ssh://root@127.0.0.1:2209$work/gw.log"
holds 'R5.7 the shell dies' "$out" 'failed ssh'
same 'R5.7 the shell dies, what came stays' "$work/got" "$work/gw.log"
forced 2210 "echo 'This account is currently not available.'; exit 1"
run "ssh://root@127.0.0.1:2210$work/gw.log"
holds 'R5.7 no shell' "$out" 'did not answer as one'
holds 'R5.7 no shell' "$out" 'It said: This account is currently not available.'

# --- R5.9 a peer that freezes, and a command that never comes to an end although it goes on writing
playing 2294 head "head -c 2000 $work/gw.log; sleep 0.5; kill -STOP \$SSHD; sleep 20; kill -9 \$SSHD"
begun=$(now)
run --timeout 2 --output "$work/got" "ssh://root@127.0.0.1:2294$work/gw.log"
took=$(($(now) - begun))
holds 'R5.9 a frozen peer' "$out" 'failed ssh 2000'
holds 'R5.9 a frozen peer' "$out" 'nothing came for 2 s'
[ "$took" -lt 6000 ] || fail "R5.9 a frozen peer: it took $took ms"
playing 2293 sysctl 'while :; do echo x; sleep 0.2; done'
rm "$work/plain/timeout" # where nothing there ends it
printf 'gateways:\n  - name: endless\n    host: 127.0.0.1\n    user: root\n    port: 2293\n    platform: libreswan\n    log: %s\n' "$work/gw.log" >"$XDG_CONFIG_HOME/ikewalk/gateways.yaml"
run --timeout 2 --beside @endless
holds 'R5.9 an endless command' "$out" 'one command ran for 4 s'
holds 'R5.9 an endless command, the next one is read' "$out" 'done status'
rm "$XDG_CONFIG_HOME/ikewalk/gateways.yaml"

# --- R5.8 signing in: keys, agent, passphrase, password, prompts; each is counted
run --identity "$work/stranger" "$url$work/gw.log"
holds 'R5.8 wrong key' "$out" 'cannot sign in as root'
holds 'R5.8 wrong key' "$out" 'not accepted'
run --identity "$work/no-key" "$url$work/gw.log"
holds 'R5.8 no key' "$out" 'no such file'
run --identity "$work/locked" "$url$work/gw.log"
holds 'R5.8 locked, nobody there' "$out" 'unlock it first with ssh-add'
ask --known-hosts "$work/known" --identity "$work/locked" --answer wrong --answer 'open sesame' "$url$work/gw.log"
holds 'R5.8 passphrase' "$out" 'That was not it'
holds 'R5.8 passphrase' "$out" 'done ssh'
ask --known-hosts "$work/known" --identity "$work/locked" --answer a --answer b --answer c --answer d "$url$work/gw.log"
is 'R5.8 three tries' "$(grep -c '^question' "$out")" 3
holds 'R5.8 three tries' "$out" 'failed ssh'
eval "$(ssh-agent -s)" >/dev/null
started+=("$SSH_AGENT_PID")
run --identity '' "$url$work/gw.log"
holds 'R5.8 empty agent' "$out" 'cannot sign in'
ssh-add -q "$work/stranger" "$work/user"
timeout 20 "$drive" --known-hosts "$work/known" --timeout 5 --batch "$url$work/gw.log" >"$out" 2>&1
holds 'R5.8 agent' "$out" 'a key of the agent'
holds 'R5.8 agent' "$out" 'done ssh'
kill -STOP "$SSH_AGENT_PID"
timeout 20 "$drive" --known-hosts "$work/known" --timeout 5 --batch --close-after 1500 "$url$work/gw.log" >"$out" 2>&1
closes 'frozen agent'
kill -CONT "$SSH_AGENT_PID"
kill "$SSH_AGENT_PID"
export SSH_AUTH_SOCK=''

# a password that only this test's own file of accounts knows
hash=$(openssl passwd -6 'correct horse')
sed "s|^root:[^:]*:|root:$hash:|" /etc/shadow >"$work/shadow"
chmod 600 "$work/shadow"
mount --bind "$work/shadow" /etc/shadow
server 2211 'PasswordAuthentication yes' 'PubkeyAuthentication no'
known "$work/known" "$work/host" 2211 2212 2213 2214 2215
ask --known-hosts "$work/known" --answer wrong --answer 'correct horse' "ssh://root@127.0.0.1:2211$work/gw.log"
holds 'R5.8 password' "$out" 'That was not it'
holds 'R5.8 password' "$out" 'done ssh'
ask --known-hosts "$work/known" --answer no "ssh://root@127.0.0.1:2211$work/gw.log"
holds 'R5.8 no password' "$out" 'you gave no answer'
run "ssh://root@127.0.0.1:2211$work/gw.log"
holds 'R5.8 password, nobody there' "$out" 'nobody is here to type it'
lacks 'R5.10 secret' "$out" 'correct horse'

# --- jump hosts: the same questions for each hop, and a host key for each
server 2212
ask --known-hosts "$work/empty" --identity "$work/user" --jump root@127.0.0.1:2212 --answer once --answer once --output "$work/got" "$url$work/gw.log"
holds 'R5.11 jump' "$out" 'question host-key 127.0.0.1 port 2212'
holds 'R5.11 jump' "$out" 'question host-key 127.0.0.1 port 2201 by way of 127.0.0.1'
same 'R5.11 jump' "$work/got" "$work/gw.log"

summary
