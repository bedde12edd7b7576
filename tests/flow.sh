#!/usr/bin/env bash
# The flow after the fix in the real program (tmux): re-check of a log that grows, follow on rotation, ticks kept over a
# restart, export with a full disk, over a file that is there, and paste into a field.
set -u
bin=${IKEWALK_BIN:?}
[ -x "$bin" ] || { echo "$bin: cannot run it"; exit 1; }
dir=$(mktemp -d) || exit 1
unset TMUX
export TERM=xterm-256color LC_ALL=C.UTF-8 TZ=UTC XDG_STATE_HOME=$dir/state XDG_CONFIG_HOME=$dir/config HOME=$dir
t() { tmux -S "$dir/socket" -f /dev/null "$@"; }
failures=0
trap 't kill-server 2>/dev/null; rm -rf "$dir"' EXIT

sees() { # sees SESSION WORDS: waits for the words on the screen, ten seconds at most
  for _ in $(seq 200); do
    t capture-pane -p -t "$1" 2>/dev/null | grep -qF -e "$2" && return
    sleep 0.05
  done
  printf 'not on the screen of %s: %s\n' "$1" "$2"
  t capture-pane -p -t "$1"
  failures=$((failures + 1))
}

is() { # is WHAT COMMAND...: the command succeeds
  local what=$1
  shift
  "$@" && return
  printf 'not so: %s\n' "$what"
  failures=$((failures + 1))
}

keys() { # keys SESSION KEY...
  local session=$1
  shift
  for key; do
    t send-keys -t "$session" "$key"
    sleep 0.1
  done
}

t new-session -d -s keep 'exec sleep 600' # the server stays when a session ends
log=$dir/gw.log
refused() { # refused SERIAL NOTIFY
  cat <<LOG
Nov 22 05:2$1:31.567248: "test" #$1: initiating IKEv1 Main Mode connection
Nov 22 05:2$1:31.567300: "test" #$1: sent Main Mode request
LOG
  if [ "$2" != NO_PROPOSAL_CHOSEN ]; then
    echo "Nov 22 05:2$1:31.567310: \"test\" #$1: sent Main Mode I2"
    echo "Nov 22 05:2$1:31.567320: \"test\" #$1: sent Main Mode I3"
  fi
  echo "Nov 22 05:2$1:31.567400: \"test\" #$1: ignoring informational payload $2, msgid=00000000, length=12"
}
refused 1 NO_PROPOSAL_CHOSEN >"$log"

# Re-check: nothing new, then an attempt that comes further, then the new finding.
t new-session -d -s flow -x 80 -y 24 "'$bin' '$log'; exec sleep 60"
sees flow '[2 Tunnels]'
sees flow 'Enter walks'
keys flow Enter
sees flow 'Enter explains the failure'
keys flow Enter
sees flow "Enter adds the other gateway's log"
keys flow Space
sees flow '1 [x]'
keys flow r
sees flow '[5 Re-check]'
sees flow 'no new attempt yet'
sees flow 'ipsec auto --up test'
refused 2 INVALID_ID_INFORMATION >>"$log"
sees flow 'better, now stops 2 rungs later'
sees flow 'fixed'
keys flow Enter
sees flow 'does not accept our identity'
sees flow '0 of 5 steps'

# Ticks are kept: the finding that was mended begins anew, the one that is open does not.
keys flow Space
sees flow '1 [x]'
keys flow q
t kill-session -t flow
t new-session -d -s again -x 80 -y 24 "'$bin' '$log'; exec sleep 60"
sees again '[2 Tunnels]'
sees again 'Enter walks'
keys again Enter
sees again 'Enter explains the failure'
keys again Enter
sees again '1 [x]'
is 'the ticks of what was mended are gone' test "$(wc -l <"$dir/state/ikewalk/steps.tsv")" = 1
is 'only its owner reads them' test "$(stat -c %a "$dir/state/ikewalk/steps.tsv")" = 600

# What is copied goes to the terminal where there is no tmux, and always to a file that is named.
t set-option -s set-clipboard on # tmux plays a terminal that obeys
t new-session -d -s copy -x 80 -y 24 "env -u TMUX '$bin' '$log'; exec sleep 60"
sees copy 'Enter walks'
keys copy Enter
sees copy 'Enter explains the failure'
keys copy Enter
sees copy '[4 Finding]'
keys copy Down y
sees copy 'Sent to the terminal, and written to'
is 'the terminal has what the file has' cmp -s <(t show-buffer; echo) "$dir/state/ikewalk/copied.txt"
keys copy q
t kill-session -t copy

