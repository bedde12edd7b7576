#!/bin/bash
# encap from end to end on the real binary: options, text, JSON against assets/encap.schema.json, exit status.
set -u
root=${IKEWALK_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
bin=${IKEWALK_BIN:-$root/build/ikewalk}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/json"
export LC_ALL=C.UTF-8 TZ=UTC HOME=$work
unset NO_COLOR XDG_CONFIG_HOME
bad=0 reports=0

fail() { printf 'FAILED: %s\n' "$*" && bad=$((bad + 1)); }
# run STATUS ARGS...: as text and as JSON, both with this exit status
run() {
    local wanted=$1 status=0
    shift
    "$bin" encap "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" = "$wanted" ] || fail "status of $*: $status, not $wanted: $(head -c 300 "$work/err")"
    status=0
    "$bin" encap --format json "$@" >"$work/json.out" 2>>"$work/err" </dev/null || status=$?
    [ "$status" = "$wanted" ] || fail "status of $* as JSON: $status, not $wanted"
    [ "$wanted" = 2 ] || cp "$work/json.out" "$work/json/$((reports += 1)).json"
}
# field EXPRESSION WANTED: of the JSON report r
field() {
    local have
    have=$(python3 -c "import json,sys; r=json.load(open(sys.argv[1])); print(($1))" "$work/json.out" 2>&1)
    [ "$have" = "$2" ] || fail "$1 is $have, not $2"
}
says() { grep -qF -- "$1" "$work/out" || fail "no '$1' in the text"; }

run 0 --family tcp-udp --mode tcp --branch-port 88 --published 88 --inner 4009 --listen 4009 --mapped tcp,udp
field 'r["schema"], r["outcome"], r["rule"]' "('ikewalk-encap/1', 'works', 'd')"
says 'Before a change'
run 1 --family tcp-udp --mode udp --published 88 --inner 4009 --listen 4009 --mapped tcp,udp
field 'r["outcome"], r["rule"], r["basis"]' "('half-up', 'f', 'seed')"
field 'r["fixes"][0]["outcome"]' works
field 'r["facts"]["branch-port"]' "{'value': '88', 'from': 'assumed'}"
field '[c["state"] for c in r["checks"] if c["id"] == "same-port"]' "['failed']"
says 'peer'"'"'s address stays empty'
run 0 --mode udp --published 88 --inner 88 --listen 88 --mapped tcp,udp
field 'r["family"], r["rule"]' "('tcp-udp', 'g')"
run 1 --family tcp-udp --mode udp --published 88 --inner 88 --listen 88 --mapped udp
field 'r["outcome"], r["rule"]' "('no-connect', 'c')"
run 1 --family tcp-udp --mode udp --published 88 --inner 88 --listen 88 --mapped tcp
field 'r["rule"], r["basis"]' "('e', 'inferred')"
run 1 --family tcp-udp --mode tcp --published 88 --inner 4008 --listen 4009 --mapped tcp,udp
field 'r["rule"]' a
run 3 --family tcp-udp --mode udp
field 'r["outcome"], r["rule"], r["sizes"]' "('unknown', None, None)"
field '"published" in r["missing"]' True
run 3

run 0 --nat initiator --open udp500,udp4500
field 'r["family"], r["outcome"]' "('ike', 'works')"
run 1 --nat initiator --open udp500
field 'r["outcome"], r["rule"]' "('no-connect', 'udp4500-closed')"
run 1 --nat none --open udp500,udp4500
field 'r["outcome"], r["rule"]' "('half-up', 'esp-closed')"
run 0 --nat none --open udp500,esp
run 0 --open 'udp500 udp4500 esp'
run 1 --nat none --open none
run 0 --carrier tcp --open tcp4500
run 1 --carrier tcp --open udp500,udp4500,esp
run 1 --nat both --carrier esp --open udp500,udp4500,esp
run 1 --nat initiator --protocol ah --open udp500,udp4500,ah
run 0 --nat none --open udp500,esp,udp1701
field '[c["state"] for c in r["checks"] if c["id"] == "l2tp"]' "['suspected']"

# Sizes: as a table and as a daemon writes the cipher, all carriers.
run 0 --nat initiator --open udp500,udp4500 --cipher 'AES-CBC + HMAC-SHA2-256-128'
field 'r["sizes"]' "{'inner_mtu': 1422, 'mss_ipv4': 1382, 'mss_ipv6': 1362, 'outer_size': 1492}"
run 3 --cipher AES_GCM_16_256-NONE --carrier esp --outer-ip 6 --ipsec-mode transport
field 'r["sizes"]["inner_mtu"], r["sizes"]["mss_ipv4"], r["sizes"]["mss_ipv6"]' '(1466, None, 1406)'
run 3 --cipher aes128-sha1 --carrier tcp-ts --outer-mtu 1492
field 'r["sizes"]["inner_mtu"]' 1390
run 3 --cipher aes128-sha1 --carrier tcp --outer-mtu 1492
field 'r["sizes"]["inner_mtu"]' 1406
run 3 --cipher aes128-sha1 --carrier natt --packet 1500
field 'r["packet"]["pieces"]' 2
says 'IP fragments'
run 3 --cipher rot13 --carrier natt
field 'r["sizes"]' None
run 3 --cipher aes128-sha1 --carrier natt --outer-mtu 20
field 'r["sizes"]' None

# Wrong usage: one line that says what and where, a line that helps, nothing on standard output.
for wrong in '--nat everywhere' '--open udp53' '--mapped sctp' '--published 0' '--published 65536' \
    '--published x' '--family vendor' '--format xml' '--outer-ip 5' '--carrier pigeon' '--no-such-thing' \
    'left.log' '--outer-mtu -1' '--published'; do
    # shellcheck disable=SC2086 # several words are meant
    run 2 $wrong
    [ -s "$work/out" ] && fail "encap $wrong wrote to standard output"
    grep -q "^Try 'ikewalk encap --help'" "$work/err" || fail "encap $wrong: no line that helps"
done
"$bin" encap --cipher $'aes128-sha1\033]0;x\007' --carrier natt >"$work/out"
grep -q $'\033' "$work/out" && fail 'a control sequence passed'
run 2 --kb "$work/none" --nat none
grep -q "$work/none" "$work/err" || fail 'a missing folder of packs is not named'

python3 - "$root/assets/encap.schema.json" "$work"/json/*.json <<'END' || fail 'a report does not keep its schema'
import json, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
for name in sys.argv[2:]:
    jsonschema.validate(json.load(open(name)), schema)
END
[ "$reports" -gt 20 ] || fail "only $reports reports were checked"
[ $bad = 0 ] && echo "encap: $reports reports as they must be"
[ $bad = 0 ]
