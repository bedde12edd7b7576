// A desk of hand-made data for the screens: one log with tunnels in every state and one failed attempt, asked
// and answered without a worker. tests/test_screens.c and tests/test_told.c draw from it.
#ifndef IKEWALK_TESTS_SCREEN_DESK_H
#define IKEWALK_TESTS_SCREEN_DESK_H

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "temp_folder.h"

#include "diag/line.h"
#include "tui/app.h"

static const struct order order = {.id = STR("v1-main"),
                                   .title = STR("Main mode."),
                                   .rung = {CP_CONTACT, CP_IKE_VERSION, CP_P1_CIPHER, CP_PSK, CP_ID,
                                            CP_SUBNETS, CP_P2_CIPHER, CP_UPDOWN, CP_TRAFFIC}};
static const struct dialect dialect = {.id = STR("demo"), .title = STR("Demonstration"), .like = -1};
static const struct rule_case sample = {.id = STR("demo/one"),
                                        .title = STR("A sample"),
                                        .log = STR("nothing.log"),
                                        .checkpoint = STR("id"),
                                        .sample = true};
static const struct knowledge knowledge = {
    .dialects = &dialect,
    .dialect_count = 1,
    .cases = &sample,
    .case_count = 1,
    .checkpoint = {
        [CP_CONTACT] = {STR("Contact"), STR("Do packets go there?"), STR("")},
        [CP_IKE_VERSION] = {STR("IKE version"), STR("Is there a connection?"), STR("About it.")},
        [CP_P1_CIPHER] = {STR("Phase 1 cipher"), STR("Is there a common proposal?"), STR("About it.")},
        [CP_PSK] = {STR("Pre-shared key"), STR("Is it the same?"), STR("About it.")},
        [CP_ID] = {STR("Identity"), STR("Is it the expected one?"), STR("About it.")},
        [CP_SUBNETS] = {STR("Subnets"), STR("Do they match?"), STR("About it.")},
        [CP_P2_CIPHER] = {STR("Phase 2 cipher"), STR("Is there one?"), STR("About it.")},
        [CP_UPDOWN] = {STR("_updown/routes"), STR("Does traffic flow?"), STR("About it.")},
        [CP_TRAFFIC] = {STR("Traffic"), STR("Is it measured?"), STR("About it.")}}};
static const struct finding rule = {
    .id = STR("id-refused"), .cause = STR("id.mismatch"), .checkpoint = CP_ID};

static const struct proof proofs[] = {
    {.line = 1045, .time = LINE_NO_TIME, .text = STR("\"branch-12\" #206: sent Main Mode I3"), .count = 1},
    {.line = 1046,
     .time = LINE_NO_TIME,
     .text = STR("\"branch-12\" #206: ignoring \x1b[31m informational payload INVALID_ID_INFORMATION, "
                 "msgid=00000000"),
     .count = 7,
     .deciding = true},
};
static const struct step_view steps[] = {
    {.where = AT_PEER,
     .act = STR("Read the log of the gateway that answers"),
     .expect = STR("it names the identity it expects"),
     .other_log = true},
    {.where = AT_THIS_GATEWAY,
     .act = STR("Set the identity"),
     .command = STR("conf --set id=@111\nconf --load")},
    {.where = AT_PEER, .act = STR("Or expect that one there"), .instead = true},
    {.where = AT_PATH, .act = STR("Look again"), .weak = true},
};
static const struct str unknown[] = {STR("Which identity the peer expects.")};
static const struct alternative alternative = {STR("psk.mismatch"), STR("The peer's log says so.")};
static const struct finding_view finding = {.rule = &rule,
                                            .checkpoint = CP_ID,
                                            .severity = SEV_ERROR,
                                            .certainty = SURE_LIKELY,
                                            .title = STR("The peer does not accept our identity 分支机构"),
                                            .explanation =
                                                STR("We sent our ID in message 5, the peer refused it."),
                                            .unknown = unknown,
                                            .unknown_count = 1,
                                            .proofs = proofs,
                                            .proof_count = 2,
                                            .alternatives = &alternative,
                                            .alternative_count = 1,
                                            .steps = steps,
                                            .step_count = 4};
static const struct attempt_row attempts[] = {
    {205, CP_ID, ST_FAILED, ROLE_INITIATOR, IKE_V1_MAIN, 900, 1000, LINE_NO_TIME, LINE_NO_TIME},
    {206, CP_ID, ST_FAILED, ROLE_INITIATOR, IKE_V1_MAIN, 1040, 1050, LINE_NO_TIME, LINE_NO_TIME},
};

struct table {
    bool unexplained; // no finding says why a checkpoint failed
    struct news news;
    bool fresh;
    bool nothing;     // no tunnel is in the log,
    const char *kind; // which is of this kind, and empty; NULL: a file with lines
    unsigned looks;
    uint64_t added, stated; // lines of the log, and of the state of a gateway, that came since
};

