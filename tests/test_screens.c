// The screens without a terminal: drawn from hand-made data at every size, and walked through on real logs as
// the files tests/screens/*.walk say. IKEWALK_WALK_WRITE=1 writes what came out into those files instead of
// comparing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag/line.h"
#include "diag/text.h"
#include "tui/app.h"
#include "tui/words.h"
#include "tui/worker.h"

// --- a desk of hand-made data

static const struct order order = {.id = STR("v1-main"),
                                   .title = STR("Main mode."),
                                   .rung = {CP_CONTACT, CP_IKE_VERSION, CP_P1_CIPHER, CP_PSK, CP_ID,
                                            CP_SUBNETS, CP_P2_CIPHER, CP_UPDOWN, CP_TRAFFIC}};
static const struct dialect dialect = {.id = STR("demo"), .title = STR("Demonstration")};
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
    struct news news;
    bool fresh;
    bool nothing; // no tunnel is in the log
    unsigned looks;
};

static struct view *
make_view(bool nothing)
{
    struct view *v = mem_new(sizeof *v);
    struct source_view *source = ARENA_NEW(&v->arena, struct source_view);
    *source = (struct source_view){.name = STR("gw.log"),
                                   .kind = STR("file"),
                                   .lines = 142310,
                                   .first = LINE_NO_TIME,
                                   .last = LINE_NO_TIME,
                                   .problem = nothing ? STR("gw.log: cannot read on: \x1b]0;x") : STR(""),
                                   .samples = proofs,
                                   .sample_count = 2};
    v->knowledge = &knowledge;
    v->sources = source;
    v->source_count = 1;
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
make_shot(uint32_t id, int attempt)
{
    struct shot *shot = mem_new(sizeof *shot);
    struct tunnel_view *t = ARENA_NEW(&shot->arena, struct tunnel_view);
    struct view *v = make_view(false);
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
    t->finding_count = 1;
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
        d->news.view = make_view(d->nothing);
    d->fresh = true;
    opening_free(o);
}

static void
ask_tunnel(void *self, uint32_t id, int attempt)
{
    struct table *d = self;
    shot_free(d->news.shot);
    d->news.shot = make_shot(id, attempt);
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
    d->fresh = true;
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

// What must hold of every picture: only safe text, no row wider than the screen, the cursor inside.
static void
check_picture(struct app *a, struct canvas *c)
{
    struct buf out = {0}, safe = {0};
    app_draw(a, c);
    canvas_dump(c, &out);
    struct str rest = buf_str(&out);
    for (int y = 0; y < c->h; y++) {
        size_t end = str_find(rest, STR("\n"));
        struct str row = {rest.at, end};
        buf_clear(&safe);
        text_safe(row, &safe);
        assert_true(str_eq(row, buf_str(&safe)));
        assert_true((int)text_columns(row) <= c->w);
        rest = str_from(rest, end + 1);
    }
    assert_int_equal(rest.len, 0);
    assert_true(c->cursor_x >= 0 && c->cursor_x < c->w && c->cursor_y >= 0 && c->cursor_y < c->h);
    if (c->w >= 40 && c->h >= 12 && !c->ascii) // a translation may need more than ASCII
        assert_true(str_find(buf_str(&out), str_of(_("help"))) < out.len ||
                    str_find(buf_str(&out), str_of(_("Esc"))) < out.len);
    buf_release(&out);
    buf_release(&safe);
}

static const char *const ways[] = {
    "",
    "?",
    ":",
    ":exp\r",
    "jp", // the palette, and what is pasted
    "T:",
    "T?/lo",
    "T?\t",
    "\x1b",
    "\r",
    "\r?",
    "\rjj",
    "j\r", // source, its boxes, files, samples
    "T",
    "Tj?",
    "Tjjj",
    "T\r",
    "T\r[",
    "T\rv",
    "T\rkkk",
    "T\r?G",
    "T\r\r", // T: a log is open
    "T\r\rjjj",
    "T\r\r \r\r\r",
    "T\ro",
    "T\row",
    "T\roee",
    "T\ro\r",
    "T\ro/x", // finding and log
    "T\rolll",
    "T\r\ro?",
    "Tx",
    "T\r\rx \t\t\t\t ",
    "T\r\rxjjj x",
    "T\r\rx\r\r", // export
    "T\rr",
    "T\r\rs",
    "T\r\rw",
    "T\r\rr\r", // re-check, other side, why
    "Tf",
    "N",
    "No", // N: a log without a tunnel
};

static void
r7_every_screen_is_drawn_at_every_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{80, 24}, {120, 40}, {60, 16},  {40, 12}, {20, 6},
                                   {10, 3},  {1, 1},    {300, 90}, {79, 13}, {59, 50}};
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        struct table d = {.nothing = ways[w][0] == 'N'};
        struct app *a = app_new(desk_at(&d));
        struct canvas c = {.ascii = w % 5 == 4};
        const char *keys = ways[w];
        if (*keys == 'T' || *keys == 'N') {
            app_open(a, some_log());
            keys++;
        }
        canvas_size(&c, 80, 24);
        check_picture(a, &c); // the first frame, before anything was read
        press(a, keys);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            canvas_size(&c, sizes[i][0], sizes[i][1]);
            check_picture(a, &c);
        }
        canvas_release(&c);
        app_free(a);
        news_release(&d.news);
    }
}

