#!/usr/bin/env bash
# The real program in a real terminal (tmux): the walk from a log to the fix and back, resizing, hang-up, Ctrl-Z and fg,
# Ctrl-C, hostile bytes, and terminals that will not do.
set -u
bin=${IKEWALK_BIN:?}
[ -x "$bin" ] || { echo "$bin: cannot run it"; exit 1; }
dir=$(mktemp -d) || exit 1
unset TMUX
export TERM=xterm-256color LC_ALL=C.UTF-8 TZ=UTC XDG_STATE_HOME=$dir/state HOME=$dir
t() { tmux -S "$dir/socket" -f /dev/null "$@"; }
failures=0
trap 't kill-server 2>/dev/null; rm -rf "$dir"' EXIT
t new-session -d -s keep 'exec sleep 600' # the server stays when a session ends

picture() { t capture-pane -p -t "$1"; }

sees() { # sees SESSION WORDS: waits for the words on the screen, ten seconds at most
  for _ in $(seq 200); do
    picture "$1" 2>/dev/null | grep -qF -e "$2" && return
    sleep 0.05
  done
  printf 'not on the screen of %s: %s\n' "$1" "$2"
  picture "$1"
  failures=$((failures + 1))
}

is() { # is WHAT COMMAND...: the command succeeds, within ten seconds
  local what=$1
  shift
  for _ in $(seq 200); do
    "$@" && return
    sleep 0.05
  done
  printf 'not so: %s\n' "$what"
  failures=$((failures + 1))
}

start() { # start SESSION WIDTH HEIGHT COMMAND
  t new-session -d -s "$1" -x "$2" -y "$3" "$4"
}

log=$dir/gw.log
cat >"$log" <<'LOG'
Nov 22 05:26:31.567248: "test" #1: initiating IKEv1 Main Mode connection
Nov 22 05:26:31.567300: "test" #1: sent Main Mode request
Nov 22 05:26:31.567400: "test" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12
Nov 22 05:26:31.567500: "test" #1: received and ignored notification payload: NO_PROPOSAL_CHOSEN
LOG

# The walk: Enter to the fix, Esc back to the question, which Enter answers with staying.
start walk 80 24 "stty -a >$dir/before; '$bin' '$log'; echo status \$?; stty -a >$dir/after; exec sleep 60"
sees walk '[2 Tunnels]'
sees walk 'Enter walks the checkpoints of test'
t send-keys -t walk Enter
sees walk '[3 Ladder]'
sees walk 'Phase 1 cipher'
t send-keys -t walk Enter
sees walk '[4 Finding]'
t send-keys -t walk o
sees walk '>L'
t send-keys -t walk Escape
sees walk '[4 Finding]'
t send-keys -t walk Escape
sees walk '[3 Ladder]'
t send-keys -t walk Escape
sees walk '[2 Tunnels]'

# Resizing through every size, also with a box open.
t send-keys -t walk '?'
sees walk 'Help'
for size in '120 40' '60 16' '40 12' '20 6' '10 3' '1 1' '80 24'; do
  t resize-window -t walk -x "${size% *}" -y "${size#* }"
  sleep 0.1
done
sees walk 'Help'
t send-keys -t walk Escape
sees walk '[2 Tunnels]'
t resize-window -t walk -x 30 -y 5
sees walk 'Window too small: 30x5'
t resize-window -t walk -x 80 -y 24
sees walk '[2 Tunnels]'
t send-keys -t walk Escape
sees walk '[1 Source]'
t send-keys -t walk Escape
sees walk 'Leave ikewalk?'
t send-keys -t walk Enter
sees walk 'Where are the log lines?'
t send-keys -t walk q
sees walk 'status 0'
is 'the terminal is as it was' cmp -s "$dir/before" "$dir/after"

