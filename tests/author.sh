#!/bin/bash
# The walk of an author: a pack for a vendor that nobody knows is clean and diagnoses its log, and every mistake that
# an author makes is told with file, line and the way out.
set -u
root=${IKEWALK_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
bin=${IKEWALK_BIN:-$root/build/ikewalk}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 TZ=UTC HOME=$work
bad=0 good=0
fail() { printf 'FAILED: %s\n' "$*" && bad=$((bad + 1)); }
holds() { if grep -qF -- "$3" "$2"; then good=$((good + 1)); else fail "$1: no '$3' in: $(head -c 600 "$2")"; fi; }
status() { if [ "$2" = "$3" ]; then good=$((good + 1)); else fail "$1: status $2, not $3"; fi; }

mkdir "$work/kb"
pack=$work/kb/firebox.yaml
cp "$root/tests/packs/firebox.yaml" "$pack"
for verb in lint test; do
    "$bin" kb $verb "$pack" >"$work/out" 2>&1
    status "kb $verb" $? 0
done
sed -n '/^    text:/,/^    verdict/s/^      //p' "$pack" >"$work/gateway.log"
"$bin" check "$work/gateway.log" >"$work/out" 2>&1
status 'a log that nobody knows' $? 3
"$bin" check --kb "$work/kb" "$work/gateway.log" >"$work/out" 2>&1
status 'the log with the pack' $? 1
holds 'the log with the pack' "$work/out" 'branch'
holds 'the log with the pack' "$work/out" 'Phase 1 cipher  FAILED'

# mistake VERB SAYS SED...: the pack with one change is not clean, and what is wrong is said
mistake() {
    local verb=$1 says=$2
    shift 2
    sed "$@" "$pack" >"$work/mistake.yaml"
    cmp -s "$pack" "$work/mistake.yaml" && fail "$says: nothing was changed"
    "$bin" kb "$verb" "$work/mistake.yaml" >"$work/out" 2>&1
    status "$says" $? 1
    holds "$verb" "$work/out" "$says"
}
mistake lint 'mistake.yaml:15:5: unknown key "sais"; the nearest is says' '15s/says/sais/'
mistake lint 'mistake.yaml:26:11: unknown event "notify.recieved"; the nearest is notify.received' 's/notify.received/notify.recieved/'
mistake lint 'mistake.yaml:27:13: unknown notify "NO_PROPOSAL_CHOOSEN"; the nearest is NO_PROPOSAL_CHOSEN' 's/_CHOSEN/_CHOOSEN/'
mistake lint 'unknown checkpoint "p1-cypher"; the nearest is p1-cipher' 's/checkpoint: p1-cipher/checkpoint: p1-cypher/'
mistake lint 'message start has no example' '/^    examples:/,/gives/{/branch/!d;d}'
mistake lint 'unknown kind of hole "integer"' 's/peer:addr/peer:integer/'
mistake lint 'this must be text' '24,25c\      - phase-1 negotiation: failed'
mistake lint 'mistake.yaml:15:1: found a tab character' '15s/^    /\t/'
mistake lint 'mistake.yaml:15:' '15s/^    /   /'
mistake lint 'which wants "s. Reason=Received No Proposal Chosen message" where the line has "d. Reason' '25s/failed/failes/'
mistake test 'the certainty is likely; certain is wanted' 's/certainty: likely/certainty: certain/'
mistake test 'line 2 of it is not understood; nearest is' '$!{s/failed. Reason=Received No Proposal Chosen message.$/faild. Reason/}'
mistake lint 'conn is "branch" in this line; "brunch" is wanted' 's/gives: {conn: branch}/gives: {conn: brunch}/'
printf '%d good, %d bad\n' "$good" "$bad"
[ "$bad" -eq 0 ]
