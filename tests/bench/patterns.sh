#!/usr/bin/env bash
# patterns.sh COUNT LOG PACK...: COUNT regular expressions for ripgrep from the templates of the packs, in an order
# without meaning: those of the first pack whose messages LOG holds, and an even share of all others. Each says what
# its template says: a message begins behind a colon and blanks, and is read to the end of the line.
# patterns.sh 0 PACK...: every template of the packs, without what stands around a message.
set -eu
count=$1
shift

templates() { # templates PACK...: each as a regular expression of its message
  awk '
    { match($0, /^ */); depth = RLENGTH; text = substr($0, depth + 1) }
    text ~ /^(- )?match:/ { inside = 1; from = depth; next }
    !inside || text == "" { next }
    text ~ /^- +\|-?$/ { wanted = 1; next }
    wanted { print text; wanted = 0; next }
    depth <= from { inside = 0 }
  ' "$@" | awk '
    BEGIN {
      kind["int"] = "[0-9]+"; kind["num"] = "[0-9.-]+"; kind["hex"] = "[0-9a-fA-Fx]+"
      kind["addr"] = "[0-9a-zA-Z.:%-]+"; kind["word"] = "[^ ]+"; kind["name"] = "[A-Za-z0-9_.+-]+"
      kind["caps"] = "[A-Z0-9_]+"; kind["quoted"] = "[^\"]+"
    }
    {
      out = ""
      while (match($0, /[$][{][^}]*[}]/)) {
        hole = substr($0, RSTART + 2, RLENGTH - 3)
        plain = substr($0, 1, RSTART - 1)
        $0 = substr($0, RSTART + RLENGTH)
        gsub(/[][\\^$.|?*+(){}]/, "\\\\&", plain)
        sub(/.*:/, "", hole)
        out = out plain (hole in kind ? kind[hole] : ".*?")
      }
      gsub(/[][\\^$.|?*+(){}]/, "\\\\&", $0)
      print out $0
    }'
}

if [ "$count" = 0 ]; then
  templates "$@"
  exit
fi
log=$1
shift

# What stands around a message: the last hole may be text without an end.
whole() { sed 's/\.\*?$//; s/^/: +/; s/$/.*$/' | awk '!seen[$0]++'; }

held() { # those on standard input that a line of the log fits
  local pattern
  while IFS= read -r pattern; do
    ! rg -aq -e "$pattern" "$log" || printf '%s\n' "$pattern"
  done
}

first=$(templates "$1" | whole | held)
{
  printf '%s\n' "$first"
  templates "$@" | whole | grep -vxF "$first" | awk -v count=$((count - $(wc -l <<<"$first"))) '
    { all[NR - 1] = $0 }
    END { for (i = 0; i < count; i++) print all[int(i * NR / count)] }'
} | head -n "$count" | awk '{ printf "%d\t%s\n", (NR * 7919) % 10007, $0 }' | sort -n | cut -f 2-
