// What the screens tell in words: notices, counts, and what is not there, from hand-made data.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "screen_desk.h"
#include "tui/app.h"

enum { ROWS = 24 };

// What a field cannot take is said at once, and so is what a key in it does not find.
static void
what_is_told_while_one_types_is_seen(void **state)
{
    (void)state;
    static const char full[] = "No more fits in: this field holds 500 bytes";
    char typed[602];
    struct buf out = {0};
    memset(typed, 'a', sizeof typed - 1);
    typed[0] = '/';
    for (int fits = 0; fits < 2; fits++) {
        typed[fits ? 400 : sizeof typed - 1] = '\0';
        whole_picture("\r", typed, &out);
        assert_true((strstr(buf_cstr(&out), full) != NULL) != fits);
        assert_non_null(strstr(buf_cstr(&out), "aaaaaaaa\n"));
    }
    whole_picture("\r", "//no-such-place\t", &out);
    assert_non_null(strstr(buf_cstr(&out), "No file or folder begins so"));
    whole_picture("\r", "//no-such-place\tx", &out);
    assert_null(strstr(buf_cstr(&out), "No file or folder begins so"));
    buf_release(&out);
}

// A notice that does not fit in its row takes those above it, until the next key.
static void
a_long_notice_is_told_whole(void **state)
{
    (void)state;
    static const char sentence[] = "gw: cannot use this, for a reason that takes more than a row of eighty "
                                   "columns, and says at its end: what to do";
    struct table d = {0};
    struct app *a = app_new(desk_at(&d));
    struct buf out = {0};
    press(a, "");
    app_notice(a, sentence);
    picture_of(a, ROWS, &out);
    assert_non_null(strstr(buf_cstr(&out), "----\n gw: cannot use this"));
    assert_non_null(strstr(buf_cstr(&out), "what to do\n Enter choose"));
    press(a, "j");
    picture_of(a, ROWS, &out);
    assert_null(strstr(buf_cstr(&out), "cannot use this"));
    buf_release(&out);
    app_free(a);
    news_release(&d.news);
}

// A failure that nothing explains: Enter goes on to the log of the other end, which may.
static void
enter_leads_on_where_nothing_explains(void **state)
{
    (void)state;
    struct table d = {.unexplained = true};
    struct app *a = app_new(desk_at(&d));
    struct buf out = {0};
    press(a, "");
    app_open(a, some_log());
    press(a, "\r\r");
    picture_of(a, ROWS, &out);
    assert_non_null(strstr(buf_cstr(&out), "Next: Enter adds the other gateway's log"));
    assert_non_null(strstr(buf_cstr(&out), " Enter go on"));
    press(a, "\r");
    picture_of(a, ROWS, &out);
    assert_non_null(strstr(buf_cstr(&out), "The log of the other end of"));
    buf_release(&out);
    app_free(a);
    news_release(&d.news);
}

// A key that leads where one is says so.
static void
a_key_that_changes_nothing_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *then, *told;
    } rows[] = {{"T", "2", "This is that step"},
                {"T\r", "3", "This is that step"},
                {"T\r", "K", "There is no page on this"},
                {"T", "%", "This key does nothing here"}};
    struct buf out = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        whole_picture(rows[i].keys, rows[i].then, &out);
        if (!strstr(buf_cstr(&out), rows[i].told))
            fail_msg("\"%s\" is not told:\n%s", rows[i].told, buf_cstr(&out));
    }
    buf_release(&out);
}

// The re-check counts what the log has more, and not the state of a gateway, which is read anew.
static void
the_recheck_counts_lines_of_the_log(void **state)
{
    (void)state;
    struct table d = {.stated = 40};
    struct app *a = app_new(desk_at(&d));
    struct buf out = {0};
    app_open(a, some_log());
    press(a, "\rr");
    picture_of(a, ROWS, &out);
    assert_non_null(strstr(buf_cstr(&out), " 0 new lines since 10:22:11"));
    for (uint64_t more = 1; more < 1500; more += 1233) {
        d.added += more;
        d.stated += 25;
        press(a, "r");
        picture_of(a, ROWS, &out);
        const char *told = more == 1 ? "  1 new line since 10:22:11\n" : "  1,235 new lines since 10:22:11\n";
        if (!strstr(buf_cstr(&out), told))
            fail_msg("not there:%s%s", told, buf_cstr(&out));
    }
    buf_release(&out);
    app_free(a);
    news_release(&d.news);
}

// A journal without a line of a daemon is not empty: it holds what others log.
static void
an_empty_source_is_told_by_its_kind(void **state)
{
    (void)state;
    static const char *const kinds[][3] = {
        {"journal", "journal: this journal holds no line of an IKE daemon.", "is empty"},
        {"file", "journal: is empty.", "this journal holds"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct table d = {.nothing = true, .kind = kinds[i][0]};
        struct app *a = app_new(desk_at(&d));
        struct buf out = {0};
        app_open(a, some_log());
        press(a, "");
        picture_of(a, ROWS, &out);
        if (!strstr(buf_cstr(&out), kinds[i][1]) || strstr(buf_cstr(&out), kinds[i][2]))
            fail_msg("an empty %s is told otherwise:\n%s", kinds[i][0], buf_cstr(&out));
        buf_release(&out);
        app_free(a);
        news_release(&d.news);
    }
}

int
main(void)
{
    desk_prepare();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_while_one_types_is_seen),
        cmocka_unit_test(a_long_notice_is_told_whole),
        cmocka_unit_test(enter_leads_on_where_nothing_explains),
        cmocka_unit_test(a_key_that_changes_nothing_says_so),
        cmocka_unit_test(the_recheck_counts_lines_of_the_log),
        cmocka_unit_test(an_empty_source_is_told_by_its_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
