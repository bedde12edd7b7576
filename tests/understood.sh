#!/bin/bash
# Of the lines that a daemon wrote into the shipped logs at least nine in ten are understood, for each dialect.
set -u
root=${IKEWALK_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
bin=${IKEWALK_BIN:-$root/build/ikewalk}
export LC_ALL=C.UTF-8 TZ=UTC
for folder in "$root"/assets/logs/*/; do
    for log in "$folder"*.log; do
        "$bin" check --format json "$log" 2>/dev/null
    done | python3 -c '
import json, sys
text, at, read, unread = sys.stdin.read(), 0, 0, 0
while at < len(text.rstrip()):
    report, at = json.JSONDecoder().raw_decode(text, at)
    while at < len(text) and text[at].isspace():
        at += 1
    for source in report["sources"]:
        read += source["recognised"]
        unread += source["not_understood"]
share = read / (read + unread) if read + unread else 0
print("%s: %d of %d lines understood" % (sys.argv[1], read, read + unread))
sys.exit(share < 0.9)' "$(basename "$folder")" || bad="${bad-} $(basename "$folder")"
done
[ -z "${bad-}" ] || { printf 'FAILED: too little is understood:%s\n' "$bad" && exit 1; }
