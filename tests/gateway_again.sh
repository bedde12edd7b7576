#!/usr/bin/env bash
# What a gateway holds beside and behind its log: filtered logs, its state, what is new since, a connection
# that broke, a device with a command line of its own, prompts, accounts without rights.
set -u
. "$IKEWALK_SOURCE_DIR/tests/gateway/sshd.sh"
drive=$IKEWALK_BINARY_DIR/tests/gateway_drive
log=$IKEWALK_SOURCE_DIR/assets/logs/pluto/psk-main-responder.log
out=$work/out
known "$work/known" "$work/host" $(seq 2221 2240)
run() { timeout 90 "$drive" --known-hosts "$work/known" --identity "$work/user" --timeout 5 --batch "$@" >"$out" 2>&1; }
ask() { timeout 90 "$drive" --known-hosts "$work/known" --timeout 5 "$@" >"$out" 2>&1; }
check() { timeout 60 "$IKEWALK_BIN" check --known-hosts "$work/known" --identity "$work/user" --timeout 5 "$@" >"$out" 2>"$work/err"; }
server 2221
url=ssh://root@127.0.0.1:2221

# --- a log of many programs: only the daemon's lines travel, and that is told
for n in $(seq 3000); do
  echo "Nov 22 05:26:10 gw cron[77]: job $n of somebody else with a rather long text"
  [ $((n % 50)) -gt 0 ] || echo "Nov 22 05:26:11 gw pluto[2219]: \"office\" #$n: sent Main Mode request"
done >"$work/secure"
grep -F pluto "$work/secure" >"$work/ours"
run --output "$work/got" "$url$work/secure"
same 'filtered' "$work/got" "$work/ours"
holds 'filtered' "$out" 'only the lines that hold'
run --whole --output "$work/got" "$url$work/secure"
same 'whole' "$work/got" "$work/secure"

# --- packed where the gateway is another machine
echo "[192.0.2.1]:2221 $(cut -d' ' -f1,2 "$work/host.pub")" >>"$work/known"
run --output "$work/got" "ssh://root@192.0.2.1:2221$work/secure"
same 'packed' "$work/got" "$work/ours"
holds 'packed' "$out" '| zstd -1qc'

# --- without a path: the log is found, the state comes beside it as sources of its own
mount -t tmpfs tmpfs /var/log
cp "$work/secure" /var/log/secure
run --platform libreswan --beside "$url"
holds 'found' "$out" 'log in /var/log/secure'
holds 'state' "$out" 'done status'
holds 'state' "$out" 'ip -s xfrm state list nokeys'
lacks 'state' "$out" 'ipsec.secrets'
check --platform libreswan --format json "$url"
holds 'state in the report' "$out" '"kind": "status"'
# ... and what the start of the account's shell complains of is no command's
printf '#!/bin/sh\necho "warning: setlocale: cannot change locale" >&2; echo >>%s; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n' \
  "$work/starts" >"$work/noisy"
chmod 755 "$work/noisy"
server 2226 "ForceCommand $work/noisy"
run --platform libreswan --beside ssh://root@127.0.0.1:2226
holds 'R5.7 a shell that complains' "$out" 'done status'
lacks 'R5.7 a shell that complains' "$out" 'setlocale'
is 'all commands run in one shell' "$(wc -l <"$work/starts")" 1
rm /var/log/secure
run "$url"
holds 'no log' "$out" 'cannot find a log of Libreswan there'

# --- R5.13 what is new: appended, rotated; and only that
half=$(($(wc -l <"$log") / 2))
head -n "$half" "$log" >"$work/grow.log"
mkfifo "$work/go"
exec 9<>"$work/go"
run --again 2 --output "$work/got" "$url$work/grow.log" <&9 &
job=$!
for _ in $(seq 100); do cmp -s "$work/got" "$work/grow.log" && break; sleep 0.1; done
same 'R5.13 first' "$work/got" "$work/grow.log"
tail -n +$((half + 1)) "$log" | head -n 5 >>"$work/grow.log"
echo >&9
for _ in $(seq 120); do cmp -s "$work/got" "$work/grow.log" && break; sleep 0.1; done
tail -n +$((half + 6)) "$log" | head -n 3 >>"$work/grow.log" # read before the rotation is noticed
mv "$work/grow.log" "$work/grow.log.1"
tail -n +$((half + 9)) "$log" >"$work/grow.log"
echo >&9
wait $job
same 'R5.13 appended and rotated' "$work/got" "$log"

