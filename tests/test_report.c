// Both reports from views made by hand, hostile ones too; the JSON is read back with another library.
#include "diag/line.h"
#include "diag/report.h"
#include "diag/text.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct dialect dialects[] = {{.id = STR("demo"), .title = STR("Demonstration")}};
static const struct order order = {.id = STR("v1-main"),
                                   .rung = {CP_CONTACT, CP_IKE_VERSION, CP_P1_CIPHER, CP_PSK, CP_ID,
                                            CP_SUBNETS, CP_P2_CIPHER, CP_UPDOWN, CP_TRAFFIC}};
static const struct order order_v2 = {.id = STR("v2"),
                                      .rung = {CP_CONTACT, CP_IKE_VERSION, CP_P1_CIPHER, CP_ID, CP_PSK,
                                               CP_SUBNETS, CP_P2_CIPHER, CP_UPDOWN, CP_TRAFFIC}};
static const struct knowledge knowledge = {.dialects = dialects,
                                           .dialect_count = 1,
                                           .checkpoint = {[CP_CONTACT] = {.title = STR("Contact")},
                                                          [CP_IKE_VERSION] = {.title = STR("IKE version")},
                                                          [CP_P1_CIPHER] = {.title = STR("Phase 1 cipher")},
                                                          [CP_PSK] = {.title = STR("Pre-shared key")},
                                                          [CP_ID] = {.title = STR("Identity")},
                                                          [CP_SUBNETS] = {.title = STR("Subnets")},
                                                          [CP_P2_CIPHER] = {.title = STR("Phase 2 cipher")},
                                                          [CP_UPDOWN] = {.title = STR("_updown/routes")},
                                                          [CP_TRAFFIC] = {.title = STR("Traffic")}}};
static const struct finding rule = {.id = STR("id-refused"),
                                    .cause = STR("id.mismatch"),
                                    .checkpoint = CP_ID,
                                    .severity = SEV_ERROR,
                                    .certainty = SURE_LIKELY};
static const struct finding aside = {
    .id = STR("psk-short"), .cause = STR("psk.too-short"), .checkpoint = CP_PSK, .severity = SEV_NOTE};

// What one report is made from, and where it goes.
struct bench {
    struct view view;
    struct source_view sources[2];
    struct tunnel_row rows[3];
    size_t copies; // every row stands so often
    const struct tunnel_view *tunnel[3];
    struct buf out;
    size_t largest; // write
    size_t fail_after;
    struct report report;
};

static const struct tunnel_view *
give(void *self, uint32_t id, struct arena *arena)
{
    struct bench *b = self;
    struct tunnel_view *t = ARENA_NEW(arena, struct tunnel_view);
    if (!b->tunnel[id % 3])
        return NULL;
    *t = *b->tunnel[id % 3];
    return t;
}

static bool
take(void *self, struct str bytes, struct err *e)
{
    struct bench *b = self;
    if (b->fail_after && b->out.len + bytes.len > b->fail_after)
        return err_set(e, ERR_IO, "no room");
    b->largest = bytes.len > b->largest ? bytes.len : b->largest;
    buf_add(&b->out, bytes);
    return true;
}

static void
order_ladder(struct tunnel_view *t, const struct order *o)
{
    t->order = o;
    for (size_t i = 0; i < CP_COUNT; i++)
        t->ladder[i] = (struct rung){.checkpoint = o->rung[i]};
}

static const struct proof proofs[] = {
    {.source = 0, .line = 16, .text = STR("\"office\" #1: responding to Main Mode"), .body = 13, .count = 1},
    {.source = 0,
     .line = 46,
     .text = STR("\"office\" #1: Peer ID '@branch.example.org' mismatched, 192.0.2.7"),
     .body = 13,
     .count = 7,
     .deciding = true},
    {.source = 1, .line = 3, .text = STR("hq-fw: PSK \"open sesame\" is short"), .body = 0, .count = 1},
};
static const struct str one_id[] = {STR("@branch.example.org")};
static const struct str two_proposals[] = {STR("AES_CBC_128-MODP1024"), STR("3DES \"CBC\"\\")};
static const struct value id_values[] = {{STR("peer_id"), one_id, 1, 0},
                                         {STR("peer_proposed"), two_proposals, 2, 0}};
