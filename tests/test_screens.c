// The screens without a terminal, drawn from hand-made data at every size.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "temp_folder.h"

#include "diag/text.h"
#include "screen_desk.h"
#include "tui/app.h"
#include "tui/catalogues.h"
#include "tui/words.h"

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
    "T\r\ra", // what is asked of the other end
    "T\r\ra\tG\r",
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

// How each screen that needs no gateway and no lesson is come to; T: a log is open.
static const struct {
    const char *keys;
    enum screen_id screen;
} places[] = {
    {"", SCREEN_SOURCE},        {"\r", SCREEN_FILES},  {"jjj\r", SCREEN_SAMPLES}, {"jj\r", SCREEN_PASTE},
    {"j\r", SCREEN_GATEWAYS},   {"T", SCREEN_TUNNELS}, {"T\r", SCREEN_LADDER},    {"T\r\r", SCREEN_FINDING},
    {"T\rr", SCREEN_RECHECK},   {"T\rp", SCREEN_PATH}, {"Tx", SCREEN_EXPORT},     {"T\ro", SCREEN_LOG},
    {"jjjj\r", SCREEN_LESSONS},
};

// A sentence is wrapped in its box, so its beginning is looked for.
static bool
tells(struct str picture, const struct action *action)
{
    struct str sentence = str_of(action->explain);
    sentence.len = sentence.len < 40 ? sentence.len : 40;
    while (sentence.len && sentence.at[sentence.len - 1] != ' ')
        sentence.len--;
    return str_find(picture, str_trim(sentence)) < picture.len;
}

static void
every_action_is_in_help_and_palette(void **state)
{
    (void)state;
    struct buf help = {0}, palette = {0};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        whole_picture(places[i].keys, "?", &help);
        whole_picture(places[i].keys, ":", &palette);
        for (size_t n = 0; n < action_count; n++) {
            if (!(actions[n].screens & 1u << places[i].screen))
                continue;
            if (!tells(buf_str(&help), &actions[n]))
                fail_msg("\"%s\" is not in the help after \"%s\":\n%s", actions[n].explain, places[i].keys,
                         buf_cstr(&help));
            if (!tells(buf_str(&palette), &actions[n]))
                fail_msg("\"%s\" is not in the palette after \"%s\"", actions[n].explain, places[i].keys);
        }
    }
    buf_release(&help);
    buf_release(&palette);
}

static void
a_refusal_is_told_whole(void **state)
{
    (void)state;
    struct buf out = {0};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t n = 0; n < action_count; n++) {
            char key[] = {(char)actions[n].keys[0], '\0'};
            if (!(actions[n].screens & 1u << places[i].screen) || actions[n].keys[0] > '~' ||
                actions[n].id == ACT_QUIT)
                continue;
            whole_picture(places[i].keys, key, &out);
            const char *told = strstr(buf_cstr(&out), "Not possible now: ");
            if (told && strncmp(strchr(told, '\n') - 2, "..", 2) == 0)
                fail_msg("after \"%s\" this is cut: %s", places[i].keys, told);
        }
    buf_release(&out);
}

static void
a_filter_of_names_keeps_the_mark_on_its_file(void **state)
{
    (void)state;
    static const struct {
        const char *then, *marked;
    } filters[] = {{"", "> secure*"},     {"fsecure\r", "> secure*"},
                   {"f2J", "> 分"},       {"fsecure\r\x1b", "> secure*"},
                   {"f2J\r\x1b", "> 分"}, {"jf2J\rf\x15\r", "> 分"}};
    struct buf out = {0};
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        whole_picture("\r", filters[i].then, &out);
        if (!strstr(buf_cstr(&out), filters[i].marked))
            fail_msg("\"%s\" is not after \"%s\":\n%s", filters[i].marked, filters[i].then, buf_cstr(&out));
    }
    buf_release(&out);
}

// What the key bar offers can be done: none of it is answered with a refusal.
static void
the_bar_offers_nothing_in_vain(void **state)
{
    (void)state;
    struct buf before = {0}, after = {0};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t n = 0; n < action_count; n++) {
            const struct action *action = &actions[n];
            if (!(action->screens & 1u << places[i].screen) || !action->label || action->keys[0] > '~' ||
                action->id == ACT_QUIT)
                continue;
            struct buf offer = {0};
            char key[] = {(char)action->keys[0], '\0'};
            buf_addf(&offer, "%s %s", action->name, action->label);
            whole_picture(places[i].keys, "", &before);
            struct str bar = str_from(buf_str(&before), before.len > 90 ? before.len - 90 : 0);
            if (str_find(bar, buf_str(&offer)) < bar.len) {
                whole_picture(places[i].keys, key, &after);
                if (strstr(buf_cstr(&after), "Not possible now"))
                    fail_msg("after \"%s\" the bar offers \"%s\" in vain", places[i].keys, buf_cstr(&offer));
            }
            buf_release(&offer);
        }
    buf_release(&before);
    buf_release(&after);
}

static void
a_refusal_does_not_outlive_its_reason(void **state)
{
    (void)state;
    struct table d = {0};
    struct app *a = app_new(desk_at(&d));
    struct canvas c = {0};
    struct buf out = {0};
    canvas_size(&c, 80, 24);
    press(a, "");
    app_open(a, some_log());
    for (int read = 0; read < 2; read++) {
        if (read)
            press(a, "");
        else
            assert_true(app_key(a, (struct key){.code = K_ENTER}));
        app_draw(a, &c);
        buf_clear(&out);
        canvas_dump(&c, &out);
        assert_int_equal(!strstr(buf_cstr(&out), "Not possible now: no tunnel is shown"), read);
        assert_int_equal(!strstr(buf_cstr(&out), "Next: Enter walks the checkpoints of"), !read);
    }
    buf_release(&out);
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
    struct buf out = {0};
    picture_of(a, 24, &out);
    assert_non_null(strstr(buf_cstr(&out), "Where are the log lines?"));
    buf_release(&out);
    app_free(a);
    news_release(&d.news);
}

int
main(void)
{
    desk_prepare();
    const struct CMUnitTest layout[] = {
        cmocka_unit_test(r7_every_screen_is_drawn_at_every_size),
        cmocka_unit_test(the_verdict_stays_at_every_size),
    };
    const char *catalogues = getenv("IKEWALK_CATALOGUES"); // languages.sh
    if (catalogues) {
        catalogues_heed_language();
        bindtextdomain("ikewalk", catalogues);
        textdomain("ikewalk");
        return strcmp(_("Ladder"), "Ladder") == 0 || cmocka_run_group_tests(layout, NULL, NULL);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_stays_at_every_size),
        cmocka_unit_test(no_name_is_left_when_stand_ins_are_shown),
        cmocka_unit_test(r7_every_screen_is_drawn_at_every_size),
        cmocka_unit_test(no_key_breaks_a_screen),
        cmocka_unit_test(enter_walks_to_the_fix_and_esc_back),
        cmocka_unit_test(every_action_is_in_help_and_palette),
        cmocka_unit_test(the_bar_offers_nothing_in_vain),
        cmocka_unit_test(a_refusal_is_told_whole),
        cmocka_unit_test(a_filter_of_names_keeps_the_mark_on_its_file),
        cmocka_unit_test(a_refusal_does_not_outlive_its_reason),
        cmocka_unit_test(a_paste_triggers_no_action),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
