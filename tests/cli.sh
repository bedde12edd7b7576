#!/bin/bash
# check, explain and kb from end to end on the real binary. Every JSON report made here is checked against
# assets/report.schema.json at the end, in one go. Needs python3 with jsonschema, gzip, xz, zstd and bzip2.
set -u
root=${IKEWALK_SOURCE_DIR:-$(cd "$(dirname "$0")/.." && pwd)}
bin=${IKEWALK_BIN:-$root/build/ikewalk}
logs=$root/assets/logs/pluto
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/json"
export LC_ALL=C.UTF-8 TZ=UTC HOME=$work
unset NO_COLOR XDG_CONFIG_HOME
bad=0 good=0 reports=0

fail() { printf 'FAILED: %s\n' "$*" && bad=$((bad + 1)); }
pass() { good=$((good + 1)); }
# is WHAT HAVE WANTED
is() { if [ "$2" = "$3" ]; then pass; else fail "$1: have '$2', want '$3'"; fi; }
# holds WHAT FILE TEXT: the file holds the text; lacks: it does not
holds() { if grep -qF -- "$3" "$2"; then pass; else fail "$1: no '$3' in: $(head -c 600 "$2")"; fi; }
lacks() { if grep -qF -- "$3" "$2"; then fail "$1: '$3' in: $(grep -F -- "$3" "$2" | head -n 3)"; else pass; fi; }
empty() { if [ -s "$2" ]; then fail "$1: not empty: $(head -c 300 "$2")"; else pass; fi; }
# run STATUS ARGS...: the program's words in $work/out and $work/err
run() {
    local wanted=$1 status=0
    shift
    "$bin" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    is "status of $*" "$status" "$wanted"
}
# json STATUS ARGS...: the same as JSON, kept for the schema
json() {
    local wanted=$1
    shift
    run "$wanted" check --format json "$@"
    reports=$((reports + 1))
    cp "$work/out" "$work/json/$reports.json"
}
# field PATH: of the JSON report in $work/out
field() {
    python3 -c '
import json, sys
at = json.load(open(sys.argv[1]))
for name in sys.argv[2].split("."):
    at = at[int(name)] if isinstance(at, list) else at[name]
print(json.dumps(at) if isinstance(at, (dict, list, bool)) or at is None else at)' "$work/out" "$1"
}

broken=$logs/id-main-responder.log healthy=$logs/ok-main-initiator.log

# --- help and version: standard output, 0
for words in '--help' '-h' '--ascii --help' '--theme mono -h' 'check --help' 'check -h' 'explain --help' 'kb --help'; do
    run 0 $words
    holds "$words" "$work/out" 'Usage: ikewalk'
    empty "$words" "$work/err"
done
# A user of a service has no home, or one that is no folder.
for home in /dev/null "$work/nowhere"; do
    HOME=$home run 0 check "$healthy"
    empty "home $home" "$work/err"
done
# A home that this user may not look into is no reason to refuse: nothing in it is needed.
ln -s loop "$work/loop"
HOME=$work/loop run 0 check "$healthy"
holds 'a hidden home' "$work/err" 'note: cannot look for packs of your own there'
# What only looks like lines of a daemon here and there is none: a table, a script.
printf '%s\n' '# Tunnels' '| name | peer |' '|---|---|' '| hq | 203.0.113.20 |' '*nothing* of it is a log' \
    '`notify: NAME` stands in a message' >"$work/notes.md"
printf '%s\n' 'for a in 1 2; do' '  echo $a' 'done' '}' >"$work/script"
for file in notes.md script; do
    run 3 check "$work/$file"
    holds "$file" "$work/out" 'Nothing in the sources was recognised as IKE or IPsec.'
    holds "$file" "$work/out" ', 0 understood'
done
# A bar in front of words is a mark of a daemon's debug only where that daemon speaks.
printf '%s\n' 'Connect Banner:' '| Approved business purposes only.' 'vpnc: no response from target' >"$work/banner"
run 1 check "$work/banner"
holds 'a banner between bars' "$work/out" ', 1 understood'
# The sum has the words of the table.
run 1 check "$logs/contact-no-daemon-main-initiator.log"
holds 'words of the table' "$work/out" 'UNREACHABLE  Contact'
holds 'words of the sum' "$work/out" '1 connection: 1 down (UNREACHABLE).'
run 0 --lang de --help
holds 'help in German' "$work/out" 'Findet heraus'
run 0 --ascii --version
holds 'version behind an option' "$work/out" 'ikewalk 0.'
for command in check encap explain lesson kb; do
    run 0 $command --version
    holds "version of $command" "$work/out" 'ikewalk 0.'
done
run 0 --version
is version "$(cat "$work/out")" "ikewalk $(sed -n 's/^project(ikewalk VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")"