static const struct str unknown[] = {STR("Which identity the peer would take.")};
static const struct alternative alternatives[] = {
    {STR("id.type"), STR("The log of the peer names another kind.")},
    {STR("ike-version.no-connection"), STR_NONE}};
static const struct step_view steps[] = {
    {AT_PEER, STR("Read the log of 192.0.2.7."), STR_NONE, STR("It names @branch.example.org."), false},
    {AT_THIS_GATEWAY, STR("Expect it in conn office."), STR("# in conn office\nrightid=@branch.example.org"),
     STR_NONE, false},
    {AT_PATH, STR("Or not."), STR_NONE, STR_NONE, true},
};
static const struct finding_view findings[] = {
    {.rule = &rule,
     .checkpoint = CP_ID,
     .severity = SEV_ERROR,
     .certainty = SURE_LIKELY,
     .title = STR("The peer sends another identity than we expect"),
     .explanation = STR("The peer answers as @branch.example.org, and this connection expects somebody else. "
                        "The check is ours: the peer may believe that everything is fine."),
     .unknown = unknown,
     .unknown_count = 1,
     .values = id_values,
     .value_count = 2,
     .proofs = proofs,
     .proof_count = 2,
     .alternatives = alternatives,
     .alternative_count = 2,
     .steps = steps,
     .step_count = 3},
    {.rule = &aside,
     .checkpoint = CP_PSK,
     .severity = SEV_NOTE,
     .mended = true,
     .title = STR("The key is short"),
     .proofs = proofs + 2,
     .proof_count = 1},
};

static struct tunnel_view broken, healthy, stranger;

static void
make(struct bench *b)
{
    *b = (struct bench){
        .sources = {{.name = STR("/var/log/gw.log"),
                     .kind = STR("file"),
                     .dialects = &dialects[0].id,
                     .dialect_count = 1,
                     .lines = 1204,
                     .bytes = 131022,
                     .recognised = 877,
                     .not_understood = 4,
                     .other = 323,
                     .first = 1730954735000000,
                     .last = 1730956321000000,
                     .year_known = true,
                     .complete = true},
                    {.name = STR("/home/bob/old.gz"),
                     .kind = STR("file"),
                     .cut = 2,
                     .first = LINE_NO_TIME,
                     .last = LINE_NO_TIME,
                     .problem = STR("/home/bob/old.gz: cannot read all of it: it is damaged")}}};
    b->rows[0] = (struct tunnel_row){.id = 0,
                                     .name = STR("office"),
                                     .peer = STR("192.0.2.7"),
                                     .host = STR("hq-fw"),
                                     .ike = IKE_V1_MAIN,
                                     .role = ROLE_RESPONDER,
                                     .state = TUNNEL_DOWN,
                                     .verdict = {CP_ID, ST_FAILED, SURE_LIKELY, &rule},
                                     .attempts = 38};
    b->rows[1] = (struct tunnel_row){.id = 1,
                                     .name = STR("198.51.100.9"),
                                     .peer = STR("198.51.100.9"),
                                     .dialect = -1,
                                     .role = 3,
                                     .state = TUNNEL_DOWN,
                                     .stranger = true,
                                     .verdict = {CP_CONTACT, ST_SUSPECTED, SURE_POSSIBLE, NULL},
                                     .attempts = 1};
    b->rows[2] = (struct tunnel_row){.id = 2,
                                     .name = STR("road[3]"),
                                     .ike = IKE_V2,
                                     .local = STR("2001:db8::1"),
                                     .state = TUNNEL_UP,
                                     .verdict = {CP_NONE, ST_PASSED, SURE_CERTAIN, NULL},
                                     .attempts = 2};
    broken =
        (struct tunnel_view){.row = b->rows[0], .order_seen = true, .findings = findings, .finding_count = 2};
    order_ladder(&broken, &order);
    broken.ladder[1].state = ST_PASSED;
    broken.ladder[1].basis = BASIS_SEEN;
    broken.ladder[1].proofs = proofs;
    broken.ladder[1].proof_count = 1;
    broken.ladder[3].state = ST_PASSED;
    broken.ladder[3].basis = BASIS_IMPLIED;
    broken.ladder[4].state = ST_FAILED;
    broken.ladder[4].basis = BASIS_SEEN;
    broken.ladder[4].proofs = proofs;
    broken.ladder[4].proof_count = 2;
    broken.ladder[4].values = id_values;
    broken.ladder[4].value_count = 2;
    broken.ladder[5].state = ST_NOT_REACHED;
    stranger = (struct tunnel_view){.row = b->rows[1]};
    order_ladder(&stranger, &order);
    stranger.ladder[0].state = ST_SUSPECTED;
    healthy = (struct tunnel_view){.row = b->rows[2]};
    order_ladder(&healthy, &order_v2);
    b->tunnel[0] = &broken;
    b->tunnel[1] = &stranger;
    b->tunnel[2] = &healthy;
    b->view = (struct view){
        .knowledge = &knowledge, .sources = b->sources, .source_count = 2, .rows = b->rows, .row_count = 3};
    b->report = (struct report){.view = &b->view,
                                .version = "0.1.0",
                                .self = b,
                                .tunnel = give,
                                .write = take,
                                .redact = redact_new(false, false),
                                .seconds = -1};
}