# Esc is answered at once: nobody waits for the rest of a sequence, as the terminal library by itself does for a second.
# Half of that tells the two apart on a busy machine as well, and the best of ten counts.
start escape 80 24 "'$bin' '$log'; exec sleep 60"
sees escape 'Enter walks the checkpoints of test'
best=999999
for _ in $(seq 10); do
  t send-keys -t escape '?'
  sees escape '+- Help'
  begun=${EPOCHREALTIME/[.,]/}
  t send-keys -t escape Escape
  while picture escape | grep -qF '+- Help'; do :; done
  took=$(((${EPOCHREALTIME/[.,]/} - begun) / 1000))
  [ $took -ge $best ] || best=$took
done
[ $best -le 500 ] || { echo "Esc took $best ms at best"; failures=$((failures + 1)); }

# Home and End as PuTTY, the console and tmux send them, and a key that is not known, are no Esc.
t send-keys -t escape o
sees escape '> Log'
for keys in '1b 5b 34 7e' '1b 5b 31 7e' '1b 4f 46' '1b 5b 48' '1b 5b 31 3b 35 43' '1b 5b 32 34 7e'; do
  t send-keys -t escape -H $keys
  sleep 0.1
done
sees escape '> Log'
# The locale that is asked for is not installed here: its language is spoken all the same.
start missing 80 24 "LC_ALL= LANG=de_DE.UTF-8 LANGUAGE= '$bin'; exec sleep 60"
sees missing 'Wo sind die Log-Zeilen?'
start missing2 80 24 "LC_ALL= LANG=zh_CN.UTF-8 LANGUAGE=de '$bin'; exec sleep 60"
sees missing2 'Wo sind die Log-Zeilen?'
start missing3 80 24 "LC_ALL= LANG=zh_CN.UTF-8 LANGUAGE= '$bin' lesson --lang de; exec sleep 60"
sees missing3 'Lektion'

# Ctrl-C ends it with the terminal restored; keys of a paste are no keys.
start interrupt 80 24 "'$bin'; echo status \$?; stty -a >$dir/after; exec sleep 60"
sees interrupt 'Where are the log lines?'
t set-buffer $'qq\033[Bq' # nor is the sequence of one
t paste-buffer -p -t interrupt
sees interrupt 'Pasted text is no keys'
sees interrupt '> Open a log file'
t send-keys -t interrupt C-c
sees interrupt 'status 0'
is 'the terminal is as it was after Ctrl-C' cmp -s "$dir/before" "$dir/after"

# Ctrl-Z and fg.
start stopping 80 24 "PS1='ready$ ' bash --norc -i"
sees stopping 'ready$'
t send-keys -t stopping "'$bin' '$log'" Enter
sees stopping '[2 Tunnels]'
t send-keys -t stopping C-z
sees stopping 'Stopped'
t send-keys -t stopping fg Enter
sees stopping '[2 Tunnels]'
t send-keys -t stopping q
sees stopping 'ready$'

# Hang-up, end of the terminal, SIGTERM: no process is left, and none spins.
is_gone() { ! kill -0 "$1" 2>/dev/null; }
start hangup 80 24 "echo \$\$ >$dir/pid; exec '$bin' '$log'"
sees hangup '[2 Tunnels]'
t kill-session -t hangup
is 'the program ends with its terminal' is_gone "$(cat "$dir/pid")"
for signal in TERM HUP INT QUIT; do
  start "$signal" 80 24 "sh -c 'echo \$\$ >$dir/pid; exec \"$bin\" \"$log\"'; echo status \$?; stty -a >$dir/after; echo over; exec sleep 60"
  sees "$signal" '[2 Tunnels]'
  kill "-$signal" "$(cat "$dir/pid")"
  sees "$signal" 'over'
  sees "$signal" 'status 0' # the program's own end, and not that of a handler of the terminal library
  is "the terminal is as it was after SIG$signal" cmp -s "$dir/before" "$dir/after"
  is "no screen is left after SIG$signal" eval "! picture $signal | grep -qF '[2 Tunnels]'"