static void
no_key_breaks_a_screen(void **state)
{
    (void)state;
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        struct table d = {.nothing = ways[w][0] == 'N'};
        struct app *a = app_new(desk_at(&d));
        struct canvas c = {0};
        unsigned seed = (unsigned)w + 1;
        app_open(a, some_log());
        press(a, ways[w] + (ways[w][0] == 'T' || ways[w][0] == 'N'));
        for (int i = 0; i < 400; i++) {
            static const int32_t codes[] = {
                K_ENTER,     K_ENTER, K_ESC, K_UP,   K_DOWN, K_LEFT,      K_RIGHT, K_PAGE_UP,
                K_PAGE_DOWN, K_HOME,  K_END, K_HELP, K_TAB,  K_BACKSPACE, ' ',     'e',
                'E',         'o',     'v',   '[',    ']',    '/',         'n',     'N',
                'f',         'a',     'w',   '1',    '2',    '3',         '4',     'x'};
            seed = seed * 1103515245 + 12345;
            app_key(a, (struct key){.code = codes[seed >> 16 & 31], .pasted = (seed >> 10 & 15) == 0});
            app_news(a);
            canvas_size(&c, 40 + (int)(seed >> 20) % 60, 12 + (int)(seed >> 8) % 20);
            check_picture(a, &c);
        }
        canvas_release(&c);
        app_free(a);
        news_release(&d.news);
    }
}

// Columns shrink, texts are cut, but never the verdict, in no language.
static void
the_verdict_stays_at_every_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{120, 40}, {110, 34}, {109, 33}, {80, 24}, {60, 16}, {59, 13}, {40, 12}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int deep = 0; deep < 2; deep++) {
            struct table d = {0};
            struct app *a = app_new(desk_at(&d));
            struct canvas c = {0};
            struct buf out = {0};
            app_open(a, some_log());
            press(a, deep ? "\r" : "");
            canvas_size(&c, sizes[i][0], sizes[i][1]);
            app_draw(a, &c);
            canvas_dump(&c, &out);
            assert_non_null(strstr(buf_cstr(&out), deep ? "[XX]" : _("UNKNOWN")));
            assert_non_null(strstr(buf_cstr(&out), deep ? "4 " : _("UNSTABLE")));
            buf_release(&out);
            canvas_release(&c);
            app_free(a);
            news_release(&d.news);
        }
}

static void
no_name_is_left_when_stand_ins_are_shown(void **state)
{
    (void)state;
    static const char *const hidden[] = {"branch-12", "198.51.100.7", "2001:db8:1234"};
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        if (ways[w][0] != 'T')
            continue;
        struct table d = {0};
        struct app *a = app_new(desk_at(&d));
        struct canvas c = {0};
        struct buf out = {0};
        app_setup(a, true, true, true);
        app_open(a, some_log());
        press(a, ways[w] + 1);
        for (int wide = 0; wide < 2; wide++) {
            canvas_size(&c, wide ? 200 : 80, wide ? 60 : 24);
            app_draw(a, &c);
            buf_clear(&out);
            canvas_dump(&c, &out);
            for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
                if (strstr(buf_cstr(&out), hidden[i]))
                    fail_msg("%s is seen after %s:\n%s", hidden[i], ways[w], buf_cstr(&out));
        }
        buf_release(&out);
        canvas_release(&c);
        app_free(a);
        news_release(&d.news);
    }
}

