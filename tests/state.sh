#!/usr/bin/env bash
# No room keeps state of its own but what is named here. Reads the built libraries.
set -u
# Set by, or for, a signal handler or a failed allocation.
allowed='mem_exhausted|term_(resized|stopped|continued|hung_up|interrupted)|rescue'
# As long as the program runs and under a lock: secrets, host keys that were accepted once, the number of a question.
allowed="$allowed|kept|accepted|questions"
# Of the process itself: its language and where its catalogues are, and how its terminal takes a copied text.
allowed="$allowed|missing_locale|folder|name|terminal"
cd "$IKEWALK_BINARY_DIR" || exit 1
if grep -q '^SANITIZE:BOOL=ON' CMakeCache.txt; then
  echo "skipped: the sanitizers add variables of their own; the plain build has this test too"
  exit 0
fi
found=$(objdump -t libdiag.a libknowledge.a libremote.a libtui.a |
  awk '/^[a-z_]+\.c\.o:/ { file = $1 } NF > 2 && $(NF - 2) ~ /^\.(data|bss|tdata|tbss)($|\.[^r])/ && $NF !~ /^\./ { print file, $NF }' |
  grep -vE " ($allowed)(\.[0-9]+)?$")
# The names above are found, or nothing is looked at.
objdump -t libremote.a | grep -q ' kept$' || { echo "no variable of libremote is seen"; exit 1; }
[ -z "$found" ] && exit 0
printf 'writable variables:\n%s\n' "$found"
exit 1
