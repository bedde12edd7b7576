#!/usr/bin/env bash
# A gateway in the wizard, in a real terminal: a profile is made, the host key is asked about, the password is
# typed, the checklist runs, and after a fix the re-check shows that the tunnel is up. Then the failures: a
# changed key, a lost connection, an account without rights, each with a screen that says what to do.
# PICTURES=FILE keeps the screens that the README shows.
set -u
. "$IKEWALK_SOURCE_DIR/tests/gateway/sshd.sh"
log=$IKEWALK_SOURCE_DIR/assets/logs/pluto/mended-p1-cipher-v2-responder.log
unset TMUX
export TERM=xterm-256color LC_ALL=C.UTF-8 TZ=UTC XDG_STATE_HOME=$work/state
t() { tmux -S "$work/socket" -f /dev/null "$@"; }
trap 't kill-server 2>/dev/null; finish' EXIT
picture() { t capture-pane -p -t w; }
keep() { [ -z "${PICTURES:-}" ] || { echo "== $1"; picture; } >>"$PICTURES"; }
sees() {
  for _ in $(seq 300); do
    picture 2>/dev/null | grep -qF -e "$1" && { good=$((good + 1)); return; }
    sleep 0.05
  done
  fail "not on the screen: $1"
  picture
}
hides() { # the words are nowhere on the screen
  if picture | grep -qF -e "$1"; then fail "on the screen: $1"; else good=$((good + 1)); fi
}
small() { t resize-window -t w -x 40 -y 12; }
press() { t send-keys -t w "$@"; }
add_end() { # the other end is read from the last gateway of the list, which has this name
  press a
  sees 'Where is it?'
  press Down Enter
  sees 'Which gateway?'
  press End Up
  sees "> $1"
  press Enter
}