done
start fatal 80 24 "sh -c 'echo \$\$ >$dir/pid; exec \"$bin\" \"$log\"'; stty -a >$dir/after; echo over; exec sleep 60"
sees fatal '[2 Tunnels]'
kill -SEGV "$(cat "$dir/pid")"
sees fatal 'over'
is 'the terminal is as it was after a crash' cmp -s "$dir/before" "$dir/after"

# R1: what a log holds is shown and never sent.
printf 'Nov 22 05:26:31: "te\033]0;owned\007st" #1: initiating \033[2J\033[31m IKEv1 Main Mode\nNov 22 05:26:32: \xe2\x80\xaeabc\xff\n' >"$dir/evil.log"
head -c 20000 /dev/urandom >>"$dir/evil.log"
start evil 80 24 "'$bin' '$dir/evil.log'; exec sleep 60"
sees evil 'Is it the right file' # what is typed before the log was read means the screen that is there
t send-keys -t evil o
sees evil '> Log'
t send-keys -t evil a
sees evil '\x1b'
is 'the title is not taken over' test "$(t display-message -p -t evil '#{pane_title}')" != owned

# The mouse: a click marks, a click on what is marked is Enter, the bar and the rail are buttons; m gives it back.
click() { # click SESSION COLUMN ROW, both from 1, in the form that the TERM of tmux asks for
  local x y
  x=$(printf %x $(($2 + 32))) y=$(printf %x $(($3 + 32)))
  t send-keys -t "$1" -H 1b 5b 4d 20 "$x" "$y" 1b 5b 4d 23 "$x" "$y"
}
start mouse 80 24 "'$bin' '$log'; exec sleep 60"
sees mouse 'Enter walks the checkpoints of test'
click mouse 10 7
sees mouse '>[3 Ladder]'
click mouse 12 8
sees mouse '>  3 Pre-shared key'
click mouse 3 2
sees mouse '[1 Source]>'
click mouse 10 9
sees mouse '> A sample log'
click mouse 10 9
sees mouse 'Enter reads this sample log'
t send-keys -t mouse m
sees mouse 'select text with it'
is 'the mouse is the terminal'"'"'s' test "$(t display-message -p -t mouse '#{mouse_any_flag}')" = 0

# A log that is pasted: 1 MB of it are text, whatever keys are in there; then it is read.
{
  cat "$log"
  for _ in $(seq 5000); do
    printf 'Nov 22 05:26:40 gw other[1]: qqq hhh jjj kkk :quit and one more line of another program, 1 2 3 4 5 mmm RRR xxx\n'
    printf 'q\nm\n?\n:\n\tx\n'
  done
} >"$dir/paste.txt"
start paste 80 24 "'$bin'; exec sleep 60"
sees paste 'Where are the log lines?'
t load-buffer "$dir/paste.txt"
t paste-buffer -p -t paste
sees paste 'Pasted text is no keys'
t send-keys -t paste j
t send-keys -t paste j
sees paste '> Paste text'
t send-keys -t paste Enter
sees paste 'Paste the log lines now.'
t paste-buffer -p -t paste
sees paste "$(wc -l <"$dir/paste.txt" | sed 's/...$/,&/') lines"
sees paste '[1 Source]>'
t send-keys -t paste Enter
sees paste '>[2 Tunnels]'
sees paste 'pasted text'
sees paste '2 Phase 1 cipher'

# A text that holds the mark of its own end is text all the same: what comes in one breath behind it is no key.
start mark 80 24 "'$bin'; exec sleep 60"
sees mark 'Where are the log lines?'
t send-keys -t mark Down Down Enter
sees mark 'Paste the log lines now.'
printf 'one\n\033[201~q\nq\nlast of them' >"$dir/mark.txt"
t load-buffer "$dir/mark.txt"
t paste-buffer -p -t mark
sees mark 'last of them'
sees mark '4 lines'
t send-keys -t mark Enter
sees mark '>[2 Tunnels]'

