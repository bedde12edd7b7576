#!/usr/bin/env bash
# Proves that tests/layers.cmake fails on each thing it forbids, and says which line it is.
set -u
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
bad=0

judge() { "$CMAKE" -DROOT="$tree" -P "$IKEWALK_SOURCE_DIR/tests/layers.cmake" 2>&1; }

fresh() {
  rm -rf "${tree:?}"/*
  mkdir "$tree"/{diag,knowledge,remote,tui}
  cat >"$tree/diag/line.c" <<'C'
#include "diag/line.h"
#include <jansson.h>
// this comment may say printf and exit(1)
static const char *word = "stderr; [exit(1)] \"puts\"";
__attribute__((format(printf, 1, 2))) void note(const char *, ...);
#define TWO_LINES \
    draws(snprintf(paws))
C
  printf '#include "diag/err.h"\n' >"$tree/remote/source.c"
  printf '#include "diag/view.h"\n#include <curses.h>\n' >"$tree/tui/term.c"
  printf 'int main(void) { printf("x"); exit(0); }\n' >"$tree/tui/main.c"
}

fresh
judge >"$tree/out" || { cat "$tree/out"; echo "a clean tree is refused"; bad=1; }

caught() { # caught FILE LINE: with LINE at the end of FILE the check must fail and name that place
  fresh
  printf '%s\n' "$2" >>"$tree/$1"
  local place
  place=$1:$(wc -l <"$tree/$1")
  if judge >"$tree/out"; then
    echo "not caught: $1: $2"
    bad=1
  elif ! grep -qF "$place: " "$tree/out"; then
    echo "caught without its place ($place): $1: $2"
    cat "$tree/out"
    bad=1
  fi
}

caught diag/line.c '#include "knowledge/load.h"'
caught diag/line.c '#include "tui/app.h"'
caught diag/line.c '#include "line.h"'
caught diag/line.c '#include <yaml.h>'
caught knowledge/load.c '#include "remote/source.h"'
caught knowledge/load.c '#include <jansson.h>'
caught remote/source.c '#include "diag/view.h"'
caught remote/source.c '#include "knowledge/load.h"'
caught remote/source.c '#include <libssh/libssh.h>'
caught remote/source.c '#include <libintl.h>'
caught tui/app.c '#include <curses.h>'
caught tui/app.c '#include <ncursesw/curses.h>'
caught tui/app.c '#include <zlib.h>'
caught tui/app.c '    printf("x");'
caught diag/walk.c '    fprintf(stderr, "x");'
caught remote/unpack.c '    puts("x");'
caught knowledge/load.h '    exit(1);'
caught diag/walk.c '    if (str_is(s, "pluto"))'
caught tui/app.c 'const char *cloud = "AWS";'
caught diag/walk.c '// as Libreswan has it'
exit $bad
