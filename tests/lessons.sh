#!/usr/bin/env bash
# Lessons in a real terminal (tmux): all of them are played through by keys alone at 80x24 and 40x12, each question
# answered as the printed lesson says, so every first answer is right; and each is printed without a terminal.
set -u
bin=${IKEWALK_BIN:?}
dir=$(mktemp -d) || exit 1
unset TMUX
export TERM=xterm-256color LC_ALL=C.UTF-8 TZ=UTC XDG_STATE_HOME=$dir/state HOME=$dir
t() { tmux -S "$dir/socket" -f /dev/null "$@"; }
trap 't kill-server 2>/dev/null; rm -rf "$dir"' EXIT

fail() { printf '%s\n' "$1"; t capture-pane -p -t play 2>/dev/null; exit 1; }

sees() { # sees PATTERN: waits for it on the screen, thirty seconds at most
  local end=$((SECONDS + 30))
  until t capture-pane -p -t play | grep -qE -e "$1"; do
    ((SECONDS < end)) || fail "lesson $lesson, step $step ($kind): not on the screen: $1"
    sleep 0.02
  done
}

press() { t send-keys -t play "$1"; }

# The kinds of the steps and the right answers of a lesson, from its print: "read", "ask b", "guess 2" ...
plan() {
  awk '
    /^Answers$/ { answers = 1; next }
    !answers && /^[0-9]+\. (Read|Place the fault on the ladder|Question|Answer|Try it on the log|Predict)$/ {
      n = $1 + 0; kind[n] = $2; count = n
    }
    answers && /^[0-9]+\.$/ { n = $1 + 0 }
    answers && /^  [a-f0-9]\* / { key[n] = substr($1, 1, 1) }
    END { for (i = 1; i <= count; i++) print kind[i], key[i] }' "$dir/$1.txt"
}

"$bin" lesson --print </dev/null >"$dir/list.txt" || exit 1
count=$(grep -cE '^ *[0-9]+ ' "$dir/list.txt")
((count >= 24)) || { echo "only $count lessons in the list"; exit 1; }
for ((lesson = 1; lesson <= count; lesson++)); do
  "$bin" lesson --print "$lesson" </dev/null >"$dir/$lesson.txt" || { echo "lesson $lesson is not printed"; exit 1; }
  grep -q "^Lesson $lesson: " "$dir/$lesson.txt" && (($(plan "$lesson" | wc -l) > 1)) ||
    { echo "lesson $lesson is printed badly"; exit 1; }
done

t new-session -d -s keep 'exec sleep 600' # the server stays when a session ends
goes_on='Enter (goes on|ends this)'
for size in '80 24' '40 12'; do
  t new-session -d -s play -x "${size% *}" -y "${size#* }" "'$bin' lesson 1; exec sleep 60"
  for ((lesson = 1; lesson <= count; lesson++)); do
    step=0 asked=0
    while read -r kind key; do
      step=$((step + 1))
      case $kind in
      Question | Predict | Place)
        asked=$((asked + 1))
        [ -n "$key" ] || fail "lesson $lesson, step $step: no answer is printed"
        sees 'Enter (answers|shows the answers)'
        if [ "$kind" = Place ]; then
          press Down
          sees '^ > 1  ' # the places come when the log was read
        fi
        press "$key"
        if [ "$kind" = Predict ]; then
          sees 'Enter shows it'
          press Enter
          sees 'Vendor tunnel over TCP or UDP'
          press Escape
        fi
        sees "$goes_on"
        ;;
      Try)
        sees 'Enter opens this log'
        press Enter
        sees '(3/5 Ladder|\[3 Ladder\]|2/5 Tunnels|\[2 Tunnels\])'
        press Escape
        sees "$goes_on"
        ;;
      *) sees "$goes_on" ;;
      esac
      press Enter
    done < <(plan "$lesson")
    kind=end
    sees "This was lesson $lesson: "
    ((asked == 0)) || sees "$asked of $asked answered right at once"
    press Enter
  done
  sees 'Enter plays '
  t kill-session -t play
  echo "$count lessons played at ${size/ /x}"
done

# A lesson that is left goes on where that was; a sign that none of the answers has is said to be none.
lesson=3 step=0 kind=left
t new-session -d -s play -x 80 -y 24 "XDG_STATE_HOME='$dir/left' '$bin' lesson 3; exec sleep 60"
sees 'step 1/5'
press Enter
sees 'Enter answers 0'
press b
sees 'None of the answers has this sign'
press 0
sees "$goes_on"
press Enter
sees 'step 3/5'
press Escape
sees 'Enter goes on with lesson 3 at step 3'
press Enter
sees 'Goes on at step 3; p goes back'
sees 'step 3/5'
press p
sees 'step 2/5'
t kill-session -t play
