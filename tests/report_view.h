// Views made by hand for the tests of the reports: a tunnel that is broken, one that only its peer's address
// names, and one that is well; and a place for what the writers write.
#ifndef IKEWALK_TESTS_REPORT_VIEW_H
#define IKEWALK_TESTS_REPORT_VIEW_H

#include "diag/line.h"
#include "diag/report.h"

static const struct dialect dialects[] = {{.id = STR("demo"), .title = STR("Demonstration"), .like = -1}};
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
    {.where = AT_PEER,
     .act = STR("Read the log of 192.0.2.7."),
     .expect = STR("It names @branch.example.org."),
     .other_log = true},
    {.where = AT_THIS_GATEWAY,
     .act = STR("Expect it in conn office."),
     .command = STR("# in conn office\nrightid=@branch.example.org")},
    {.where = AT_PATH, .act = STR("Or not."), .weak = true, .instead = true},
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
                                     .order = &order,
                                     .name = STR("office"),
                                     .peer = STR("192.0.2.7"),
                                     .host = STR("hq-fw"),
                                     .ike = IKE_V1_MAIN,
                                     .role = ROLE_RESPONDER,
                                     .state = TUNNEL_DOWN,
                                     .verdict = {CP_ID, ST_FAILED, SURE_LIKELY, &rule},
                                     .attempts = 38};
    b->rows[1] = (struct tunnel_row){.id = 1,
                                     .order = &order,
                                     .name = STR("198.51.100.9"),
                                     .peer = STR("198.51.100.9"),
                                     .dialect = -1,
                                     .role = 3,
                                     .state = TUNNEL_DOWN,
                                     .stranger = true,
                                     .verdict = {CP_CONTACT, ST_SUSPECTED, SURE_POSSIBLE, NULL},
                                     .attempts = 1};
    b->rows[2] = (struct tunnel_row){.id = 2,
                                     .order = &order_v2,
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

#endif
