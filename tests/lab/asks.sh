# Sourced by the tests of the active check, behind ends.sh: the path view in a terminal of its own, in the namespaces of
# an end, and what one does there.
asks_from() { # asks_from PID LOG: whose network asks, and the log that is open
  asker=$1 asked_log=$2
}
screen() { tmux -S "$work/tmux" capture-pane -p -t check 2>/dev/null; }
# The screen as one line, for what is wrapped.
flat() { screen | tr -s '\n ' ' '; }
shows() { # shows SECONDS PATTERN: the screen does
  local until=$((SECONDS + $1))
  until flat | grep -qE -e "$2"; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.02
  done
}
key() { tmux -S "$work/tmux" send-keys -t check "$@"; }
# A terminal of the same name is only begun when the one before it has ended.
closed() {
  local server until=$((SECONDS + 5))
  server=$(tmux -S "$work/tmux" display-message -p '#{pid}' 2>/dev/null) || return
  tmux -S "$work/tmux" kill-server 2>/dev/null
  while readlink "/proc/$server/exe" >/dev/null 2>&1 && [ $SECONDS -lt $until ]; do sleep 0.02; done
}

wizard() { # wizard WHAT: the log is open, and its tunnels are shown
  timeout 60 nsenter -t "$asker" -n -m tmux -S "$work/tmux" new-session -d -s check -x 120 -y 60 \
    "cd '$work' && '$bin' '$asked_log'; echo status \$?; exec sleep 60" || { fail "$1: no screen"; return 1; }
  shows 15 'office' || { fail "$1: the log is not read"; return 1; }
}
offered() { # offered WHAT ADDRESS: what is sent is shown, and the address is typed
  wizard "$1" || return 1
  key Enter
  shows 10 'Contact' || { fail "$1: no ladder"; return 1; }
  key p
  shows 10 'Standard IKE' || { fail "$1: no path view"; return 1; }
  key c
  shows 5 'Nothing has been sent yet' || fail "$1: what is sent is not shown"
  shows 5 'Silence proves nothing' || fail "$1: what silence proves is not shown"
  key C-u
  key -l "$2"
}
# check WHAT ADDRESS PATTERN...: after c and the yes the path view shows these
check() {
  local what=$1 address=$2 pattern
  shift 2
  offered "$what" "$address" || return
  key Enter
  for pattern; do
    shows 12 "$pattern" || { fail "$what: the view does not show '$pattern'"; screen; }
  done
  closed
}
# A check of a host that never answers is stopped by Esc, survives a change of size, and ends with the program.
stops() {
  local nobody=203.0.113.98 began took ours
  ip route add blackhole 203.0.113.98/32 2>/dev/null
  offered 'Esc stops a check' $nobody || return
  key Enter
  shows 5 'Asking .*Esc stops it' || fail 'Esc stops a check: it does not run'
  tmux -S "$work/tmux" resize-window -t check -x 80 -y 24
  tmux -S "$work/tmux" resize-window -t check -x 120 -y 60
  shows 2 'active check is under way|Asking' || { fail 'a change of size: the check is not shown any more'; screen; }
  began=$EPOCHREALTIME
  key Escape
  shows 3 'UDP 500: IKEv2 given-up' || { fail 'Esc stops a check: what is known is not shown'; screen; }
  took=$(awk "BEGIN{printf \"%d\", ($EPOCHREALTIME - $began) * 1000}")
  echo "Esc stopped a check within $took ms"
  [ "$took" -le 250 ] || fail "Esc stops a check: after $took ms"
  shows 2 'proves nothing' || fail 'Esc stops a check: what it proves is not said'
  shows 1 'Standard IKE' || fail 'Esc stops a check: the view is gone'
  closed
  for way in q HUP; do
    offered "$way ends a check" $nobody || return
    key Enter
    shows 5 'Asking .*Esc stops it' || fail "$way ends a check: it does not run"
    ours=$(pgrep -f "^$bin $asked_log") || fail "$way ends a check: no process"
    began=$EPOCHREALTIME
    if [ $way = q ]; then key q; else kill -HUP "$ours"; fi
    while kill -0 "$ours" 2>/dev/null && [ "$(awk "BEGIN{print (($EPOCHREALTIME - $began) > 3)}")" = 0 ]; do sleep 0.005; done
    took=$(awk "BEGIN{printf \"%d\", ($EPOCHREALTIME - $began) * 1000}")
    echo "$way ended a check within $took ms"
    [ "$took" -le 250 ] || fail "$way ends a check: after $took ms"
    closed
  done
}
