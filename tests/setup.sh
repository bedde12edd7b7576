#!/usr/bin/env bash
# The set-up commands where something is missing: each case is a small PATH with stand-ins for the
# system's own commands, since a test must not install anything.
set -u
cd "$IKEWALK_SOURCE_DIR" || exit 1
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
cp -p run check packages "$place"
path=$place/path
bad=0

system() { # an empty PATH but for what every system has
  rm -rf "$path" "$place/build"
  mkdir "$path"
  for tool in bash env cat dirname mkdir grep tail wc sed sleep find mv touch printf; do
    ln -s "$(command -v $tool)" "$path/$tool"
  done
}

give() { # give NAME LINE...: a stand-in command
  local name=$1
  shift
  printf '%s\n' '#!/bin/bash' "$@" >"$path/$name"
  chmod +x "$path/$name"
}

try() { # try COMMAND...: its words in $out, its status in $status
  out=$(PATH=$path "$@" 2>&1 </dev/null)
  status=$?
}

expect() { # expect WHAT STATUS WORDS...
  local what=$1 want=$2 wrong=0
  shift 2
  [ "$status" = "$want" ] || { echo "$what: ends with $status, not $want"; wrong=1; }
  for word in "$@"; do
    case $out in *"$word"*) ;; *) echo "$what: does not say \"$word\""; wrong=1 ;; esac
  done
  [ $wrong = 0 ] || { printf '%s\n' "$out"; bad=1; }
}

system
try "$place/run"
expect "no apt" 2 "no apt" cmake zlib1g-dev libncurses-dev gettext

system
for tool in cc cmake ninja msgfmt pkg-config; do give $tool 'exit 0'; done
try "$place/packages" run
expect "no apt, but everything there" 0

system
give dpkg-query 'exit 1'
give apt-get 'exit 0'
give id 'echo 1000'
try "$place/run"
expect "no sudo" 2 "apt-get install" libyaml-dev "As root"

give sudo '[ "$1" = -n ] && echo "sudo: a password is required" >&2' 'exit 1'
try "$place/run"
expect "sudo refuses" 2 "As root" libyaml-dev packages.log

give id 'echo 0'
give apt-get 'echo "Err: Temporary failure resolving" ; exit 100'
try "$place/run"
expect "no network" 2 "cannot be reached" libyaml-dev packages.log

give apt-get 'echo "E: Could not get lock /var/lib/dpkg/lock-frontend." ; exit 100'
try "$place/check"
expect "locked" 2 "lock" libcmocka-dev

give apt-get 'echo "E: Unable to locate package libyaml-dev" ; exit 100'
try "$place/run"
expect "unknown package" 2 "Unable to locate package" packages.log

# Everything is installed, so neither apt nor the network is asked; then the build fails.
system
give dpkg-query 'for p in "$@"; do echo "=$p=installed="; done'
give apt-get 'echo asked >&2; exit 100'
give cmake 'echo "CMake Error: no such thing"; exit 1'
try "$place/run"
expect "build fails" 2 "no such thing" "build/run.log"
case $out in *asked*) echo "apt was asked though nothing is missing"; bad=1 ;; esac

# What conflicts is not installed: it is unpacked below the build, without root, and once.
system
for tool in ls rm; do ln -s "$(command -v $tool)" "$path/$tool"; done
give id 'echo 1000'
give dpkg-query 'for p in "$@"; do echo "=$p=installed="; done'
give apt-get '[ "$2" = download ] || exit 100' 'shift 2' 'for p; do : >"${p}_1.deb"; done'
give dpkg '[ -e "$2" ] || exit 1' 'mkdir -p "$3/usr/lib/ipsec/plugins" "$3/usr/sbin"' \
  ': >"$3/usr/lib/ipsec/libstrongswan.so.0" >"$3/usr/lib/ipsec/libcharon.so.0"' \
  ': >"$3/usr/lib/ipsec/charon" >"$3/usr/sbin/swanctl"'
try "$place/packages" test
expect "unpacked" 0 "below build/beside" strongswan-charon
[ -e "$place/build/beside/usr/lib/ipsec/charon" ] || { echo "unpacked: charon is not there"; bad=1; }
[ ! -e "$place/build/beside/debs" ] || { echo "unpacked: what was downloaded is left"; bad=1; }
try "$place/packages" test
expect "unpacked already" 0
[ -z "$out" ] || { echo "unpacked already, and says: $out"; bad=1; }
rm -rf "$place/build"
give apt-get 'echo "Err: Temporary failure resolving"; exit 100'
try "$place/packages" test
expect "no network to unpack from" 2 "cannot be reached" strongswan-swanctl

# A build that works, then starts that must not build again until a source is newer.
mkdir -p "$place"/{diag,knowledge,remote,tui,assets}
touch "$place/CMakeLists.txt"
give cmake 'case $1 in --build) printf "#!/bin/bash\necho \"started \$*\"\nexit 7\n" >"$2/ikewalk"' \
  "$(command -v chmod) +x \"\$2/ikewalk\" ;; esac"
try "$place/run" check a.log
expect "first start" 7 "Building" "started check a.log"
give cmake 'echo "built again" >&2; exit 1'
try "$place/run" kb
expect "second start" 7 "started kb"
[ "$out" = "started kb" ] || { echo "second start says more: $out"; bad=1; }
sleep 0.02
touch "$place/tui/new.c"
try "$place/run"
expect "a new source" 2 "built again"
exit $bad