static void
hide(struct bench *b)
{
    redact_free(b->report.redact);
    b->report.redact = redact_new(true, false);
}

static void
drop(struct bench *b)
{
    redact_free(b->report.redact);
    buf_release(&b->out);
}

// The report as a tree; JSON_REJECT_DUPLICATES: no key stands twice in an object.
static json_t *
read_back(struct bench *b)
{
    struct err e = {0};
    json_error_t wrong;
    buf_clear(&b->out);
    assert_true(report_json(&b->report, &e));
    json_t *root = json_loadb(b->out.at, b->out.len, JSON_REJECT_DUPLICATES, &wrong);
    if (!root)
        fail_msg("%s at %d", wrong.text, wrong.position);
    return root;
}

static const char *
text_of(struct bench *b)
{
    struct err e = {0};
    buf_clear(&b->out);
    assert_true(report_text(&b->report, &e));
    return buf_cstr(&b->out);
}

// By path: "tunnels.0.verdict.cause".
static json_t *
at(json_t *j, const char *path)
{
    char name[32];
    for (int used; *path; path += used + (path[used] == '.')) {
        if (sscanf(path, "%31[^.]%n", name, &used) != 1)
            return NULL;
        j = json_is_array(j) ? json_array_get(j, (size_t)atoi(name)) : json_object_get(j, name);
        if (!j)
            fail_msg("nothing under %s", path);
    }
    return j;
}

