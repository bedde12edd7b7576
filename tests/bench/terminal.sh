# Sourced by the benches that time programs in a terminal: what they need, a folder (WORK, or a temporary one) and the
# program that measures, $work/screen.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ikewalk=${IKEWALK:-$here/../../build/ikewalk}
work=${WORK:-}
for tool in less lnav cc pkg-config "$ikewalk"; do
  command -v "$tool" >/dev/null || { echo "$(basename "$0"): needs $tool" >&2; exit 2; }
done
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work/home"
export LC_ALL=C.UTF-8 TZ=UTC HOME=$work/home XDG_STATE_HOME=$work/home XDG_CONFIG_HOME=$work/home
# shellcheck disable=SC2046
cc -O2 -std=c17 -D_GNU_SOURCE -o "$work/screen" "$here/screen.c" $(pkg-config --cflags --libs vterm) -lutil

median() { # median PROGRAM COLUMN: of its rounds
  cut -f "$2" "$work/$1.figures" | sort -g | sed -n "$(((rounds + 1) / 2))p"
}