# --- a daemon that says it cannot work: a problem of its log, with its line; not once it negotiates behind that
cannot=$root/assets/logs/strongswan/cannot-work.log works=$root/assets/logs/strongswan/ok-main-responder.log
run 0 check "$cannot"
holds 'a daemon that cannot work' "$work/out" 'problem: the daemon could not work (line 13): '
holds 'the line that says so' "$work/out" 'no socket implementation registered, receiving failed'
json 0 "$cannot"
is 'the daemon of the report' "$(field sources.0.problem | cut -d: -f1)" 'the daemon could not work (line 13)'
cat "$cannot" "$works" >"$work/recovers.log"
json 0 "$work/recovers.log"
is 'a daemon that works again' "$(field sources.0.problem)" null
cat "$works" "$cannot" >"$work/breaks.log"
json 0 "$work/breaks.log"
is 'a daemon that worked' "$(field sources.0.problem | cut -d: -f1)" "the daemon could not work (line $(($(wc -l <"$works") + 13)))"
printf 'Nov 25 10:00:01 gw charon[812]: 00[CFG] %s\n' "loading secrets from '/etc/ipsec.secrets'" \
  "  loading private key from '/etc/ipsec.d/private/gw.key' failed" >"$work/part.log"
json 0 "$work/part.log"
is 'a daemon that lacks a key' "$(field sources.0.problem | cut -d: -f1)" 'the daemon could not load all of its configuration (line 2)'
cat "$work/part.log" "$cannot" >"$work/both.log"
json 0 "$work/both.log"
is 'what hinders it most' "$(field sources.0.problem | cut -d: -f1)" 'the daemon could not work (line 15)'
{
    echo 'Nov  7 04:45:01 gw systemd[1]: Started Daily apt download activities.'
    echo "Nov  7 04:45:02 gw ipsec[70]: /usr/lib/ipsec/pluto: unrecognized option '--nat_traversal'"
} >"$work/unstarted.log"
json 0 "$work/unstarted.log"
is 'a daemon that does not start' "$(field sources.0.problem | cut -d: -f1)" 'the daemon could not work (line 2)'
printf 'Nov  7 04:45:09 gw pluto[77]: "office" #1: %s\n' 'initiating Main Mode' 'sent Main Mode request' >>"$work/unstarted.log"
json 1 "$work/unstarted.log"
is 'a daemon that was started anew' "$(field sources.0.problem)" null
echo 'Nov  7 04:45:02 gw pluto[77]: ERROR: setsockopt(SOL_TCP, TCP_ULP) failed: No such file or directory' >"$work/ulp.log"
json 0 "$work/ulp.log"
is 'a kernel without ESP in TCP' "$(field sources.0.problem | cut -d: -f1)" 'the daemon could not load all of its configuration (line 1)'
echo 'Nov  7 04:45:02 gw pluto[77]: ERROR: netlink XFRM_MSG_UPDPOLICY response for flow (out): Invalid argument (errno 22)' \
  >"$work/policy.log"
json 0 "$work/policy.log"
is 'a policy of nobody' "$(field sources.0.problem | cut -d: -f1)" 'the daemon could not load all of its configuration (line 1)'
echo 'Nov  7 04:45:01 gw iked[12]: parent: no valid configuration found' >"$work/late.log"
json 0 "$work/late.log"
is 'a daemon that numbers its attempts late' "$(field sources.0.problem | cut -d: -f1)" 'the daemon could not work (line 1)'

# --- the state of a gateway without a log: what its lines say of each connection
printf '000 "%s": 192.168.10.0/24===192.0.2.1...203.0.113.66===192.168.%s.0/24; %s; eroute owner: #%s\n' \
  office 20 erouted 2 branch 30 'prospective erouted' 0 >"$work/status.txt"
echo '000 #3: "branch":500 STATE_MAIN_I1 (sent MI1, expecting MR1); EVENT_RETRANSMIT in 8s; nodpd; idle;' >>"$work/status.txt"
run 0 check "$work/status.txt"
holds 'a connection that stands' "$work/out" 'packets between its networks are led into'
holds 'one that waits for a packet' "$work/out" 'None stands now'
holds 'an attempt without an answer' "$work/out" 'no answer has come so far'
run 0 check --redact "$work/status.txt"
is 'names of connections are hidden' "$(grep -c '"office"' "$work/out")" 0

# --- wrong usage: 2, one sentence and where to look, nothing on standard output
usage() {
    local text=$1
    shift
    run 2 "$@"
    empty "$*" "$work/out"
    holds "$*" "$work/err" "$text"
    holds "$*" "$work/err" "Try 'ikewalk"
    is "sentences of $*" "$(grep -c '^ikewalk: ' "$work/err")" 1
}
usage 'SOURCE: cannot check anything' check
usage 'the nearest is --format' check --fromat json x
usage 'none of that name' check --zzzzzz x
usage 'it may be short for --progress, --peer-of, --platform' check --p x
usage 'a command is written whole: encap, explain' e
run 2 - # standard input, and no short form of --help
holds 'standard input' "$work/err" 'is no terminal'
usage 'SOURCE: cannot use an empty name' check ''
usage 'SOURCE: cannot use an empty name' "$broken" ''
usage 'WHAT: cannot use an empty name' explain ''
usage 'NAME: cannot use an empty name' lesson --print ''
usage 'PACK: cannot use an empty name' kb lint ''
usage '--peer-of -: cannot read standard input twice' check --peer-of - -
usage 'it wants a value' check --format
usage 'one of text, json' check --format yaml x
for option in output tunnel kb since dialect lang trace peer-of; do
    usage "--$option: cannot use this option: it wants a value" check --$option '' "$broken"
    usage "--$option=: cannot use this option: it wants a value" check --$option= "$broken"
