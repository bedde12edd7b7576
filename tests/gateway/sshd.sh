# Sourced by the gateway tests: a private network and file system, real SSH servers in it with throw-away
# keys, and helpers to say what is wrong. Needs root (the tests of CI run as root).
. "$IKEWALK_SOURCE_DIR/tests/lab/namespaces.sh"
if [ -z "${GATEWAY_INSIDE:-}" ]; then
  [ "$(id -u)" = 0 ] || cannot "needs root, for a network of its own and accounts with known passwords"
  wants ip sshd
  GATEWAY_INSIDE=1 exec "${as_root[@]}" bash "$0" "$@"
fi
ip link set lo up
ip link add eth9 type veth peer name eth8 && ip address add 192.0.2.1/24 dev eth9 && ip link set eth9 up
work=$(mktemp -d) || exit 1
# Others are to see the keys' folder; sshd goes to accounts without rights.
chmod 755 "$work"
mkdir -p /run/sshd "$work/home/.ssh"
mount -t tmpfs -o mode=755 tmpfs /run/sshd
# What the account's own shell says at its start is no part of the tests.
for file in ~root/.bashrc ~root/.profile; do
  [ ! -e "$file" ] || mount --bind /dev/null "$file"
done
export HOME=$work/home XDG_CONFIG_HOME=$work/config SSH_AUTH_SOCK='' USER=root
started=()
finish() {
  for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null; done
  wait 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
bad=0 good=0
fail() { echo "FAILED: $*"; bad=$((bad + 1)); }
# holds NAME FILE TEXT: the file holds the text.
holds() {
  if grep -qF -e "$3" "$2"; then good=$((good + 1)); else fail "$1: no '$3' in:" "$(head -c 1500 "$2")"; fi
}
lacks() {
  if grep -qF -e "$3" "$2"; then fail "$1: '$3' in:" "$(head -c 1500 "$2")"; else good=$((good + 1)); fi
}
same() { # same NAME FILE FILE
  if cmp -s "$2" "$3"; then good=$((good + 1)); else fail "$1: $(cmp "$2" "$3" 2>&1 | head -1)"; fi
}
is() { # is NAME HAVE WANT
  if [ "$2" = "$3" ]; then good=$((good + 1)); else fail "$1: have '$2', want '$3'"; fi
}

ssh-keygen -q -t ed25519 -N '' -f "$work/host"
ssh-keygen -q -t ed25519 -N '' -f "$work/other-host"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$work/rsa-host"
ssh-keygen -q -t ed25519 -N '' -f "$work/user"
ssh-keygen -q -t ed25519 -N '' -f "$work/stranger"
ssh-keygen -q -t ed25519 -N 'open sesame' -f "$work/locked"
cat "$work"/{user,locked}.pub >"$work/authorized"

# OpenSSH 9.8 and later turns away for a while whoever failed to sign in, as these tests do all the time.
forgiving=()
! /usr/sbin/sshd -T -h "$work/host" -o PerSourcePenalties=no >/dev/null 2>&1 || forgiving=('PerSourcePenalties no')

# server PORT [LINES OF CONFIGURATION]: an sshd; its log is $work/sshd-PORT.log.
server() {
  local port=$1
  shift
  {
    printf '%s\n' "Port $port" "ListenAddress 0.0.0.0" "AuthorizedKeysFile $work/authorized" "PidFile none" \
      "StrictModes no" "LogLevel VERBOSE" "PermitRootLogin yes" "MaxStartups 100" "${forgiving[@]}" "$@"
    case "$*" in *HostKey*) ;; *) echo "HostKey $work/host" ;; esac
    case "$*" in *UsePAM*) ;; *) echo "UsePAM no" ;; esac
    case "$*" in *PasswordAuthentication*) ;; *) echo "PasswordAuthentication no" ;; esac
    case "$*" in *KbdInteractive*) ;; *) echo "KbdInteractiveAuthentication no" ;; esac
  } >"$work/sshd-$port.conf"
  /usr/sbin/sshd -D -e -f "$work/sshd-$port.conf" 2>"$work/sshd-$port.log" &
  started+=($!)
  await "$port"
}
# playing PORT NAME SCRIPT: an sshd on whose host the command NAME is this script. Nothing is packed there, and
# SSHD is the process that serves the connection.
playing() {
  local port=$1
  mkdir -p "$work/plays-$port" "$work/plain"
  [ -e "$work/plain/sh" ] || ln -s /usr/bin/* "$work/plain/"
  rm -f "$work/plain/zstd" "$work/plain/gzip"
  printf '#!/bin/bash\nPATH=%s\n%s\n' "$PATH" "$3" >"$work/plays-$port/$2"
  printf '#!/bin/sh\nSSHD=$PPID PATH=%s exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n' "$work/plays-$port:$work/plain" >"$work/played-$port"
  chmod 755 "$work/plays-$port/$2" "$work/played-$port"
  server "$port" "ForceCommand $work/played-$port"
}
await() {
  for _ in $(seq 200); do
    (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.05
  done
  fail "nothing listens on port $1: $(tail -3 "$work/sshd-$1.log" 2>/dev/null)"
}
known() { # known FILE KEY PORT...: the hosts on these ports have this key
  local file=$1 key=$2 port
  shift 2
  for port; do echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$key.pub")"; done >>"$file"
}
summary() {
  echo "$good good, $bad bad"
  [ "$bad" = 0 ]
  exit
}