static void
expect(json_t *root, const char *path, const char *wanted)
{
    char *have = json_dumps(at(root, path), JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(have, wanted);
    free(have);
}

static void
json_holds_every_field(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    json_t *root = read_back(&b);
    static const struct {
        const char *path, *wanted;
    } fields[] = {
        {"schema", "\"ikewalk-report/1\""},
        {"version", "\"0.1.0\""},
        {"encapsulation", "{\"checks\":[]}"},
        {"sources.0.name", "\"/var/log/gw.log\""},
        {"sources.0.kind", "\"file\""},
        {"sources.0.dialects", "[\"demo\"]"},
        {"sources.0.lines", "1204"},
        {"sources.0.bytes", "131022"},
        {"sources.0.recognised", "877"},
        {"sources.0.not_understood", "4"},
        {"sources.0.first", "\"2024-11-07T04:45:35\""},
        {"sources.0.complete", "true"},
        {"sources.0.problem", "null"},
        {"sources.1.first", "null"},
        {"sources.1.complete", "false"},
        {"tunnels.0.name", "\"office\""},
        {"tunnels.0.dialect", "\"demo\""},
        {"tunnels.0.source", "0"},
        {"tunnels.0.local", "null"},
        {"tunnels.0.peer", "\"192.0.2.7\""},
        {"tunnels.0.ike", "\"v1-main\""},
        {"tunnels.0.role", "\"responder\""},
        {"tunnels.0.order", "\"v1-main\""},
        {"tunnels.0.order_basis", "\"seen\""},
        {"tunnels.0.state", "\"down\""},
        {"tunnels.0.attempts", "38"},
        {"tunnels.0.verdict",
         "{\"alternatives\":[\"id.type\",\"ike-version.no-connection\"],\"cause\":\"id.mismatch\","
         "\"certainty\":\"likely\",\"checkpoint\":\"id\",\"finding\":\"id-refused\","
         "\"state\":\"failed\"}"},
        {"tunnels.0.ladder.0",
         "{\"basis\":null,\"checkpoint\":\"contact\",\"evidence\":[],\"state\":\"unknown\","
         "\"values\":{}}"},
        {"tunnels.0.ladder.1.evidence", "[{\"line\":16,\"source\":0,\"text\":\"responding to Main Mode\"}]"},
        {"tunnels.0.ladder.3.basis", "\"implied\""},
        {"tunnels.0.ladder.4.values",
         "{\"peer_id\":\"@branch.example.org\","
         "\"peer_proposed\":[\"AES_CBC_128-MODP1024\",\"3DES \\\"CBC\\\"\\\\\"]}"},
        {"tunnels.0.findings.0.alternatives.1",
         "{\"cause\":\"ike-version.no-connection\",\"tell_apart\":null}"},
        {"tunnels.0.findings.0.steps.1",
         "{\"command\":\"# in conn office\\nrightid=@branch.example.org\",\"do\":\"Expect it in conn "
         "office.\","
         "\"expect\":null,\"where\":\"this-gateway\"}"},
        {"tunnels.0.findings.0.unknown", "[\"Which identity the peer would take.\"]"},
        {"tunnels.0.findings.1.severity", "\"note\""},
        {"tunnels.1.dialect", "null"},
        {"tunnels.1.role", "\"both\""},
        {"tunnels.1.ike", "\"unknown\""},
        {"tunnels.1.verdict.finding", "null"},
        {"tunnels.2.verdict",
         "{\"alternatives\":[],\"cause\":null,\"certainty\":\"certain\",\"checkpoint\":\"none\","
         "\"finding\":null,\"state\":\"passed\"}"},
        {"tunnels.2.local", "\"2001:db8::1\""},
        {"tunnels.2.order_basis", "\"assumed\""},
        {"tunnels.2.ladder.3.checkpoint", "\"id\""},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        expect(root, fields[i].path, fields[i].wanted);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(json_array_size(at(json_array_get(json_object_get(root, "tunnels"), i), "ladder")),
                         9);
    json_decref(root);
    drop(&b);
}

// R0.2: what was cut, lost or forgotten is said in every report.
static void
r0_losses_are_told(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    b.view.forgotten = 12;
    json_t *root = read_back(&b);
    expect(root, "sources.0.problem",
           "\"12 tunnels that had been silent longest were forgotten, there were too many\"");
    expect(root, "sources.1.problem",
           "\"/home/bob/old.gz: cannot read all of it: it is damaged; 2 lines are longer than 65536 bytes, "
           "and only "
           "that much of them was looked at\"");
    json_decref(root);
    const char *text = text_of(&b);
    assert_non_null(strstr(text, "it is damaged"));
    assert_non_null(strstr(text, "2 lines are"));
    assert_non_null(strstr(text, "12 tunnels"));
    assert_non_null(strstr(text, "4 not understood, 323 of other programs"));
    drop(&b);
}

static void
text_has_its_form(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    b.report.seconds = 0.314;
    assert_string_equal(
        text_of(&b), "office        192.0.2.7     IKEv1  DOWN      4 Identity\n"
                     "198.51.100.9  198.51.100.9  ?      NO REPLY  Contact\n"
                     "road[3]       ?             IKEv2  UP\n"
                     "\n"
                     "office: The peer sends another identity than we expect\n"
                     "  IKEv1 main mode with 192.0.2.7, log of the responder, 38 attempts\n"
                     "  1 IKE version     ok       /var/log/gw.log:16\n"
                     "  2 Phase 1 cipher  not known\n"
                     "  3 Pre-shared key  implied\n"
                     "  4 Identity        FAILED\n"
                     "    /var/log/gw.log:46: Peer ID '@branch.example.org' mismatched, 192.0.2.7 (7 times)\n"
                     "    /var/log/gw.log:16: responding to Main Mode\n"
                     "  5 Subnets         not reached\n"
                     "  6 Phase 2 cipher  not known\n"
                     "  7 _updown/routes  not known\n"
                     "  why:      The peer answers as @branch.example.org, and this connection expects\n"
                     "            somebody else. The check is ours: the peer may believe that\n"
                     "            everything is fine.\n"
                     "  unknown:  Which identity the peer would take.\n"
                     "  or else:  id.type: The log of the peer names another kind.\n"
                     "  or else:  ike-version.no-connection\n"
                     "  next:     1 at the peer: Read the log of 192.0.2.7.\n"
                     "              -> It names @branch.example.org.\n"
                     "  fix:      2 here: Expect it in conn office.\n"
                     "                # in conn office\n"
                     "                rightid=@branch.example.org\n"
                     "            3 on the path: Or not. (allows weaker cryptography)\n"
                     "  note:     The key is short, mended since (/home/bob/old.gz:3)\n"
                     "\n"
                     "198.51.100.9: stuck, and no cause that is known here fits\n"
                     "  IKE version not known with 198.51.100.9, log of a gateway that starts and\n"
                     "  answers, 1 attempt\n"
                     "    Contact         suspect\n"
                     "  1 IKE version     not known\n"
                     "  2 Phase 1 cipher  not known\n"
                     "  3 Pre-shared key  not known\n"
                     "  4 Identity        not known\n"
                     "  5 Subnets         not known\n"
                     "  6 Phase 2 cipher  not known\n"
                     "  7 _updown/routes  not known\n"
                     "\n"
                     "/var/log/gw.log: 1,204 lines, 877 understood, 4 not understood, 323 of other programs\n"
                     "/home/bob/old.gz: 0 lines, 0 understood, 0 not understood, 0 of other programs\n"
                     "  problem: /home/bob/old.gz: cannot read all of it: it is damaged; 2 lines are\n"
                     "  longer than 65536 bytes, and only that much of them was looked at\n"
                     "3 connections: 1 up, 2 down. 1,204 lines in 0.31 s.\n");
    drop(&b);
}

static void
one_tunnel_only(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    b.report.only = STR("road");
    const char *text = text_of(&b);
    assert_non_null(strstr(text, "road[3]: nothing is wrong\n"));
    assert_null(strstr(text, "office"));
    assert_non_null(strstr(text, "1 connection: 1 up."));
    json_t *root = read_back(&b);
    assert_int_equal(json_array_size(at(root, "tunnels")), 1);
    expect(root, "tunnels.0.name", "\"road[3]\"");
    json_decref(root);
    b.report.only = STR("roa");
    assert_null(strstr(text_of(&b), "road"));
    drop(&b);
}

// No byte of a report acts on a terminal, none ends a line in a blank, and all of it is valid UTF-8.
static void
assert_harmless(struct str s)
{
    char before = '\n';
    while (s.len) {
        int32_t rune;
        size_t length = text_rune(s, &rune);
        assert_true(rune == '\n' || (rune >= 0x20 && rune < 0x7f) || rune >= 0xa0);
        assert_false(rune == 0x202e || rune == 0x200b || rune == 0xfeff || rune == 0x2066);
        assert_false(rune == '\n' && before == ' ');
        before = s.at[0];
        s = str_from(s, length);
    }
}

static void
r1_hostile_bytes_are_shown_not_sent(void **state)
{
    (void)state;
    char bytes[300];
    struct bench b;
    make(&b);
    for (size_t i = 0; i < 256; i++)
        bytes[i] = (char)i;
    strcpy(bytes + 256, "\xe2\x80\xae\xe2\x80\x8b\xef\xbb\xbf\xe2\x81\xa6 \x1b]0;x\a\x1b[2J");
    struct str evil = {bytes, 256 + strlen(bytes + 256)};
    const struct proof proof = {.line = 1, .text = evil, .count = 1, .deciding = true};
    const struct value value = {evil, &evil, 1, 0};
    const struct str key = STR("error");
    struct value named = value;
    named.key = key;
    const struct step_view step = {.act = evil, .command = evil, .expect = evil};
    const struct alternative other = {STR("id.type"), evil};
    struct finding_view f = {.rule = &rule,
                             .checkpoint = CP_ID,
                             .title = evil,
                             .explanation = evil,
                             .unknown = &evil,
                             .unknown_count = 1,
                             .values = &named,
                             .value_count = 1,
                             .proofs = &proof,
                             .proof_count = 1,
                             .alternatives = &other,
                             .alternative_count = 1,
                             .steps = &step,
                             .step_count = 1};
    broken.findings = &f;
    broken.finding_count = 1;
    broken.ladder[4].proofs = &proof;
    broken.ladder[4].proof_count = 1;
    broken.ladder[4].values = &named;
    broken.ladder[4].value_count = 1;
    broken.row.name = b.rows[0].name = evil;
    broken.row.peer = b.rows[0].peer = evil;
    b.sources[0].name = evil;
    b.sources[0].problem = evil;
    b.sources[0].samples = &proof;
    b.sources[0].sample_count = 1;
    for (int hidden = 0; hidden < 2; hidden++) {
        for (int ascii = 0; ascii < 2; ascii++) {
            b.report.ascii = ascii;
            json_decref(read_back(&b));
            assert_harmless(buf_str(&b.out));
            text_of(&b);
            assert_harmless(buf_str(&b.out));
            for (size_t i = 0; ascii && i < b.out.len; i++)
                assert_false(b.out.at[i] & 0x80);
        }
        hide(&b);
    }
    b.view.row_count = 0;
    text_of(&b);
    assert_harmless(buf_str(&b.out));
    drop(&b);
}

static void
redaction_leaves_no_name(void **state)
{
    (void)state;
    static const char *const names[] = {"office", "192.0.2.7",    "branch",   "example.org",
                                        "hq-fw",  "198.51.100.9", "2001:db8", "road",
                                        "/var",   "bob",          "sesame"};
    struct bench b;
    make(&b);
    hide(&b);
    json_t *root = read_back(&b);
    struct buf json = {0};
    buf_add(&json, buf_str(&b.out));
    const char *text = text_of(&b);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strstr(buf_cstr(&json), names[i]) || strstr(text, names[i]))
            fail_msg("%s is still there", names[i]);
    }
    // The same name has the same stand-in, in values, lines of the log and the words of a pack.
    expect(root, "tunnels.0.name", "\"CONN-A\"");
    expect(root, "tunnels.0.ladder.4.values.peer_id", "\"@ID-A\"");
    char peer[64], wanted[128];
    snprintf(peer, sizeof peer, "%s", json_string_value(at(root, "tunnels.0.peer")));
    assert_non_null(strstr(peer, "HOST-"));
    snprintf(wanted, sizeof wanted, "Peer ID '@ID-A' mismatched, %s", peer);
    assert_string_equal(json_string_value(at(root, "tunnels.0.ladder.4.evidence.1.text")), wanted);
    snprintf(wanted, sizeof wanted, "Read the log of %s.", peer);
    assert_string_equal(json_string_value(at(root, "tunnels.0.findings.0.steps.0.do")), wanted);
    expect(root, "tunnels.0.findings.0.steps.1.command", "\"# in conn CONN-A\\nrightid=@ID-A\"");
    expect(root, "tunnels.2.name", "\"CONN-B[3]\"");
    expect(root, "sources.1.name", "\"old.gz\"");
    assert_non_null(strstr(text, "Names are hidden"));
    json_decref(root);
    buf_release(&json);
    drop(&b);
}