done
usage 'it wants a value' --theme ''
long=$(printf '%4000s' '' | tr ' ' a)
run 2 check --tunnel "$long" "$broken"
holds 'the reason behind a long name' "$work/err" 'cannot report this tunnel'
usage 'one of auto, always, never' check --color red x
usage 'one of auto, never' check --progress always x
usage 'cannot read this time' check --since yesterday x
usage 'cannot read this time' check --since 2024-02-30 x
usage 'no translation into it' check --lang xx x
usage 'ikewalk: --lang xx' --lang xx x
for command in encap explain lesson kb; do
  usage "$command: --lang xx" $command --lang xx
done
usage 'a command stands before all options' --ascii lesson
usage 'the nearest command is check' chek gw.log
usage 'WHAT: cannot explain anything' explain
usage 'WHAT: cannot explain several' explain a b
usage 'the nearest is p1-cipher' explain p1-chiper
usage 'say lint, test or list' kb
usage 'it is lint, test or list' kb lnit
usage 'belong to list' kb lint --causes
usage 'it is one of libreswan' check --platform x "$broken"
usage 'it is 1 to 3600 seconds' check --timeout 0 "$broken"
json 2 @hq
holds @hq "$work/err" 'has none of that name'
json 2 'ssh://-oProxyCommand=x/'
holds 'a host that looks like an option' "$work/err" 'cannot use the host'

# --- the log of the other end
ends=$root/assets/logs/ends
json 1 --peer-of "$ends/id-v2-pluto-responder.log" "$ends/id-v2-charon-initiator.log"
is 'both ends: one tunnel' "$(field tunnels | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')" 1
is 'both ends: certain' "$(field tunnels.0.verdict.certainty)" certain
is 'both ends: the tunnel of the first source' "$(field tunnels.0.source)" 0
is 'both ends: the line of the second' "$(field tunnels.0.ladder.3.evidence.0.source)" 1
run 1 check --peer-of "$ends/id-v2-pluto-responder.log" "$ends/id-v2-charon-initiator.log"
holds 'both ends: who says what' "$work/out" 'these words are taken'
holds 'both ends: the clocks' "$work/out" 'clocks:   B = A '
json 2 --peer-of "$work/none" "$broken"
json 1 --peer-of "$logs/ok-v2-responder.log" "$broken"
run 1 check --peer-of "$logs/ok-v2-responder.log" "$broken"
tr -s ' \n' ' ' <"$work/out" >"$work/flat"
holds 'unrelated logs are not paired' "$work/flat" 'nothing there belongs to this connection'

# --- what a tunnel that stands overcame, with its line; what it had not accepted before is not told as that
run 0 check "$logs/mended-p1-cipher-v2-responder.log"
holds 'what failed before' "$work/out" 'site2site: up now, failed before (6 attempts, the last 11-22 05:27:56): None of'
holds 'what failed before' "$work/out" "$logs/mended-p1-cipher-v2-responder.log:34: no local proposal matches"
cat >"$work/then.log" <<'LOG'
Nov 22 05:27:40.100000: "road" #1: initiating IKEv2 connection
Nov 22 05:27:40.200000: "road" #1: sent IKE_SA_INIT request to 203.0.113.20:500
Nov 22 05:27:40.300000: "road" #1: dropping unexpected IKE_SA_INIT message containing NO_PROPOSAL_CHOSEN notification; message payloads: N; missing payloads: SA,KE,Ni
Nov 22 05:28:40.100000: "road" #1: deleting state (STATE_PARENT_I1) aged 60s and NOT sending notification
Nov 22 05:28:41.100000: "road" #2: initiating IKEv2 connection
Nov 22 05:28:41.200000: "road" #2: sent IKE_SA_INIT request to 203.0.113.20:500
Nov 22 05:28:41.300000: "road" #2: sent IKE_AUTH request {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}
Nov 22 05:28:41.400000: "road" #2: initiator established IKE SA; authenticated peer using authby=secret and ID_IPV4_ADDR '203.0.113.20'
Nov 22 05:28:41.500000: "road" #3: initiator established Child SA using #2; IPsec tunnel [192.168.10.0-192.168.10.255:0-65535 0] -> [192.168.20.0-192.168.20.255:0-65535 0] {ESP=>0x8ec00c4f <0x031ce05f xfrm=AES_CBC_256-HMAC_SHA1_96 DPD=passive}
LOG
run 0 check "$work/then.log"
holds 'nothing was accepted before' "$work/out" 'failed before (1 attempt, 11-22 05:27:40): The peer'
lacks 'nothing was accepted before' "$work/out" 'accepted before'

