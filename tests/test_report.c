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

#include "tests/report_view.h"

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
    {"tunnels.0.ladder.0", "{\"basis\":null,\"checkpoint\":\"contact\",\"evidence\":[],\"state\":\"unknown\","
                           "\"values\":{}}"},
    {"tunnels.0.ladder.1.evidence", "[{\"line\":16,\"source\":0,\"text\":\"responding to Main Mode\"}]"},
    {"tunnels.0.ladder.3.basis", "\"implied\""},
    {"tunnels.0.ladder.4.values", "{\"peer_id\":\"@branch.example.org\","
                                  "\"peer_proposed\":[\"AES_CBC_128-MODP1024\",\"3DES \\\"CBC\\\"\\\\\"]}"},
    {"tunnels.0.findings.0.alternatives.1", "{\"cause\":\"ike-version.no-connection\",\"tell_apart\":null}"},
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

static void
json_holds_every_field(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    json_t *root = read_back(&b);
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

// A peer of which only silence is known is told otherwise than one to whom nothing could be sent.
static void
the_list_says_what_happened(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    struct finding found = {.id = STR("contact-any"), .cause = STR("contact.no-response")};
    b.rows[1].verdict.finding = &found;
    assert_non_null(strstr(text_of(&b), "198.51.100.9  ?      NO REPLY  Contact\n"));
    found.word = STR("CANNOT SEND");
    assert_non_null(strstr(text_of(&b), "198.51.100.9  ?      CANNOT SEND  Contact\n"));
    b.rows[1].state = TUNNEL_UNKNOWN;
    found.word = STR("WAITING");
    assert_non_null(strstr(text_of(&b), "198.51.100.9  ?      WAITING   Contact\n"));
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
                     "198.51.100.9  198.51.100.9  ?      DOWN      Contact\n"
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
a_name_that_ends_in_a_colon_has_one(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    b.sources[0].name = STR("journal:");
    const char *text = text_of(&b);
    assert_non_null(strstr(text, "journal:16"));
    assert_non_null(strstr(text, "\njournal: 1,204 lines"));
    assert_null(strstr(text, "journal::"));
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
    assert_non_null(strstr(text, "1 place that looked like a secret is masked.\n"));
    drop(&b);
}

static void
a_passed_rung_names_the_line_that_decides(void **state)
{
    (void)state;
    struct bench b;
    make(&b);
    const struct proof lines[] = {{.line = 70, .text = STR("another child"), .count = 1},
                                  {.line = 80, .text = STR("chosen"), .count = 1, .deciding = true},
                                  {.line = 90, .text = STR("said again"), .count = 1}};
    broken.ladder[1].proofs = lines;
    broken.ladder[1].proof_count = 3;
    assert_int_equal(broken.ladder[1].state, ST_PASSED);
    assert_non_null(strstr(text_of(&b), "gw.log:80\n"));
    assert_null(strstr(text_of(&b), "gw.log:70\n"));
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
        cmocka_unit_test(the_list_says_what_happened),
        cmocka_unit_test(text_has_its_form),
        cmocka_unit_test(a_name_that_ends_in_a_colon_has_one),
        cmocka_unit_test(one_tunnel_only),
        cmocka_unit_test(r1_hostile_bytes_are_shown_not_sent),
        cmocka_unit_test(redaction_leaves_no_name),
        cmocka_unit_test(r6_secrets_are_masked_in_reports),
        cmocka_unit_test(a_passed_rung_names_the_line_that_decides),
        cmocka_unit_test(colour_only_when_asked),
        cmocka_unit_test(words_are_translated),
        cmocka_unit_test(writing_stops_at_the_first_failure),
        cmocka_unit_test(many_tunnels_stream),
        cmocka_unit_test(nothing_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