// R6: masked whether names are hidden or not, and told how often.
static void
r6_secrets_are_masked_in_reports(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    broken.ladder[3].proofs = proofs + 2;
    broken.ladder[3].proof_count = 1;
    broken.ladder[3].state = ST_SUSPECTED;
    json_t *root = read_back(&b);
    expect(root, "tunnels.0.ladder.3.evidence.0.text", "\"hq-fw: PSK \\\"[masked]\\\" is short\"");
    json_decref(root);
    redact_free(b.report.redact);
    b.report.redact = redact_new(false, false);
    const char *text = text_of(&b);
    assert_null(strstr(text, "sesame"));
    assert_non_null(strstr(text, "1 places that looked like secrets are masked.\n"));
    drop(&b);
}

static void
colour_only_when_asked(void **state)
{
    (void)state;
    static const char *const paint[PAINT_COUNT] = {"</>", "<strong>", "<good>", "<bad>", "<doubt>", "<dim>"};
    struct bench b;
    make(&b);
    assert_null(strchr(text_of(&b), '<'));
    b.report.paint = paint;
    assert_non_null(strstr(text_of(&b), "<bad>DOWN</>      4 Identity\n"));
    assert_non_null(strstr(text_of(&b), "<good>UP</>\n"));
    drop(&b);
}