# --- R5.14 a connection that breaks: what came stays, and reading goes on where it broke
playing 2222 head "[ -e $work/broken ] && exec head \"\$@\"
touch $work/broken; head -c 2500 $log; sleep 0.3; kill -9 \$SSHD"
echo >&9
run --again 1 --output "$work/got" "ssh://root@127.0.0.1:2222$log" <&9
holds 'R5.14 told' "$out" 'failed ssh 2500'
holds 'R5.14 told' "$out" 'What came before stays'
same 'R5.14 goes on' "$work/got" "$log"

# --- stopped on purpose: what came stays
playing 2223 head "head -n 3 $log; sleep 100"
run --stop-after 2500 --output "$work/got" "ssh://root@127.0.0.1:2223$log"
holds 'stop' "$out" 'reading was stopped'
head -n 3 "$log" >"$work/want"
same 'stop keeps what came' "$work/got" "$work/want"

# --- a device: its prompt, its log, its state, its refusals; what is new of a buffer that is shown whole
cp "$IKEWALK_SOURCE_DIR/assets/logs/cisco-ios/psk-responder.log" "$work/ios.log"
cat >"$work/ios" <<SCRIPT
#!/bin/bash
printf 'Authorized users only\r\n'
while printf 'gw-1#' && IFS= read -r line; do
  case \$line in
  'terminal length 0') ;;
  'show version') printf 'Cisco IOS Software, C1900 Software, Version 15.7(3)M8\r\nuptime is 2 weeks\r\n' ;;
  'show logging') cat $work/ios.log ;;
  'show crypto ipsec sa') printf 'interface: GigabitEthernet0/0\r\n    Crypto map tag: cm\r\n' ;;
  *) printf '%% Invalid input detected at marker.\r\n' ;;
  esac
done
SCRIPT
chmod 755 "$work/ios"
server 2224 "ForceCommand $work/ios" 'VersionAddendum Cisco-1.25'
echo >&9
run --again 1 --beside --output "$work/got" ssh://root@127.0.0.1:2224 <&9
holds 'device' "$out" 'Cisco IOS Software'
holds 'device' "$out" 'done ssh'
holds 'device state' "$out" 'done status'
holds 'device refuses' "$out" 'it does not know this command'
tr -d '\r' <"$work/got" >"$work/got.lf"
holds 'device log' "$work/got.lf" "$(sed -n 3p "$work/ios.log")"
is 'device log comes once' "$(grep -cF -e "$(sed -n 3p "$work/ios.log")" "$work/got.lf")" "$(grep -cF -e "$(sed -n 3p "$work/ios.log")" "$work/ios.log")"
check --format json ssh://root@127.0.0.1:2224
is 'device status' $? 1
holds 'device verdict' "$out" '"psk'

# --- R5.8 keyboard-interactive: the gateway's own prompts
hash=$(openssl passwd -6 'correct horse')
sed "s|^root:[^:]*:|root:$hash:|" /etc/shadow >"$work/shadow"
{ cat /etc/passwd; echo "anna:x:12345:12345::$work:/bin/sh"; } >"$work/passwd"
echo "anna:*:19000:0:99999:7:::" >>"$work/shadow"
printf '%s\n' 'auth required pam_unix.so' 'account required pam_permit.so' \
  'session required pam_permit.so' >"$work/pam"
mount --bind "$work/shadow" /etc/shadow
mount --bind "$work/passwd" /etc/passwd
[ -e /etc/pam.d/sshd ] && mount --bind "$work/pam" /etc/pam.d/sshd
server 2225 'UsePAM yes' 'KbdInteractiveAuthentication yes' 'PubkeyAuthentication no'
ask --answer wrong --answer 'correct horse' "ssh://root@127.0.0.1:2225$log"
is 'R5.8 rounds' "$(grep -c '^question secret' "$out")" 2
holds 'R5.8 prompts' "$out" 'Password'
holds 'R5.8 prompts' "$out" 'done ssh'
ask --answer a --answer b --answer c --answer d --answer e --answer f --answer g --answer h "ssh://root@127.0.0.1:2225$log"
holds 'R5.8 wrong prompts' "$out" 'failed ssh'

# --- an account without rights: what to do
chmod 600 "$work/secure"
run "ssh://anna@127.0.0.1:2221$work/secure"
holds 'no permission' "$out" 'this account has no permission'
holds 'no permission' "$out" 'sudo: yes'
summary