# --- five lines of proof are told; that a fifth is left out would take the place of the fifth
run 1 check "$logs/p1-cipher-main-responder.log"
holds 'the fifth line of proof' "$work/out" 'sending notification NO_PROPOSAL_CHOSEN to'
lacks 'the fifth line of proof' "$work/out" 'more lines belong to it'

# --- a source that is named twice is read once
for names in "$broken $broken" "$broken $logs/../pluto/${broken##*/}" 'sample:pluto/id-main-responder sample:pluto/id-main-responder'; do
  json 1 $names
  is 'a log named twice' "$(field sources | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')" 1
  holds 'a log named twice' "$work/err" 'note: 1 name leads to a source that is named before'
done

# --- a tunnel that looks well and has a warning is told of
for n in 1 3 5; do
  printf '%s\n' "Nov 27 02:16:0$n.1: \"net\" #$n: sent IKE_SA_INIT reply {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=MODP2048}" \
    "Nov 27 02:16:0$n.2: \"net\" #$n: responder established IKE SA; authenticated peer using authby=secret and ID_IPV4_ADDR '198.51.100.10'" \
    "Nov 27 02:16:0$n.3: \"net\" #$((n + 1)): responder established Child SA using #$n; IPsec tunnel [192.0.2.0-192.0.2.127:0-65535 0] -> [192.0.2.128-192.0.2.255:0-65535 0] {ESP/ESN=>0x7249e4a$n <0x44d90e7$n xfrm=AES_GCM_16_256-NONE DPD=passive}"
done >"$work/again.log"
run 0 check "$work/again.log"
holds 'a warning is no error, and is told' "$work/out" 'net: The peer sets the tunnel up again and again'

# --- the exit status says what was found
json 1 "$broken"
is verdict "$(field tunnels.0.verdict.checkpoint)" id
is complete "$(field sources.0.complete)" true
empty 'errors' "$work/err"
json 0 "$healthy"
is verdict "$(field tunnels.0.verdict.checkpoint)" none
printf 'Nov 22 05:20:26 host sshd[1]: hello\nnothing\n' >"$work/foreign.log"
json 3 "$work/foreign.log"
is tunnels "$(field tunnels)" '[]'
run 1 check "$logs/psk-main-responder.log"
holds 'an address at which the daemon listens is not the one of the tunnel' "$work/out" 'LOCAL PEER : PSK'
run 3 check "$work/foreign.log"
holds foreign "$work/out" 'Nothing in the sources was recognised as IKE or IPsec.'
run 2 check "$work/no-such-file"
holds 'nothing was read' "$work/out" 'No source could be read.'
run 0 check "$IKEWALK_SOURCE_DIR/tests/captures/nat-4500-dropped.pcap"
holds 'a capture alone' "$work/out" 'ikewalk encap --capture FILE'
: >"$work/empty.log"
json 3 "$work/empty.log"
json 1 sample:pluto/id-main-responder
json 1 sample:pluto/id-main-responder.log
json 1 sample:id-own-check-v2-initiator
json 2 sample:no-such
holds sample "$work/err" 'there is none of that name'
json 2 sample:pluto/id-main-respond
holds nearest "$work/err" 'the nearest is pluto/id-main-responder'
json 2 sample:psk-v2-initiator
holds several "$work/err" 'several have that name, such as'

# --- a source that cannot be read is told, and does not stop the others
# One is not many.
echo 'Nov  7 04:45:02 gw pluto[77]: "a" #1: initiating IKEv1 Main Mode connection' >"$work/one.log"
run 1 check --progress never "$work/one.log"
holds 'one line' "$work/out" 'one.log: 1 line, 1 understood'
holds 'one line in all' "$work/out" '. 1 line in '
head -c 70000 /dev/zero | tr '\0' x >>"$work/one.log"
run 1 check --progress never "$work/one.log"
holds 'one long line' "$work/out" '1 line is longer than'
mkdir "$work/folder"
ln -s /no/where "$work/dangling"
for wrong in "$work/missing.log" "$work/folder" /dev/zero "$work/dangling" "$work/foreign.log/x"; do
    json 2 "$wrong" "$broken"
    is "problem of $wrong" "$(field sources.0.complete)" false
    holds "$wrong" "$work/err" "ikewalk: $wrong: cannot"
    is "the other one" "$(field tunnels.0.verdict.checkpoint)" id
    run 2 check "$broken" "$wrong"
    holds "$wrong" "$work/out" 'problem: '
done

# --- packed or piped, the report is the same
json 1 "$broken"
same() { python3 -c '
import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:])
for r in (a, b):
    for s in r["sources"]:
        s["name"] = s["kind"] = ""