# Out of the source of a page, its quotes are not quotes; and what is pasted in two pieces is two pieces of a log, though
# the line in which the first one ends was not marked to its end.
sed 's/"/\&quot;/g' "$log" >"$dir/page.txt"
start page 80 24 "'$bin'; exec sleep 60"
sees page 'Where are the log lines?'
t send-keys -t page Down Down Enter
sees page 'Paste the log lines now.'
t set-buffer "$(head -2 "$dir/page.txt")"
t paste-buffer -p -t page
sees page '2 lines'
t set-buffer "$(tail -2 "$dir/page.txt")"
t paste-buffer -p -t page
sees page '4 lines'
t send-keys -t page Enter
sees page '2 Phase 1 cipher'

# What is set, and where it comes from; a mistake in the file is told, and the wizard runs all the same.
mkdir -p "$dir/.config/ikewalk"
printf 'theme: light\nmouse: off\n' >"$dir/.config/ikewalk/config.yaml"
config() { env "$@" "$bin" --print-config; }
is 'the file is named' eval "config A=1 | grep -q '^mouse: off *# file, line 2'"
is 'an option wins' eval "'$bin' --theme dark --print-config | grep -q '^theme: dark *# option --theme'"
is 'the environment is named' eval "config NO_COLOR=1 | grep -q '^theme: mono *# environment: NO_COLOR'"
start config 80 24 "'$bin' '$log'; exec sleep 60"
sees config '>[2 Tunnels]'
is 'the file is obeyed' test "$(t display-message -p -t config '#{mouse_any_flag}')" = 0
printf 'mousse: off\n' >"$dir/.config/ikewalk/config.yaml"
start mistake 80 24 "'$bin'; exec sleep 60"
sees mistake 'config.yaml:1: cannot set "mousse"'
sees mistake 'Where are the log lines?'
rm "$dir/.config/ikewalk/config.yaml"

# Logs that were read are offered again, and a long name among them cuts no explanation.
sees mistake 'Recent'
sees mistake 'gw.log'
cp "$log" "$dir/a-name-of-forty-columns-for-one-gw.log"
start recent 80 24 "'$bin' '$dir/a-name-of-forty-columns-for-one-gw.log'; exec sleep 60"
sees recent 'walks the checkpoints of test'
t send-keys -t recent 1
sees recent 'a-name-of-forty'
sees recent '(.1 .gz .xz .zst .bz2)'

# Stand-ins for the whole screen.
start hidden 80 24 "'$bin' '$log'; exec sleep 60"
sees hidden 'walks the checkpoints of test'
t send-keys -t hidden R
sees hidden '> CONN-A'
t send-keys -t hidden Down
sees hidden 'walks the checkpoints of CONN-A'
is 'no name is left' eval "! picture hidden | grep -q -w test"

# A log that is followed grows, is cut under the eyes of the reader, and holds another tunnel then: each is told, and
# the lines that are there now are shown. What no line may be so long as is counted.
cp "$log" "$dir/live.log"
start live 80 24 "'$bin' '$dir/live.log'; exec sleep 60"
sees live '> test'
t send-keys -t live F
sees live '5 Re-check            following'
t send-keys -t live o
sees live '> Log'
t send-keys -t live a
sees live 'all of 4 lines'
t send-keys -t live G
: >"$dir/live.log"
sees live 'live.log: the file was cut shorter; it is read anew from its beginning'
sed 's/"test"/"other"/' "$log" >>"$dir/live.log"
sees live '>L4         05:26:31 "other" #1: received and ignored notification'
{ cat "$log"; printf 'Nov 22 05:26:32.0: "test" #1: '; head -c 100000 /dev/zero | tr '\0' A; echo; } >"$dir/long.log"
start long 80 24 "'$bin' '$dir/long.log'; exec sleep 60"
sees long '1 line is longer than 64 KB: what stands behind was not read.'

