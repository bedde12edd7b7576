# Sourced by the benches that time the reading of whole logs: what they need, a folder (WORK, or a temporary one), the
# generator and the program that measures, $work/gen_log and $work/measure, and the medians of their rounds.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
rounds=${ROUNDS:-5}
ikewalk=${IKEWALK:-$root/build/ikewalk}
work=${WORK:-}
needs() { # needs TOOL...
  for tool; do
    command -v "$tool" >/dev/null || { echo "$(basename "$0"): needs $tool" >&2; exit 2; }
  done
}
needs cc "$ikewalk"
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
for tool in gen_log measure; do
  cc -O2 -std=c17 -D_GNU_SOURCE -o "$work/$tool" "$here/$tool.c"
done

median() { # median COLUMN NAME
  sort -n -k "$1" "$work/$2.times" | awk -v c="$1" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}