static const char *
shout(const char *words)
{
    return strcmp(words, "DOWN") == 0 ? "AM BODEN" : words;
}

static void
words_are_translated(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    b.report.say = shout;
    assert_non_null(strstr(text_of(&b), "IKEv1  AM BODEN  4 Identity\n"));
    drop(&b);
}

static void
writing_stops_at_the_first_failure(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    struct err e = {0};
    b.fail_after = 1;
    assert_false(report_json(&b.report, &e));
    assert_string_equal(e.text, "no room");
    e = (struct err){0};
    assert_false(report_text(&b.report, &e));
    assert_string_equal(e.text, "no room");
    drop(&b);
}

// A hundred thousand tunnels pass in pieces: no part of the report is ever held as a whole.
static void
many_tunnels_stream(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct bench b;
    make(&b);
    struct tunnel_row *rows = calloc(MANY, sizeof *rows);
    for (size_t i = 0; i < MANY; i++) {
        rows[i] = b.rows[0];
        rows[i].id = (uint32_t)(i * 3);
    }
    b.view.rows = rows;
    b.view.row_count = MANY;
    json_t *root = read_back(&b);
    assert_int_equal(json_array_size(at(root, "tunnels")), MANY);
    assert_true(b.largest < 300 * 1024);
    b.largest = 0;
    text_of(&b);
    assert_true(b.largest < 100 * 1024);
    json_decref(root);
    // A tunnel that is not known any more is left out, and the rest stays an array.
    b.tunnel[0] = NULL;
    root = read_back(&b);
    assert_int_equal(json_array_size(at(root, "tunnels")), 0);
    json_decref(root);
    free(rows);
    drop(&b);
}