static struct view *
make_view(const struct table *d)
{
    struct view *v = mem_new(sizeof *v);
    struct source_view *source = ARENA_ARRAY(&v->arena, struct source_view, 2);
    bool nothing = d && d->nothing;
    source[0] = (struct source_view){.name = STR("gw.log"),
                                     .kind = STR("file"),
                                     .lines = 142310 + (d ? d->added : 0),
                                     .first = LINE_NO_TIME,
                                     .last = LINE_NO_TIME,
                                     .problem = nothing ? STR("gw.log: cannot read on: \x1b]0;x") : STR(""),
                                     .samples = proofs,
                                     .sample_count = 2};
    if (d && d->kind)
        source[0] = (struct source_view){
            .name = STR("journal:"), .kind = str_of(d->kind), .first = LINE_NO_TIME, .last = LINE_NO_TIME};
    source[1] = (struct source_view){.name = STR("state"),
                                     .kind = STR("status"),
                                     .lines = d ? d->stated : 0,
                                     .first = LINE_NO_TIME,
                                     .last = LINE_NO_TIME};
    v->knowledge = &knowledge;
    v->sources = source;
    v->source_count = d && d->stated ? 2 : 1;
    if (nothing)
        return v;
    struct tunnel_row *rows = ARENA_ARRAY(&v->arena, struct tunnel_row, 40);
    static const struct str names[] = {STR("branch-12"), STR("分支机构-上海-very-long-name-of-a-tunnel"),
                                       STR("lab"),
                                       STR("h\xC3\xBC"
                                           "gel\x1b[2J")};
    for (uint32_t i = 0; i < 40; i++) {
        rows[i] = (struct tunnel_row){.id = i,
                                      .name = names[i % 4],
                                      .peer = i % 3 ? STR("2001:db8:1234:5678:9abc:def0:1234:5678")
                                                    : STR("198.51.100.7"),
                                      .ike = (int)(i % 5),
                                      .role = (int)(i % 4),
                                      .state = (enum tunnel_state)(i % TUNNEL_STATES),
                                      .verdict = {i % 4 == 1 ? CP_NONE
                                                  : i % 4    ? CP_CONTACT
                                                             : CP_ID,
                                                  ST_FAILED, SURE_LIKELY, i % 4 == 1 ? NULL : &rule},
                                      .attempts = 38 + 1000 * i,
                                      .first = LINE_NO_TIME,
                                      .last = 60000000LL * i};
    }
    v->rows = rows;
    v->row_count = 40;
    return v;
}

static struct shot *
make_shot(uint32_t id, int attempt, bool explained)
{
    struct shot *shot = mem_new(sizeof *shot);
    if (id == TUNNEL_NONE) { // a path without a tunnel
        shot->id = id;
        return shot;
    }
    struct tunnel_view *t = ARENA_NEW(&shot->arena, struct tunnel_view);
    struct view *v = make_view(NULL);
    shot->id = id;
    shot->attempt = attempt;
    shot->tunnel = t;
    t->row = v->rows[id];
    view_free(v);
    t->order = &order;
    for (size_t i = 0; i < CP_COUNT; i++) {
        struct rung *rung = &t->ladder[i];
        rung->checkpoint = order.rung[i];
        rung->state = i < CP_ID ? ST_PASSED : i == CP_ID ? ST_FAILED : ST_NOT_REACHED;
        rung->basis = i == CP_IKE_VERSION ? BASIS_SEEN : i < CP_ID ? BASIS_IMPLIED : BASIS_NONE;
        if (i == CP_ID || i == CP_IKE_VERSION) {
            rung->proofs = proofs;
            rung->proof_count = 2;
        }
    }
    t->findings = &finding;
    t->finding_count = explained;
    t->peer_dialect = -1;
    t->attempts = attempts;
    t->attempt_count = 2;
    t->attempt = attempt < 0 ? 1 : (size_t)attempt;
    return shot;
}

static void
ask_open(void *self, struct opening *o)
{
    struct table *d = self;
    if (o)
        d->news.view = make_view(d);
    d->fresh = true;
    opening_free(o);
}

static void
ask_tunnel(void *self, uint32_t id, int attempt)
{
    struct table *d = self;
    shot_free(d->news.shot);
    d->news.shot = make_shot(id, attempt, !d->unexplained);
    d->fresh = true;
}

static void
ask_excerpt(void *self, const struct excerpt_ask *ask)
{
    struct table *d = self;
    struct excerpt *x = mem_new(sizeof *x);
    x->serial = ask->serial;
    x->lines = ARENA_ARRAY(&x->arena, struct excerpt_line, 20);
    for (uint64_t i = 0; i < 20; i++)
        x->lines[x->count++] = (struct excerpt_line){
            .number = 1040 + i + (i > 10 ? 90000 : 0),
            .time = i % 2 ? LINE_NO_TIME : 60000000LL * (int64_t)i,
            .checkpoint = CP_ID,
            .alike = i > 3 && i < 9,
            .length = 90,
            .text = STR("a line \x1b[31m of the \xFF log 分支机构 that is long enough to be cut "
                        "on a terminal of eighty columns")};
    x->at = 6;
    x->total = 142310;
    x->found = true;
    excerpt_free(d->news.excerpt);
    d->news.excerpt = x;
    d->fresh = true;
}