sys.exit(a != b)' "$1" "$2" && pass || fail "$3 gives another report"; }
cp "$work/out" "$work/plain.json"
gzip -c "$broken" >"$work/a.log" # the content decides, not the name
xz -c "$broken" >"$work/a.xz"
zstd -qc "$broken" >"$work/a.zst"
bzip2 -c "$broken" >"$work/a.bz2"
for packed in a.log a.xz a.zst a.bz2; do
    json 1 "$work/$packed"
    same "$work/plain.json" "$work/out" "$packed"
    "$bin" check --format json - <"$work/$packed" >"$work/out"
    same "$work/plain.json" "$work/out" "$packed on standard input"
done
(sed 40q "$broken" && sleep 1 && sed 1,40d "$broken") | "$bin" check --format json - >"$work/out"
is 'kind of a pipe' "$(field sources.0.kind)" stdin
same "$work/plain.json" "$work/out" 'a slow pipe'
mkfifo "$work/fifo"
cat "$broken" >"$work/fifo" &
json 1 "$work/fifo"
same "$work/plain.json" "$work/out" 'a FIFO'

# R2: damage is told, and what could be read is reported
cat "$broken" "$broken" "$broken" | gzip -c >"$work/whole.gz"
head -c "$(($(stat -c %s "$work/whole.gz") - 60))" "$work/whole.gz" >"$work/cut.gz"
json 2 "$work/cut.gz"
is 'cut.gz complete' "$(field sources.0.complete)" false
if [ "$(field sources.0.lines)" -gt 5 ]; then pass; else fail 'nothing of cut.gz was read'; fi

# --- options
json 1 --tunnel "$(python3 -c 'import json,sys;print(json.load(open(sys.argv[1]))["tunnels"][0]["name"])' "$work/plain.json")" "$broken"
is 'one tunnel' "$(field tunnels | grep -o '"checkpoint": "contact"' | wc -l)" 1
run 2 check --tunnel no-such-tunnel "$broken"
empty 'no such tunnel' "$work/out"
holds 'no such tunnel' "$work/err" '--tunnel no-such-tunnel: cannot report this tunnel'
json 3 --since 2999-01-01 "$logs/ok-syslog-initiator.log" "$logs/ok-main-responder.log"
run 3 check --since 2999-01-01 "$healthy"
holds 'all lines are older' "$work/out" 'Nothing after the time asked for was recognised'
holds 'lines that are older are counted' "$work/out" "$(wc -l <"$healthy") before the time asked for"
# The dialect: by content, or as the person says. Under a tag of which few lines are a daemon's they are nobody's; a
# wrong name is told.
sed -E 's/^(.{15})[.0-9]*: /\1 gw collector: /; p; s/collector: .*/collector: alive/; p; p; p' "$broken" >"$work/stripped.log"
json 3 "$work/stripped.log"
json 1 --dialect pluto "$work/stripped.log"
is 'by the named dialect' "$(field sources.0.dialects)" '["pluto"]'
is 'verdict by the named dialect' "$(field tunnels.0.verdict.checkpoint)" id
run 3 check --dialect zyxel "$broken"
run 2 check --dialect plutto "$broken"
holds 'no such dialect' "$work/err" '--dialect plutto: cannot read this dialect: there is none; the nearest is pluto'
empty 'no such dialect' "$work/out"
json 0 --since 1999-01-01T00:00 "$healthy"
json 1 --no-traffic "$healthy"
is 'no traffic' "$(field tunnels.0.verdict.cause | cut -d. -f1)" updown
json 1 --lang en --progress never --kb "$root/knowledge/packs" "$broken"
same "$work/plain.json" "$work/out" 'packs over themselves'
run 1 check --trace "$work/trace" "$broken"
holds trace "$work/trace" 'line 1: '

# colour: only when it is asked for, or on a terminal
run 1 check "$broken"
lacks 'colour in a pipe' "$work/out" $'\e'
run 1 check --color always "$broken"
holds 'colour always' "$work/out" $'\e[1;31mFAILED\e[0m'
if command -v script >/dev/null; then
    for setting in '' NO_COLOR=1 TERM=dumb; do
        env TERM=xterm $setting script -qec "'$bin' check '$broken'" /dev/null >"$work/tty" </dev/null
        if [ -z "$setting" ]; then
            holds 'colour on a terminal' "$work/tty" $'\e[1;31m'
        else
            lacks "colour with $setting" "$work/tty" $'\e[1;31m'
        fi
    done
fi

