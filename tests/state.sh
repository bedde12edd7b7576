#!/usr/bin/env bash
# No room keeps state of its own: the only writable variables are the flags named here, which a
# signal handler or a failed allocation must be able to set. Reads the built libraries.
set -u
allowed='mem_exhausted|term_(resized|stopped|continued|hung_up|interrupted)'
cd "$IKEWALK_BINARY_DIR" || exit 1
if grep -q '^SANITIZE:BOOL=ON' CMakeCache.txt; then
  echo "skipped: the sanitizers add variables of their own; the plain build has this test too"
  exit 0
fi
found=$(objdump -t libdiag.a libknowledge.a libremote.a libtui.a |
  awk '/^[a-z_]+\.c\.o:/ { file = $1 } $(NF - 2) ~ /^\.(data|bss|tdata|tbss)($|\.[^r])/ && $NF !~ /^\./ { print file, $NF }' |
  grep -vE " ($allowed)(\.[0-9]+)?$")
[ -z "$found" ] && exit 0
printf 'writable variables:\n%s\n' "$found"
exit 1