hash=$(openssl passwd -6 'correct horse')
sed "s|^root:[^:]*:|root:$hash:|" /etc/shadow >"$work/shadow"
chmod 600 "$work/shadow"
mount --bind "$work/shadow" /etc/shadow
mount -t tmpfs tmpfs /var/log
head -n 37 "$log" >/var/log/pluto.log
ip address add 192.0.2.10/24 dev eth9
server 22 'PasswordAuthentication yes' 'PubkeyAuthentication no'
t new-session -d -s keep 'exec sleep 600' # the server stays when a session ends
t new-session -d -s w -x 80 -y 24 "'$IKEWALK_BIN'"
sees 'A gateway over SSH'
press Down Enter
sees 'Which gateway?'
press +
sees 'how you call it'
press Enter && press -l hq-fw && press Enter
sees 'a name, an address'
press Enter && press -l 192.0.2.10 && press Enter
sees 'the account'
press Enter && press -l root && press Enter
press Down Down Down Enter && press -l libreswan && press Enter # platform: no daemon runs here
sees 'a path, journal'
press End
sees 'Enter saves the profile'
keep profile
press Enter
sees 'Enter connects to 192.0.2.10'
is 'mode of gateways.yaml' "$(stat -c %a "$XDG_CONFIG_HOME/ikewalk/gateways.yaml")" 600
press Enter
sees 'shows a key you have not met yet'
sees 'Enter does not connect'
keep 'host key'
small # all three answers, and what they are about
sees 'SHA256:'
sees '>  No, do not connect'
sees 'Yes, this once'
sees 'Yes, and remember it'
t resize-window -t w -x 80 -y 24
sees 'shows a key you have not met yet'
press Down Down Enter
sees 'The gateway wants a password'
press -l 'correct horse'
sees 'what you type is not shown'
hides 'correct'
keep password
press Enter
sees 'r what is new'
sees '2 things besides the log could not be read' # no daemon runs here
sees '[ok] Log lines'
sees '1 connection'
keep checklist
press c
sees 'nothing else. All of them only'
press Escape
sees 'r what is new'
press Enter
sees 'DOWN'
press Enter
sees 'Phase 1 cipher'
keep ladder
tail -n +38 "$log" >>/var/log/pluto.log
sleep 5 # a gateway is asked at most so often
press r
sees 'Re-check'
sees 'it is up now'
keep 're-check'
holds 'no secret in what is kept' <(cat "$work"/state/* "$XDG_CONFIG_HOME"/ikewalk/* 2>/dev/null; echo end) end
grep -rqF 'correct horse' "$work/state" "$XDG_CONFIG_HOME" "$HOME" 2>/dev/null && fail 'R5.10: the password was kept'
press q
sleep 1
t kill-session -t w 2>/dev/null

# --- a key that changed: no question, and what to do
echo "192.0.2.10 $(cut -d' ' -f1,2 "$work/other-host.pub")" >"$HOME/.ssh/known_hosts"
t new-session -d -s w -x 80 -y 24 "'$IKEWALK_BIN' @hq-fw"
sees 'its host key is not'
sees 'ssh-keygen -R'
sees '-R shows it)' # the command is whole
sees 'Next: Enter tries again; Esc goes back'
hides 'Enter tunnels'
keep 'changed key'
small
sees 'cannot trust'
sees 'Next: Enter tries again; Esc goes back'
press Escape Escape
t kill-session -t w 2>/dev/null

# --- a wrong password: three tries, then a screen that says what can be done
rm "$HOME/.ssh/known_hosts"
t new-session -d -s w -x 80 -y 24 "'$IKEWALK_BIN' @hq-fw"
sees 'not met yet'
small # what the answer needs is there
sees 'SHA256:'
sees 'No, do not connect'
press Down
sees 'Enter connects, this once'
press Enter
sees 'Password: what you type is not shown'
t resize-window -t w -x 80 -y 24
press Enter # nothing typed is no try
for _ in 1 2 3; do
  sees 'The gateway wants a password'
  press -l nonsense
  press Enter
  sleep 0.3
done
sees 'cannot sign in as root'
sees 'the right password?'
keep 'wrong password'
small
sees '[XX] Sign in: cannot sign in'
t resize-window -t w -x 80 -y 24
# --- and the server goes away: the connection is refused, r tries again
kill -9 "${started[0]}"
sleep 5 # a gateway is asked at most so often
press r
sees 'Nothing listens there'
hides 'cannot sign in as root' # that was the try before
keep 'lost'
# --- the host on the way is not there: it is that one which is named
t kill-session -t w
printf '  - name: far\n    host: 198.51.100.9\n    jump: root@192.0.2.10:2297\n' >>"$XDG_CONFIG_HOME/ikewalk/gateways.yaml"
t new-session -d -s w -x 80 -y 24 "'$IKEWALK_BIN' @far"
sees '[XX] Jump host        cannot reach 192.0.2.10'
# --- a gateway that takes its time is left before anything came
t kill-session -t w
server 2290 'ForceCommand sleep 100'
known "$HOME/.ssh/known_hosts" "$work/host" 2290
printf '  - name: slow\n    host: 127.0.0.1\n    port: 2290\n    user: root\n    identity: %s\n' "$work/user" >>"$XDG_CONFIG_HOME/ikewalk/gateways.yaml"
t new-session -d -s w -x 80 -y 24 "'$IKEWALK_BIN' @slow"
sees '[..] What runs there'
t send-keys -t w -H 1b 5b 34 7e # End, as PuTTY and tmux send it, is no step back
t send-keys -t w -H 1b 5b 31 3b 35 43 # nor is a key that is not known
hides 'Which gateway?'
press q # perhaps meant for the box of the password
sees 'Leave ikewalk?'
press Enter
sees '[..] What runs there'
press Escape
sees 'Reading stops, Esc goes back'
sees '[XX] What runs there  reading was stopped'
hides 'Enter tunnels'
# --- a key that is refused first and accepted this once then: the state comes as well, and nobody asks again when the
# other end's gateway comes beside it. Of two the one that could not be read is shown, and both ends say why.
t kill-session -t w
server 2291
server 2289
known "$HOME/.ssh/known_hosts" "$work/host" 2289
{
  printf '  - name: here\n    host: 127.0.0.1\n    port: 2291\n    user: root\n    identity: %s\n    platform: libreswan\n' "$work/user"
  printf '  - name: there\n    host: 127.0.0.1\n    port: 2289\n    user: root\n    identity: %s\n' "$work/stranger"
} >>"$XDG_CONFIG_HOME/ikewalk/gateways.yaml"
t new-session -d -s w -x 80 -y 24 "'$IKEWALK_BIN' @here"
sees 'not met yet'
press Enter
sees 'you did not accept the host key'
press r
sees 'was asked a moment ago'
sleep 5 # a gateway is asked at most so often
press r
sees 'not met yet'
press Down
sees 'Enter connects, this once'
press Enter
sees 'things besides the log could not be read'
sees 'r what is new'
press Enter
sees '[2 Tunnels]'
add_end there
sees '[XX] there  root@127.0.0.1:2289: Sign in'
sees '> [XX] Sign in          cannot sign in as root'
hides 'not met yet'
sees 'Enter shows the tunnels, r tries again'
press Enter
sees '@here + there > Tunnels'
press Enter
sees '[3 Ladder]'
press d
sees 'A @here'
sees '@there: cannot sign in as root'
hides "Nothing in B's log"
# --- the gateway goes away under a re-check: what it logged since is not known
press Escape
sees '>[3 Ladder]'
press r
sees 'up, nothing new'
kill -9 "${started[2]}" $(ps -o pid= --ppid "${started[2]}")
sees 'not known: the gateway could not be read'
# --- two that both ask once: each question is put, both are on the screen with how far they are, and the password that
# was right is not asked for again when one of them is read beside another, nor is it kept anywhere but in memory
t kill-session -t w
server 2292 'PasswordAuthentication yes' 'PubkeyAuthentication no'
server 2293 'PasswordAuthentication yes' 'PubkeyAuthentication no'
known "$HOME/.ssh/known_hosts" "$work/host" 2292 2293
for n in 2 3; do
  printf '  - name: two%s\n    host: 127.0.0.1\n    port: 229%s\n    user: root\n    platform: libreswan\n' $n $n >>"$XDG_CONFIG_HOME/ikewalk/gateways.yaml"
done
t new-session -d -s w -x 80 -y 24 "'$IKEWALK_BIN' @two2 @two3"
sees 'Password: what you type is not shown'
sees '[..] two2  root@127.0.0.1:2292: Sign in'
sees '[  ] two3: its turn comes'
sees 'It stays in memory until ikewalk ends'
# While the gateway looks at a password, be it slow, the step says so.
served=$(pgrep -P "$(pgrep -d, -P "${started[4]}")"; pgrep -P "${started[4]}")
kill -STOP $served
press -l nonsense && press Enter
sees '[..] Sign in          root: what you typed is being tried ...'
kill -CONT $served
sees 'That was not it.'
press -l 'correct horse' && press Enter
sees '1 connection'
sees '127.0.0.1: The gateway wants a password'
press -l 'correct horse' && press Enter
sees '[ok] two2  root@127.0.0.1:2292'
sees '[ok] two3  root@127.0.0.1:2293'
sees 'r what is new'
press Enter
sees '[2 Tunnels]'
add_end two3
sees 'Reading from 3 gateways'
sees 'r what is new'
hides 'wants a password'
grep -rqF 'correct horse' "$work/state" "$XDG_CONFIG_HOME" "$HOME" 2>/dev/null && fail 'R5.10: the password was kept on disk'
summary
