#!/usr/bin/env bash
# What is left of a reading: on the gateway no process, however the connection ended; here no secret in memory. And ways to a log
# that other tests do not go: through several hosts, and out of the journal there.
set -u
. "$IKEWALK_SOURCE_DIR/tests/gateway/sshd.sh"
drive=$IKEWALK_BINARY_DIR/tests/gateway_drive
log=$IKEWALK_SOURCE_DIR/assets/logs/pluto/psk-main-responder.log
out=$work/out
known "$work/known" "$work/host" $(seq 2241 2260)
run() { timeout 60 "$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 5 --batch "$@" >"$out" 2>&1; }

# What runs on a gateway carries its port in the environment.
left() { grep -lzx -e "ON_GATEWAY=$1" /proc/[0-9]*/environ 2>/dev/null | wc -l; }
nothing_left() { # nothing_left NAME PORT SECONDS
  local until=$((SECONDS + $3))
  while [ "$(left "$2")" -gt 0 ] && [ $SECONDS -lt $until ]; do sleep 0.1; done
  is "$1: processes left on the gateway" "$(left "$2")" 0
}
some_left() { # some_left NAME PORT: so that the test can fail
  local until=$((SECONDS + 10)) found
  while found=$(left "$2"); [ "$found" = 0 ] && [ $SECONDS -lt $until ]; do sleep 0.05; done
  [ "$found" -gt 0 ] || fail "$1: nothing ran on the gateway: $(head -c 1500 "$out")"
}
# serving PORT: the processes of the SSH server there that serve a connection; newer ones are two for each.
serving() {
  local child
  for child in $(pgrep -P "$(pgrep -of "$work/sshd-$1.conf")"); do
    echo "$child"
    pgrep -f '^sshd' -P "$child"
  done
}
cut() { kill -9 "$1" && wait "$1" 2>/dev/null; }

# --- R5.15 no process stays: a FIFO and a device are no log
mkfifo "$work/fifo"
server 2241 'SetEnv ON_GATEWAY=2241'
url=ssh://root@127.0.0.1:2241
run "$url$work/fifo"
holds 'R5.15 FIFO' "$out" 'it is no regular file'
nothing_left 'R5.15 FIFO' 2241 3
run "$url/dev/zero"
holds 'R5.15 device' "$out" 'it is no regular file'
nothing_left 'R5.15 device' 2241 3
# ... in the places where a log is looked for
mount -t tmpfs tmpfs /var/log
mkfifo /var/log/pluto.log /var/log/secure
cp "$log" /var/log/messages
run --output "$work/got" "$url"
same 'R5.15 found beside a FIFO' "$work/got" "$log"
nothing_left 'R5.15 found beside a FIFO' 2241 3
rm /var/log/*

# ... the connection is cut while a log is read
head -c 400000000 /dev/zero | tr '\0' 'x' >"$work/big.log"
"$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 5 --batch --whole "$url$work/big.log" >"$out" 2>&1 &
job=$!
some_left 'R5.15 cut in a log' 2241
cut $job
nothing_left 'R5.15 cut in a log' 2241 8
rm "$work/big.log"

# ... and while a command hangs, as one does whose daemon no longer answers
mkdir "$work/hangs"
printf '#!/bin/sh\ncase $1 in --version) echo "Linux Libreswan 4.10";; *) exec sleep 1000;; esac\n' >"$work/hangs/ipsec"
chmod 755 "$work/hangs/ipsec"
printf '#!/bin/sh\nPATH=%s:$PATH exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n' "$work/hangs" >"$work/hanging"
chmod 755 "$work/hanging"
cp "$log" /var/log/messages
server 2242 'SetEnv ON_GATEWAY=2242' "ForceCommand $work/hanging"
"$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 2 --batch --platform libreswan --beside \
  ssh://root@127.0.0.1:2242 >"$out" 2>&1 &
job=$!
for _ in $(seq 100); do pgrep -f "sleep 1000" >/dev/null && break; sleep 0.1; done
some_left 'R5.15 cut in a command that hangs' 2242
cut $job
nothing_left 'R5.15 cut in a command that hangs' 2242 8
# ... or the probe does
printf '#!/bin/sh\nexec sleep 1000\n' >"$work/hangs/ipsec"
"$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 2 --batch ssh://root@127.0.0.1:2242 >"$out" 2>&1 &
job=$!
some_left 'R5.15 cut in the probe' 2242
sleep 1
cut $job
nothing_left 'R5.15 cut in the probe' 2242 12

# --- R5.11 through three hosts, each asked and told; one of them refuses
server 2243
server 2244
server 2245
timeout 60 "$drive" --known-hosts "$work/no-host" --identity "$work/user" --timeout 5 \
  --jump root@127.0.0.1:2243,root@127.0.0.1:2244,root@127.0.0.1:2245 --answer once --answer once --answer once --answer once \
  --output "$work/got" "$url$log" >"$out" 2>&1
same 'R5.11 three hosts' "$work/got" "$log"
is 'R5.11 three hosts, four keys' "$(grep -c '^question host-key' "$out")" 4
for port in 2244 2245; do
  is "R5.11 $port was gone through" "$(grep -c 'Accepted publickey' "$work/sshd-$port.log")" 1
done
server 2246 'AllowTcpForwarding no'
run --jump root@127.0.0.1:2243,root@127.0.0.1:2246 "$url$log"
holds 'R5.11 forwarding refused' "$out" 'from the host in between'
run --jump root@127.0.0.1:2243,root@127.0.0.1:2249 "$url$log"
holds 'R5.11 nobody there' "$out" 'reach 127.0.0.1 port 2249 from the host in between'
# the first host dies in the middle: told, what came stays
nothing_left 'R5.11 before it dies' 2241 3
head -c 300000000 /dev/urandom >"$work/big.log" # which cannot be packed
"$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 5 --batch --whole \
  --jump root@127.0.0.1:2244,root@127.0.0.1:2245 "$url$work/big.log" >"$out" 2>&1 &
job=$!
some_left 'R5.11 dies' 2241
kill -9 $(serving 2244)
wait $job
holds 'R5.11 dies' "$out" 'failed ssh'
holds 'R5.11 dies' "$out" 'What came before stays'
nothing_left 'R5.11 dies' 2241 8
# ... the second one freezes: the silence is told, and what carries its bytes ends
"$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 2 --batch --whole \
  --jump root@127.0.0.1:2244,root@127.0.0.1:2245 "$url$work/big.log" >"$out" 2>&1 &
job=$!
some_left 'R5.11 freezes' 2241
frozen=$(serving 2245)
kill -STOP $frozen
begun=$SECONDS
wait $job
[ $((SECONDS - begun)) -le 8 ] || fail "R5.11 freezes: it took $((SECONDS - begun)) s to tell"
holds 'R5.11 freezes' "$out" 'failed ssh'
kill -9 $frozen
nothing_left 'R5.11 freezes' 2241 8
rm "$work/big.log"

# --- the journal of a gateway: a real one, read by the real journalctl there
remote=/lib/systemd/systemd-journal-remote
[ -x "$remote" ] || { fail "$remote is missing: apt-get install systemd-journal-remote"; summary; }
rm -f /var/log/*
mkdir "$work/journal"
printf '#!/bin/sh\nexec /usr/bin/journalctl --file=%s "$@"\n' "$work/j.journal" >"$work/journal/journalctl"
printf '#!/bin/sh\necho "Linux Libreswan 4.10"\n' >"$work/journal/ipsec"
printf '#!/bin/sh\nPATH=%s:$PATH exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n' "$work/journal" >"$work/journaled"
chmod 755 "$work"/journal/* "$work/journaled"
entries() { # entries FROM TO UNIT NAME: lines of the log, a second apart, the last of all a minute ago
  sed -n "$1,$2p" "$log" | sed 's/^[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:.]*: //' | awk -v now="$(date +%s)" -v from="$1" -v unit="$3" -v name="$4" '{
    at = now - 3600 + from + NR
    printf "__REALTIME_TIMESTAMP=%d000000\n__MONOTONIC_TIMESTAMP=%d000000\n_BOOT_ID=0123456789abcdef0123456789abcdef\n", at, from + NR
    printf "_HOSTNAME=gw-hq\nSYSLOG_IDENTIFIER=%s\n_PID=2219\n_SYSTEMD_UNIT=%s\nPRIORITY=6\nMESSAGE=%s\n\n", name, unit, $0 }'
}
put() { "$remote" --split-mode=none --output="$work/j.journal" - >/dev/null 2>"$work/err" || fail "no journal: $(cat "$work/err")"; }
half=$(($(wc -l <"$log") / 2)) all=$(wc -l <"$log")
{ entries 1 $half ipsec.service pluto; entries 1 20 ssh.service sshd; } | put
server 2247 "ForceCommand $work/journaled"
mkfifo "$work/go"
exec 9<>"$work/go"
run --again 1 --output "$work/got" ssh://root@127.0.0.1:2247 <&9 &
job=$!
for _ in $(seq 100); do [ -s "$work/got" ] && break; sleep 0.1; done
entries $((half + 1)) "$all" ipsec.service pluto | put
echo >&9
wait $job
holds 'journal' "$out" 'log in the journal'
holds 'journal' "$out" 'the journal of the last 24 hours'
is 'journal: what is new comes once' "$(grep -c 'pluto\[2219\]' "$work/got")" "$all"
lacks 'journal: other programs' "$work/got" 'sshd['
lacks 'journal: the cursor is no line' "$work/got" '-- cursor'
timeout 60 "$IKEWALK_BIN" check --known-hosts "$work/known" --identity "$work/user" --timeout 5 --format json ssh://root@127.0.0.1:2247 >"$out" 2>&1
holds 'journal verdict' "$out" '"psk.mismatch"'

# --- R5.10 after signing in the secret is nowhere in memory, and where it is expected to be it is found
cat >"$work/scan.py" <<'PY'
import re, sys
pid, canary, found = sys.argv[1], open(sys.argv[2], "rb").read().strip(), 0
with open(f"/proc/{pid}/mem", "rb", 0) as mem:
    for line in open(f"/proc/{pid}/maps"):
        start, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
        if not mode.startswith("r") or "[v" in line or int(end, 16) - int(start, 16) > 1 << 30:
            continue  # the last are what sanitizers keep for themselves
        at, last = int(start, 16), b""
        while at < int(end, 16):
            try:
                mem.seek(at)
                block = mem.read(min(1 << 22, int(end, 16) - at))
            except OSError:
                break
            if not block:
                break
            found += (last + block).count(canary)
            last, at = block[-(len(canary) - 1):], at + len(block)
print(found)
PY
scan() { python3 "$work/scan.py" "$1" "$2"; }
after_reading() { # after_reading NAME PORT ANSWER-FILE [OPTIONS]: a reading that has ended and waits; its PID is $job
  local name=$1 port=$2
  shift 2
  : >"$out"
  timeout 60 "$drive" --known-hosts "$work/known" --timeout 5 --again 1 "$@" "ssh://root@127.0.0.1:$port$log" <&9 >"$out" 2>&1 &
  job=$!
  for _ in $(seq 200); do grep -q '^done ssh\|^failed' "$out" && break; sleep 0.1; done
  holds "$name" "$out" 'done ssh'
}
open_canary='canary-'$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$open_canary" >"$work/canary"
printf '/var/log' >"$work/control"
hash=$(openssl passwd -6 "$open_canary")
sed "s|^root:[^:]*:|root:$hash:|" /etc/shadow >"$work/shadow"
chmod 600 "$work/shadow"
mount --bind "$work/shadow" /etc/shadow
server 2248 'PasswordAuthentication yes' 'PubkeyAuthentication no'
after_reading 'R5.10 password' 2248 --answer-from "$work/canary"
driven=$(pgrep -P $job)
is 'R5.10 password in memory' "$(scan "$driven" "$work/canary")" 0
[ "$(scan "$driven" "$work/control")" -gt 0 ] || fail 'R5.10: the scan finds nothing at all'
echo >&9
wait $job
# A secret on a command line is found, so the scan can find one.
after_reading 'R5.10 control' 2248 --answer "$open_canary"
[ "$(scan "$(pgrep -P $job)" "$work/canary")" -gt 0 ] || fail 'R5.10: the scan does not find a secret that is there'
echo >&9
wait $job
ssh-keygen -q -t ed25519 -N "$open_canary" -f "$work/own"
cat "$work/own.pub" >>"$work/authorized"
after_reading 'R5.10 passphrase' 2243 --identity "$work/own" --answer-from "$work/canary"
is 'R5.10 passphrase in memory' "$(scan "$(pgrep -P $job)" "$work/canary")" 0
echo >&9
wait $job
summary