# --- R1: nothing in a log acts on the terminal
{
    cat "$broken"
    printf 'Nov 22 05:20:36.234281: "a\x1b]0;x\x07b" #9: responding to Main Mode\xff\xfe\x00\xe2\x80\xae\n'
    printf 'Nov 22 05:20:36.234281: "a\x1b]0;x\x07b" #9: Oakley Transform [\x1b[31m\x9b2J] refused\n'
    head -c 300000 /dev/urandom
    printf '\n'
    head -c 200000 /dev/zero | tr '\0' x
} >"$work/hostile.log"
for how in '' --ascii --redact; do
    json 1 $how "$work/hostile.log"
    cp "$work/out" "$work/one"
    run 1 check $how "$work/hostile.log"
    cat "$work/out" >>"$work/one"
    LC_ALL=C grep -q $'[\x01-\x09\x0b-\x1f\x7f]' "$work/one" && fail "control characters in a report ($how)" || pass
    iconv -f UTF-8 -t UTF-8 "$work/one" >/dev/null 2>&1 && pass || fail "a report that is not UTF-8 ($how)"
    grep -q ' $' "$work/out" && fail "blanks at the end of a line ($how)" || pass
    holds 'long lines are told' "$work/one" 'longer than 65536 bytes'
done
LC_ALL=C grep -q $'[\x80-\xff]' "$work/one" && : || pass
touch "$work/"$'evil\e]0;x\a.log'
json 3 "$work/"$'evil\e]0;x\a.log'
run 2 check "$work/"$'no\e[2J\nsuch'
LC_ALL=C grep -q $'\e' "$work/err" && fail 'an error that acts on the terminal' || pass
is 'lines of an error' "$(wc -l <"$work/err")" 1

# --- redaction: nothing named is left, and it comes out the same again
json 1 --redact "$broken"
cp "$work/out" "$work/first"
json 1 --redact "$broken"
cmp -s "$work/first" "$work/out" && pass || fail 'two redacted reports differ'
run 1 check --redact "$broken"
cat "$work/first" >>"$work/out"
for name in $(python3 - "$work/plain.json" <<'END'
import json, re, sys
report = json.load(open(sys.argv[1]))
text = json.dumps([t for t in report["tunnels"]])
names = {t["name"] for t in report["tunnels"]} | {t["peer"] for t in report["tunnels"] if t["peer"]}
for t in report["tunnels"]:
    for part in t["ladder"] + t["findings"]:
        for key, value in part["values"].items():
            if key in ("peer_id", "our_id", "expected_id"):
                names |= {v.strip("'\"@") for v in ([value] if isinstance(value, str) else value)}
names |= set(re.findall(r"(?<![\d.])(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+(?![\d.])", text))
print("\n".join(n for n in names if n and n[0] != "%" and " " not in n))
END
); do
    lacks 'redacted' "$work/out" "$name"
done
holds 'stand-ins' "$work/out" CONN-A
holds 'stand-ins' "$work/out" HOST-A
lacks 'folders' "$work/out" "$logs"

# --- R6: --output is written whole or not at all
run 1 check --output "$work/report.txt" "$broken"
empty 'with --output' "$work/out"
holds report "$work/report.txt" 'FAILED'
is 'mode of a new report' "$(stat -c %a "$work/report.txt")" 600
printf old >"$work/kept"
chmod 644 "$work/kept"
run 0 check --output "$work/kept" "$healthy"
holds 'replaced' "$work/kept" '1 connection: 1 up'
is 'mode of a replaced report' "$(stat -c %a "$work/kept")" 644
# A log that is read is not written over, and a file holds one thing.
cp "$broken" "$work/gw.log"
ln -s gw.log "$work/other-name"
usage 'it is one of the sources' check --output "$work/gw.log" "$work/gw.log"
usage 'it is one of the sources' check --output "$work/gw.log" --peer-of "$work/other-name" "$broken"
usage 'it is one of the sources' check --trace "$work/../${work##*/}/gw.log" "$work/gw.log"
usage 'the report and the trace' check --output "$work/both" --trace "$work/both" "$broken"
cmp -s "$broken" "$work/gw.log" && pass || fail 'a log was written over'
for wrong in /dev/full "$work/folder" /dev/stdout /no/such/folder/x /proc/x "$work/dangling"; do
    run 2 check --output "$wrong" "$broken"
    holds "--output $wrong" "$work/err" "ikewalk: $wrong: cannot"
done
printf old >"$work/kept"
(ulimit -f 1 && trap '' XFSZ && exec "$bin" check --format json --output "$work/kept" "$broken" 2>"$work/err")
is 'status without room' $? 2
is 'old report without room' "$(cat "$work/kept")" old
holds 'without room' "$work/err" 'cannot write the report: File too large'
run 2 check --tunnel none --output "$work/kept" "$broken"
is 'old report after a refusal' "$(cat "$work/kept")" old
is 'left behind' "$(find "$work" -name '.*' -type f | wc -l)" 0

# --- R7: an output that takes nothing is never exit 0
for command in "check $healthy" "check --format json $healthy" '--help' '--version' 'explain psk' 'kb list'; do
    "$bin" $command >/dev/full 2>"$work/err"
    is "status of $command > /dev/full" $? 2
    holds "$command > /dev/full" "$work/err" 'standard output: cannot write the report: No space left on device'
    "$bin" $command >&- 2>"$work/err"
    is "status of $command >&-" $? 2
    (
        "$bin" $command 2>"$work/err"
        echo $? >"$work/status"
    ) | :
    # Whether the pipe broke in time is luck; then it is 2, and never the death by a signal.
    case $(cat "$work/status") in 0 | 2) pass ;; *) fail "$command | : ended with $(cat "$work/status")" ;; esac