static void
enter_walks_to_the_fix_and_esc_back(void **state)
{
    (void)state;
    static const char *const rail[] = {"[2 Tunnels]", "[3 Ladder]",  "[4 Finding]",
                                       "[3 Ladder]",  "[2 Tunnels]", "[1 Source]"};
    static const int32_t keys[] = {0, K_ENTER, K_ENTER, K_ESC, K_ESC, K_ESC};
    struct table d = {0};
    struct app *a = app_new(desk_at(&d));
    struct canvas c = {0};
    app_open(a, some_log());
    for (size_t i = 0; i < sizeof rail / sizeof *rail; i++) {
        struct buf out = {0};
        if (keys[i])
            assert_true(app_key(a, (struct key){.code = keys[i]}));
        press(a, "");
        canvas_size(&c, 80, 24);
        app_draw(a, &c);
        canvas_dump(&c, &out);
        assert_non_null(strstr(buf_cstr(&out), rail[i]));
        assert_non_null(strstr(buf_cstr(&out), "Next: "));
        buf_release(&out);
    }
    assert_true(app_key(a, (struct key){.code = K_ESC}));
    assert_true(app_key(a, (struct key){.code = K_ENTER})); // stays
    assert_true(app_key(a, (struct key){.code = K_ESC}));
    assert_true(app_key(a, (struct key){.code = K_DOWN}));
    assert_false(app_key(a, (struct key){.code = K_ENTER})); // leaves
    canvas_release(&c);
    app_free(a);
    news_release(&d.news);
}

static void
a_paste_triggers_no_action(void **state)
{
    (void)state;
    struct table d = {0};
    struct app *a = app_new(desk_at(&d));
    press(a, "");
    for (int i = 0; i < 1000000; i++)
        assert_true(app_key(a, (struct key){.code = "q\nj\x1b?"[i % 5], .pasted = true}));
    struct canvas c = {0};
    struct buf out = {0};
    canvas_size(&c, 80, 24);
    app_draw(a, &c);
    canvas_dump(&c, &out);
    assert_non_null(strstr(buf_cstr(&out), "Where are the log lines?"));
    buf_release(&out);
    canvas_release(&c);
    app_free(a);
    news_release(&d.news);
}

// --- walks

#define GROWING "/tmp/ikewalk-walk.log" // written by "grow", gone when a walk begins

struct walk {
    struct worker *worker;
    struct app *app;
    struct canvas canvas;
};

static void
settle(struct walk *w)
{
    assert_true(worker_settle(w->worker, 10000));
    while (app_news(w->app))
        assert_true(worker_settle(w->worker, 10000));
}

static int32_t
key_named(const char *word)
{
    static const struct {
        const char *name;
        int32_t code;
    } names[] = {{"Enter", K_ENTER}, {"Esc", K_ESC},     {"Up", K_UP},          {"Down", K_DOWN},
                 {"Left", K_LEFT},   {"Right", K_RIGHT}, {"PgDn", K_PAGE_DOWN}, {"PgUp", K_PAGE_UP},
                 {"Tab", K_TAB},     {"Space", ' '}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, word) == 0)
            return names[i].code;
    if (word[1])
        fail_msg("a walk names no key \"%s\"", word);
    return word[0];
}

// Appends the lines from first to last of a recorded log to the one that the walk reads.
static void
add_lines(const char *log, int first, int last)
{
    FILE *from = fopen(log, "r"), *to = fopen(GROWING, "a");
    assert_non_null(from);
    assert_non_null(to);
    char *line = NULL;
    size_t room = 0;
    for (int n = 1; n <= last && getline(&line, &room, from) >= 0; n++)
        if (n >= first)
            fputs(line, to);
    free(line);
    fclose(from);
    assert_int_equal(fclose(to), 0);
}