static void
ask_meaning(void *self, int source, uint64_t line)
{
    struct table *d = self;
    struct meaning *m = mem_new(sizeof *m);
    *m = (struct meaning){.source = source,
                          .line = line,
                          .dialect = STR("demo"),
                          .message = STR("refused"),
                          .note = STR("The peer refuses."),
                          .text = STR("a line \x1b[31m of the log")};
    meaning_free(d->news.meaning);
    d->news.meaning = m;
    d->fresh = true;
}

static void
ask_folder(void *self, const char *path)
{
    struct table *d = self;
    static const char *files[] = {"/var/log/secure.1", "/var/log/secure"};
    struct folder *f = mem_new(sizeof *f);
    f->path = arena_str(&f->arena, str_of(path)).at;
    f->entries = ARENA_ARRAY(&f->arena, struct folder_entry, 4);
    f->entries[0] = (struct folder_entry){.name = "..", .is_folder = true, .looks = ""};
    f->entries[1] = (struct folder_entry){.name = "pcap", .is_folder = true, .looks = ""};
    f->entries[2] = (struct folder_entry){.name = "secure*",
                                          .files = files,
                                          .file_count = 2,
                                          .bytes = 61000000,
                                          .ike = 2,
                                          .looks = "Demonstration"};
    f->entries[3] = (struct folder_entry){
        .name = "分\x1b[2J", .files = files, .file_count = 1, .ike = -1, .unreadable = true, .looks = ""};
    f->count = 4;
    folder_free(d->news.folder);
    d->news.folder = f;
    d->fresh = true;
}

static bool
take_news(void *self, struct news *n)
{
    struct table *d = self;
    bool fresh = d->fresh;
    *n = d->news;
    n->knowledge = &knowledge;
    n->progress.looks = d->looks;
    d->news = (struct news){0};
    d->fresh = false;
    return fresh;
}

static void
ask_export(void *self, const struct export_ask *ask)
{
    struct table *d = self;
    struct exported *x = mem_new(sizeof *x);
    x->serial = ask->serial;
    x->bytes = 1900;
    x->written = ask->path[0] && ask->replace;
    x->exists = ask->path[0] && !ask->replace;
    buf_add(&x->text, STR("a report \x1b[31m\nabout 分支机构\n"));
    exported_free(d->news.exported);
    d->news.exported = x;
    d->fresh = true;
}

static void
ask_look(void *self)
{
    struct table *d = self;
    d->looks++;
    if (d->added || d->stated)
        d->news.view = make_view(d);
    d->fresh = true;
}

static void
ask_clock(void *self, bool known, int64_t offset)
{
    (void)self;
    (void)known;
    (void)offset;
}

static void
ask_follow(void *self, bool on)
{
    (void)self;
    (void)on;
}

static int64_t
stopped_clock(void *self)
{
    (void)self;
    return 1732270931; // 2024-11-22 10:22:11
}

static struct desk
desk_at(struct table *d)
{
    return (struct desk){.self = d,
                         .open = ask_open,
                         .tunnel = ask_tunnel,
                         .excerpt = ask_excerpt,
                         .meaning = ask_meaning,
                         .folder = ask_folder,
                         .export = ask_export,
                         .look = ask_look,
                         .clock = ask_clock,
                         .follow = ask_follow,
                         .now = stopped_clock,
                         .news = take_news};
}

static void
press(struct app *a, const char *keys)
{
    while (app_news(a))
        ;
    for (const char *k = keys; *k; k++) {
        app_key(a, (struct key){.code = *k == '\r' ? K_ENTER : *k});
        while (app_news(a))
            ;
    }
}

static struct opening *
some_log(void)
{
    struct opening *o = opening_new(STR("gw.log"), 1);
    o->parts[0] = "gw.log";
    return o;
}

// State of its own, and a terminal of no program: before the first screen.
static void
desk_prepare(void)
{
    folder_make();
    setenv("XDG_STATE_HOME", folder, 1);
    unsetenv("TMUX");
    setlocale(LC_ALL, "C.UTF-8");
}

// The picture of the screen on a terminal of 80 columns, as text.
static void
picture_of(struct app *a, int rows, struct buf *out)
{
    struct canvas c = {0};
    canvas_size(&c, 80, rows);
    app_draw(a, &c);
    buf_clear(out);
    canvas_dump(&c, out);
    canvas_release(&c);
}

// The same of one that is so high that nothing has to scroll.
static void
whole_picture(const char *keys, const char *then, struct buf *out)
{
    struct table d = {0};
    struct app *a = app_new(desk_at(&d));
    if (*keys == 'T')
        app_open(a, some_log());
    press(a, keys + (*keys == 'T'));
    press(a, then);
    picture_of(a, 400, out);
    app_free(a);
    news_release(&d.news);
}

#endif