# Of a folder the files are offered.
mkdir "$dir/logs" && cp "$log" "$dir/logs/pluto.log"
start folder 80 24 "'$bin' '$dir/logs'; exec sleep 60"
sees folder "Folder: $dir/logs"
sees folder 'Enter reads pluto.log'
t send-keys -t folder Enter
sees folder 'Enter walks the checkpoints of test'

# A log is read anew as another format, and as what it is again.
start format 80 24 "'$bin' '$log'; echo status \$?; exec sleep 60"
sees format 'Enter walks the checkpoints of test'
t send-keys -t format t
sees format 'Read this log as'
t send-keys -t format Down Enter
sees format 'No tunnel was found in this log.'
t send-keys -t format t
sees format 'Read this log as'
t send-keys -t format Home Enter
sees format 'Enter walks the checkpoints of test'

# A wide window shows three panes, and Tab goes from one to the next.
start wide 120 40 "'$bin' '$log'; exec sleep 60"
sees wide '[2 Tunnels]'
sees wide 'Evidence: '
sees wide 'Fix   0 of'
t send-keys -t wide Tab
sees wide '[3 Ladder]'
t send-keys -t wide Tab
sees wide '[4 Finding]'
t send-keys -t wide Tab
sees wide '[2 Tunnels]'
t resize-window -t wide -x 80 -y 24
sees wide '> test'

# NO_COLOR: no colour reaches the terminal.
start plain 80 24 "NO_COLOR=1 '$bin' '$log'; exec sleep 60"
sees plain 'Enter walks'
t send-keys -t plain Enter
sees plain '[3 Ladder]'
if t capture-pane -e -p -t plain | grep -q -E $'\e''\[([0-9;]*;)?3[0-7]'; then
  echo 'NO_COLOR: there is a colour on the screen'
  failures=$((failures + 1))
fi

# LANG=C and --ascii.
start ascii 80 24 "LC_ALL=C '$bin' --ascii '$log'; exec sleep 60"
sees ascii '[2 Tunnels]'
start german 80 24 "'$bin' --ascii --lang de '$log'; exec sleep 60"
sees german 'Enter zeigt die Pruefpunkte von test'
start chinese 80 24 "'$bin' --ascii --lang zh_CN; exec sleep 60"
sees chinese 'zh_CN: cannot write this language in ASCII'
sees chinese 'Where are the log lines?'

# A terminal without a second screen keeps the picture; what comes next stands in a row of its own.
start single 80 24 "TERM=vt100 '$bin' '$log'; echo status \$?; exec sleep 60"
sees single 'Enter walks the checkpoints of test'
t send-keys -t single q
is 'the row of the keys is free' eval "picture single | grep -qx 'status 0'"

# Without a terminal that will do: exit 2, the check call is named, nothing on standard output.
refused() { # refused NAME COMMAND...
  local name=$1 status
  shift
  "$@" >"$dir/out" 2>"$dir/err" </dev/null
  status=$?
  if [ $status != 2 ] || [ -s "$dir/out" ] || ! grep -q 'ikewalk check' "$dir/err"; then
    printf '%s: status %s, %s\n' "$name" $status "$(cat "$dir/err")"
    failures=$((failures + 1))
  fi
}
refused 'no terminal' "$bin" "$log"
start keyboard 80 24 "'$bin' -; echo status \$?; exec sleep 60"
sees keyboard 'it is this terminal'
sees keyboard 'status 2'
start piped 80 24 "cat '$log' | '$bin' -; exec sleep 60"
sees piped 'Enter walks the checkpoints of test'
for kind in dumb nonesuch ''; do
  start "kind$kind" 80 24 "TERM=$kind '$bin' '$log'; echo status \$?; exec sleep 60"
  sees "kind$kind" 'status 2'
  sees "kind$kind" 'ikewalk check'
done

[ $failures = 0 ] || exit 1
echo 'the terminal is used and given back as it should be'