static void
walk_line(struct walk *w, char *line)
{
    int width, height, first, last;
    char log[200];
    if (sscanf(line, "size %dx%d", &width, &height) == 2) {
        canvas_size(&w->canvas, width, height);
    } else if (sscanf(line, "grow %199s %d-%d", log, &first, &last) == 3) {
        settle(w);
        add_lines(log, first, last);
    } else if (strncmp(line, "open ", 5) == 0) {
        const char *base = strrchr(line, '/');
        struct opening *o = opening_new(str_of(base + 1), 1);
        o->parts[0] = arena_str(&o->arena, str_of(line + 5)).at;
        app_open(w->app, o);
    } else if (strncmp(line, "keys", 4) == 0) {
        strtok(line, " ");
        for (char *word = strtok(NULL, " "); word; word = strtok(NULL, " ")) {
            settle(w);
            assert_true(app_key(w->app, (struct key){.code = key_named(word)}));
        }
    } else if (*line && *line != '#') {
        fail_msg("a walk cannot say \"%s\"", line);
    }
}

// Appends the picture, each row behind a |.
static void
walk_picture(struct walk *w, struct buf *out)
{
    struct buf picture = {0};
    settle(w);
    canvas_size(&w->canvas, w->canvas.w, w->canvas.h);
    app_draw(w->app, &w->canvas);
    canvas_dump(&w->canvas, &picture);
    struct str rest = buf_str(&picture);
    while (rest.len) {
        size_t end = str_find(rest, STR("\n"));
        buf_addf(out, "|%.*s\n", (int)end, rest.at);
        rest = str_from(rest, end + 1);
    }
    buf_release(&picture);
}

static void
run_walk(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    struct err e = {0};
    struct walk w = {.worker = worker_new(NULL, &e)};
    struct buf was = {0}, is = {0};
    char *line = NULL;
    size_t room = 0;
    struct desk desk = worker_desk(w.worker);
    desk.now = stopped_clock;
    unlink(GROWING);
    unlink("ikewalk/steps.tsv"); // ticks of an earlier walk
    w.app = app_new(desk);
    canvas_size(&w.canvas, 80, 24);
    settle(&w);
    while (getline(&line, &room, file) >= 0) {
        buf_add(&was, str_of(line));
        bool row = line[0] == '|';
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "screen") == 0) {
            buf_add(&is, STR("screen\n"));
            walk_picture(&w, &is);
        } else if (!row) {
            buf_addf(&is, "%s\n", line);
            walk_line(&w, line);
        }
    }
    fclose(file);
    free(line);
    if (getenv("IKEWALK_WALK_WRITE")) {
        file = fopen(path, "w");
        assert_non_null(file);
        fwrite(is.at, 1, is.len, file);
        fclose(file);
    } else if (!str_eq(buf_str(&was), buf_str(&is))) {
        fail_msg("%s shows something else now:\n%s", path, buf_cstr(&is));
    }
    canvas_release(&w.canvas);
    app_free(w.app);
    worker_free(w.worker);
    buf_release(&was);
    buf_release(&is);
}

static int
is_walk(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".walk") == 0;
}

static void
walks_show_what_their_files_say(void **state)
{
    (void)state;
    struct dirent **entries;
    assert_int_equal(chdir(IKEWALK_SOURCE_DIR), 0);
    int count = scandir("tests/screens", &entries, is_walk, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "tests/screens/%s", entries[i]->d_name);
        run_walk(path);
        free(entries[i]);
    }
    free(entries);
}

int
main(void)
{
    char state[] = "/tmp/ikewalk-screens-XXXXXX";
    if (!mkdtemp(state))
        return 1;
    setenv("XDG_STATE_HOME", state, 1);
    unsetenv("TMUX");
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest layout[] = {
        cmocka_unit_test(r7_every_screen_is_drawn_at_every_size),
        cmocka_unit_test(the_verdict_stays_at_every_size),
    };
    const char *catalogues = getenv("IKEWALK_CATALOGUES"); // languages.sh
    if (catalogues) {
        setlocale(LC_MESSAGES, "C.UTF-8");
        bindtextdomain("ikewalk", catalogues);
        textdomain("ikewalk");
        return strcmp(_("DOWN"), "DOWN") == 0 || cmocka_run_group_tests(layout, NULL, NULL);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_stays_at_every_size),
        cmocka_unit_test(no_name_is_left_when_stand_ins_are_shown),
        cmocka_unit_test(r7_every_screen_is_drawn_at_every_size),
        cmocka_unit_test(no_key_breaks_a_screen),
        cmocka_unit_test(enter_walks_to_the_fix_and_esc_back),
        cmocka_unit_test(a_paste_triggers_no_action),
        cmocka_unit_test(walks_show_what_their_files_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