# A log that is begun anew below a re-check: the tunnel is not there, then it is again, and all lines are new.
refused 1 NO_PROPOSAL_CHOSEN >"$dir/anew.log"
t new-session -d -s anew -x 80 -y 24 "'$bin' '$dir/anew.log'; exec sleep 60"
sees anew 'Enter walks'
keys anew Enter
sees anew 'Enter explains the failure'
keys anew r
sees anew 'no new attempt yet'
: >"$dir/anew.log"
sees anew 'The log was begun anew and does not name this tunnel yet. Esc goes back.'
refused 1 NO_PROPOSAL_CHOSEN | head -2 >"$dir/anew.log"
sees anew '2 new lines since'
t kill-session -t anew

# Follow: rotated, and the new file goes on.
keys again o
sees again 'around the evidence'
keys again a F G
sees again 'following'
mv "$log" "$log.1"
refused 3 NO_PROPOSAL_CHOSEN >"$log"
sees again 'rotated'
sees again '05:23:31'
sees again 'gw.log:3'
keys again q
t kill-session -t again

# Export: whole or not at all.
t new-session -d -s export -x 80 -y 24 "trap '' XFSZ; ulimit -f 1; '$bin' '$log'; exec sleep 60"
sees export '[2 Tunnels]'
keys export x
sees export 'Write a report about all tunnels'
keys export Down Down Down Space C-u
t set-buffer "$dir/full.txt
q"
t paste-buffer -p -t export
sleep 0.3
sees export 'full.txt q'
keys export BSpace BSpace Enter Enter
sees export 'File too large'
is 'nothing is left of it' test "$(find "$dir" -name '*full*' | wc -l)" = 0
keys export Escape
sees export '[2 Tunnels]'
t kill-session -t export

echo mine >"$dir/there.txt"
t new-session -d -s write -x 80 -y 24 "'$bin' '$log'; exec sleep 60"
sees write 'Enter walks'
keys write Enter
sees write 'Enter explains the failure'
keys write x
sees write 'Write a report about test'
keys write Down Down Down Space C-u
t send-keys -t write -l "$dir/the"
keys write Tab
sees write 'there.txt'
keys write Enter Enter
sees write 'is there already'
sees write 'IKEv1  DOWN' # what would be written is still seen
is 'the file that is there is untouched' test "$(cat "$dir/there.txt")" = mine
keys write Enter
sees write 'Written:'
is 'the report is whole' grep -q 'Phase 1 cipher' "$dir/there.txt"
is 'names are hidden' test -z "$(grep -w test "$dir/there.txt")"
t kill-session -t write

# A name has one stand-in in all files of a case, and Space goes on to the next format.
t new-session -d -s stand -x 80 -y 24 "cd '$dir'; '$bin' '$IKEWALK_SOURCE_DIR/assets/logs/pluto/subnets-main-responder.log'; exec sleep 60"
sees stand 'Enter walks'
keys stand Enter
sees stand 'Enter explains the failure'
keys stand x
sees stand '(*) text'
for format in Markdown JSON 'sample of the log'; do
  keys stand Space
  sees stand "(*) $format"
  keys stand Enter
  sees stand 'Written: '
done
is 'three files hold the same stand-ins' test "$(cat "$dir"/ikewalk-report-* | grep -o 'known for 10.22.0.0/16===HOST-.\.\.\.HOST-.' | sort -u | wc -l)" = 1
t kill-session -t stand

# The log of the other end is added, and both give one answer.
both=$IKEWALK_SOURCE_DIR/assets/logs/pluto
t new-session -d -s both -x 80 -y 24 -c "$both" "cd '$both'; '$bin' id-main-initiator.log; exec sleep 60"
sees both 'does not accept our identity'
keys both Enter
sees both 'd both ends'
keys both d
sees both 'The log of'
keys both Enter
sees both 'Folder:'
keys both /
t send-keys -t both -l id-main-responder
keys both Enter
sees both 'Enter reads id-main-responder.log'
keys both Enter
sees both '> Both ends' # what was asked for, and the ladder and the tunnels behind it
sees both 'clocks: B = A'
keys both Escape
sees both 'B:L14'
keys both d
sees both 'Peer ID is ID_FQDN'
keys both z
t send-keys -t both -l 3.5
keys both Enter
sees both 'as you say'
keys both End
sees both 'Identity of A'
keys both Enter
sees both 'Fix'
keys both End
sees both "Read more"
t kill-session -t both

[ $failures = 0 ] || exit 1
echo 'what follows the fix works'