static void
nothing_recognised(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    b.view.row_count = 0;
    b.sources[0].recognised = 0;
    b.sources[0].samples = proofs;
    b.sources[0].sample_count = 2;
    const char *text = text_of(&b);
    assert_int_equal(strncmp(text,
                             "Nothing in the sources was recognised as IKE or IPsec.\n"
                             "  /var/log/gw.log:16: responding to Main Mode\n",
                             90),
                     0);
    assert_non_null(strstr(text, "0 connections. "));
    b.sources[0].recognised = 3;
    assert_int_equal(strncmp(text_of(&b), "No connection was seen.\n", 24), 0);
    drop(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_holds_every_field),
        cmocka_unit_test(r0_losses_are_told),
        cmocka_unit_test(text_has_its_form),
        cmocka_unit_test(one_tunnel_only),
        cmocka_unit_test(r1_hostile_bytes_are_shown_not_sent),
        cmocka_unit_test(redaction_leaves_no_name),
        cmocka_unit_test(r6_secrets_are_masked_in_reports),
        cmocka_unit_test(colour_only_when_asked),
        cmocka_unit_test(words_are_translated),
        cmocka_unit_test(writing_stops_at_the_first_failure),
        cmocka_unit_test(many_tunnels_stream),
        cmocka_unit_test(nothing_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
