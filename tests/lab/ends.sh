# Sourced by the tests with two plutos, inside the namespaces: a folder, what is started and ended, and how one
# waits, fails and speaks to an end. end.sh is what an end runs.
work=$(mktemp -d) || exit 1
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state SSH_AUTH_SOCK=''
started=() failures=0
finish() {
  for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null; done
  { wait; } 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' TERM INT
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
await() { # await SECONDS FILE PATTERN: a line of the file matches
  local until=$((SECONDS + $1))
  until grep -qE -e "$3" "$2" 2>/dev/null; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.05
  done
}
give_up() {
  fail "$1"
  tail -n 20 "$work"/*/log/pluto.log "$work"/*/out 2>/dev/null
  exit 1
}

start() { # start END ADDRESS PEER LAN: its PID is then in $pid
  unshare -n -m -u bash "${IKEWALK_SOURCE_DIR:?}/tests/lab/end.sh" "$work/$1" "$1" "$2" "$3" "$4" >"$work/$1/out" 2>&1 &
  pid=$!
  started+=("$pid")
  local ours until=$((SECONDS + 10))
  ours=$(readlink /proc/self/ns/net)
  while [ "$(readlink /proc/$pid/ns/net)" = "$ours" ]; do
    [ $SECONDS -lt $until ] || give_up "$1 has no network of its own"
    sleep 0.02
  done
}
at() { # at END COMMAND...: in the namespaces of an end
  local pid=$west
  [ "$1" = west ] || pid=$east
  shift
  timeout 20 nsenter -t "$pid" -n -m -u "$@"
}