done
"$bin" check - <&- >"$work/out" 2>"$work/err"
is 'status with standard input closed' $? 2
"$bin" check "$broken" >"$work/out" 2>&-
is 'status with standard error closed' $? 1
env -i "$bin" check "$broken" >"$work/out" 2>"$work/err"
is 'status with an empty environment' $? 1
LC_ALL=nonsense TERM=nonsense "$bin" check "$broken" >"$work/out2" 2>"$work/err"
cmp -s <(grep -v ' s\.$' "$work/out") <(grep -v ' s\.$' "$work/out2") && pass || fail 'the environment changes the report'

# --- explain
run 0 explain psk
holds 'explain psk' "$work/out" 'Pre-shared key'
run 0 explain psk.mismatch
holds 'explain a cause' "$work/out" 'finding'
run 0 explain p1.transform-refused
holds 'explain an event' "$work/out" 'said by'
for what in 'Nov 22 05:20:36.234281: "office" #1: Oakley Transform [AES_CBC (128), HMAC_SHA2_256, MODP1024] refused' \
    '"office" #1: Oakley Transform [AES_CBC (128), HMAC_SHA2_256, MODP1024] refused'; do
    run 0 explain "$what"
    holds 'explain a line' "$work/out" 'peer_proposed = AES_CBC (128), HMAC_SHA2_256, MODP1024'
    holds 'explain a line' "$work/out" 'p1-cipher failed'
    holds 'explain a line' "$work/out" 'p1.transform-refused'
done
message=$(sed -n 's/^message  *//p' "$work/out")
run 0 explain "$message"
holds 'explain a message' "$work/out" example
for finding in $("$bin" kb list | awk '$1 == "finding" { print $2 }' | sed -n '1p;20p'); do
    run 0 explain "$finding"
    holds 'explain a finding' "$work/out" severity
done
run 1 explain '"office" #1: Oakley Tronsform [x] refused'
holds 'why not' "$work/out" 'not understood'
holds 'why not' "$work/out" nearest
run 1 explain 'Nov 22 05:20:26 host sshd[1]: hello there'
holds 'another daemon' "$work/out" 'none of those'
"$bin" explain - <"$broken" >"$work/out"
is 'lines explained' "$(grep -c '^line ' "$work/out")" "$(wc -l <"$broken")"
printf '\x1b[31m "x" #1: \xff' | "$bin" explain - >"$work/out"
LC_ALL=C grep -q $'\e' "$work/out" && fail 'explain acts on the terminal' || pass

# --- the configurations of both ends, without a log
cat >"$work/a.conf" <<'END'
conn branch-hq
    left=198.51.100.10
    right=203.0.113.20
    ike=aes256-sha2_256;modp2048
END
sed 's/left/r/; s/right/left/; s/^    r=/    right=/; s/modp2048/modp4096/' "$work/a.conf" >"$work/b.conf"
run 1 check --peer-of "$work/b.conf" "$work/a.conf"
holds 'predicted' "$work/out" 'predicted from the two configurations: will fail'
holds 'predicted, with its proof' "$work/out" 'b.conf:4'
json 1 check --peer-of "$work/b.conf" "$work/a.conf"
mkdir "$work/etc" "$work/etc/ipsec.d"
printf 'conn %%default\n    ike=aes256-sha2_256;modp2048\ninclude ipsec.d/*.conf' >"$work/etc/ipsec.conf"
grep -v ike= "$work/a.conf" >"$work/etc/ipsec.d/branch.conf"
run 1 check --peer-of "$work/b.conf" "$work/etc/ipsec.conf"
holds 'an included file is read' "$work/out" 'ipsec.d/branch.conf: 3 lines'
holds 'what all connections share holds there' "$work/out" 'etc/ipsec.conf:2'
# What a file includes by its whole path lies beside it as on the gateway it is from, or it is not read: a file of
# this machine is none of that gateway.
sed "s,^include ,include /etc/," "$work/etc/ipsec.conf" >"$work/whole.conf" && cp "$work/whole.conf" "$work/etc/whole.conf"
run 1 check --peer-of "$work/b.conf" "$work/etc/whole.conf"
holds 'a whole path below the same root' "$work/out" 'etc/ipsec.d/branch.conf: 3 lines'
run 0 check "$work/whole.conf"
holds 'a path of another machine' "$work/err" 'is a path of the gateway that the file is from'
holds 'a path of another machine, in the report' "$work/out" 'is a path of the gateway that the file is from'
for i in $(seq 100 135); do sed "s/branch-hq/branch-$i/" "$work/etc/ipsec.d/branch.conf" >"$work/etc/ipsec.d/branch-$i.conf"; done
run 2 check "$work/etc/ipsec.conf"
holds 'files that are left are told' "$work/err" 'cannot read all files that it includes: they are too many, left out: 5'
holds 'in the report as well' "$work/out" 'they are too many, left out: 5'
run 0 check --peer-of "$work/a.conf" "$work/a.conf"
holds 'nothing in the way' "$work/out" 'nothing speaks against it'

