#!/usr/bin/env bash
# patterns.sh COUNT PACK...: COUNT regular expressions for ripgrep from the templates of the packs, in an
# order without meaning. Where the packs hold fewer, varied ones fill up; where more, an even share is taken.
# COUNT 0 gives each once.
set -eu
count=$1
shift
awk '
  { match($0, /^ */); depth = RLENGTH; text = substr($0, depth + 1) }
  text ~ /^(- )?match:/ { inside = 1; from = depth; next }
  !inside || text == "" { next }
  text ~ /^- +\|-?$/ { wanted = 1; next }
  wanted { print text; wanted = 0; next }
  depth <= from { inside = 0 }
' "$@" | awk -v count="$count" '
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
    all[total++] = out $0
  }
  END {
    if (!total)
      exit 1
    if (!count)
      count = total
    for (i = 0; i < count; i++)
      print (total >= count ? all[int(i * total / count)] : (i < total ? "" : "again " i " ") all[i % total])
  }
' | awk '{ printf "%d\t%s\n", (NR * 7919) % 10007, $0 }' | sort -n | cut -f 2-