# --- kb
run 0 kb lint
run 0 kb test
holds 'kb test' "$work/out" clean
# A step speaks the dialect of its gateway, of the IKE version that was seen, with the values of the log.
run 1 check "$root/assets/logs/cisco-ios/p1-cipher-responder.log"
holds 'IKEv1' "$work/out" 'show crypto isakmp policy'
lacks 'IKEv1' "$work/out" 'crypto ikev2'
run 1 check "$root/assets/logs/cisco-ios/v2-p1-cipher-responder.log"
holds 'IKEv2' "$work/out" 'show crypto ikev2 proposal'
lacks 'IKEv2' "$work/out" 'isakmp policy'
run 1 check "$root/assets/logs/cisco-asa/subnets-main-responder.log"
holds 'networks' "$work/out" 'permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0'
holds 'networks at the peer' "$work/out" 'permit ip 10.2.0.0 255.255.0.0 10.1.0.0 255.255.0.0'
lacks 'words of another system' "$work/out" tcpdump
run 0 kb list --causes
holds 'causes' "$work/out" p1-cipher.mismatch
run 0 kb list --texts
holds 'texts for a translator' "$work/out" 'msgid "The pre-shared keys of the two ends differ"'
run 0 kb list --dialects
holds 'dialects' "$work/out" 'log of the responder'
holds 'what a dialect rests on' "$work/out" '  Rests on '
holds 'commands of a dialect' "$work/out" 'steps with their command: '
is 'kinds listed' "$("$bin" kb list | awk '{ print $1 }' | sort -u | tr '\n' ' ')" \
    'algorithm case cause command concept dialect event finding lesson message order '
mkdir "$work/kb"
printf 'dialect: demo\ntitle: Demo\nmesages: []\n' >"$work/kb/demo.yaml"
run 1 kb lint "$work/kb"
holds 'broken pack' "$work/out" "$work/kb/demo.yaml:3:1: "
holds 'broken pack' "$work/out" messages
run 2 kb lint "$work/no-such-pack"
holds 'missing pack' "$work/err" "ikewalk: $work/no-such-pack: cannot"
for command in "check --kb $work/kb $broken" "explain --kb $work/kb psk"; do
    run 2 $command
    empty "$command" "$work/out"
    holds "$command" "$work/err" "$work/kb/demo.yaml:3:1: "
done
run 2 check --kb "$work/no-such-pack" "$broken"
mkdir -p "$work/.config/ikewalk" && cp -r "$work/kb" "$work/.config/ikewalk/packs"
run 2 check "$broken"
holds 'own packs are read' "$work/err" '.config/ikewalk/packs/demo.yaml:3:1: '
rm -r "$work/.config"

# --- every report against the schema, those of all sample logs too
for log in "$root"/assets/logs/*/*.log; do
    reports=$((reports + 1))
    "$bin" check --format json "$log" >"$work/json/$reports.json" 2>"$work/err"
    case $? in 0 | 1 | 3) pass ;; *) fail "status of $log: $(cat "$work/err")" ;; esac
done
python3 - "$root/assets/report.schema.json" "$work"/json/*.json <<'END'
import json, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)


def no_twins(pairs):
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), keys
    return dict(pairs)


wrong = 0
for name in sys.argv[2:]:
    report = json.loads(open(name, encoding="utf-8").read(), object_pairs_hook=no_twins)
    for error in validator.iter_errors(report):
        wrong += 1
        print(name, list(error.absolute_path), error.message[:300])
    for tunnel in report["tunnels"]:
        ladder = [rung["checkpoint"] for rung in tunnel["ladder"]]
        verdict = tunnel["verdict"]
        if len(set(ladder)) != 9:
            wrong += 1
            print(name, "a ladder with twins", ladder)
        if verdict["finding"] and verdict["finding"] != tunnel["findings"][0]["id"]:
            wrong += 1
            print(name, "the verdict's finding is not the first")
        for rung in tunnel["ladder"]:
            for line in rung["evidence"]:
                source = report["sources"][line["source"]]
                if line["line"] > source["lines"]:
                    wrong += 1
                    print(name, "evidence behind the end", line)
# A validator that finds nothing wrong with nonsense proves nothing.
report["tunnels"] = [{}]
assert list(validator.iter_errors(report))
sys.exit(wrong > 0)
END
is 'reports that keep to the schema' $? 0

printf '%d good, %d bad, %d reports checked\n' "$good" "$bad" "$reports"
[ "$bad" -eq 0 ]
