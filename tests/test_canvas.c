// The canvas: what lands on it can do nothing but stand there, in the columns that were given to it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diag/text.h"
#include "tui/canvas.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/theme.h"

static const char *
shown(const struct canvas *c, struct buf *out)
{
    buf_clear(out);
    canvas_dump(c, out);
    return buf_cstr(out);
}

static void
text_is_cut_at_its_room(void **state)
{
    (void)state;
    struct canvas c = {0};
    struct buf out = {0};
    canvas_size(&c, 10, 2);
    assert_int_equal(canvas_put(&c, 0, 0, 6, 0, STR("branch-12")), 6);
    canvas_put(&c, 7, 0, 20, 0, STR("abcdef"));
    canvas_put_from(&c, 0, 1, 5, 0, STR("0123456789"), 3);
    assert_string_equal(shown(&c, &out), "bran.. abc\n3456>\n");
    buf_release(&out);
    canvas_release(&c);
}

static uint8_t
log_name(void *names, size_t row, size_t column, struct buf *out)
{
    (void)column;
    buf_add(out, str_of(((const char *const *)names)[row]));
    return LOOK_PLAIN;
}

static void
a_name_that_is_cut_looks_like_no_other(void **state)
{
    (void)state;
    const char *names[] = {"branch-munich-2024-11-07-evening.log",
                           "branch-munich-2024-11-07-morning.log",
                           "branch-munich-2024-12-07-evening.log",
                           "branch-berlin-2024-11-07-evening.log",
                           "branch-munich-2024.log",
                           "分支机构日志文件甲一.log",
                           "分支机构日志文件乙一.log",
                           "short.log"};
    struct list list = {.count = sizeof names / sizeof *names, .shown = 8};
    struct canvas c = {0};
    struct buf out = {0};
    canvas_size(&c, 24, 8);
    for (size_t i = 0; i < list.count; i++)
        list_name(&list, &c, (struct area){0, (int)i, i < 5 ? 24 : 18, 1}, 0, log_name, names, i, 0);
    assert_string_equal(shown(&c, &out), "branch-munich-2024-11-..\n"
                                         "branch-muni..morning.log\n"
                                         "branch-munich-2024-12-..\n"
                                         "branch-berlin-2024-11-..\n"
                                         "branch-munich-2024.log\n"
                                         "分支机构..甲一.log\n"
                                         "分支机构..乙一.log\n"
                                         "short.log\n");
    buf_release(&out);
    canvas_release(&c);
}

static void
wide_characters_take_two_columns(void **state)
{
    (void)state;
    struct canvas c = {0};
    struct buf out = {0};
    canvas_size(&c, 7, 2);
    assert_int_equal(canvas_put(&c, 0, 0, 7, 0, str_of("分支a")), 5);
    canvas_put(&c, 5, 0, 1, 0, STR("|"));
    assert_string_equal(shown(&c, &out), "分支a|\n\n");
    // Half of one is covered: the other half becomes a blank.
    canvas_put(&c, 1, 0, 1, 0, STR("x"));
    assert_string_equal(shown(&c, &out), " x支a|\n\n");
    canvas_put(&c, 2, 0, 1, 0, STR("y"));
    assert_string_equal(shown(&c, &out), " xy a|\n\n");
    // No room for the second half.
    canvas_put(&c, 6, 1, 1, 0, str_of("分"));
    assert_string_equal(shown(&c, &out), " xy a|\n\n");
    buf_release(&out);
    canvas_release(&c);
}

static void
combining_marks_stay_with_their_character(void **state)
{
    (void)state;
    struct canvas c = {0};
    canvas_size(&c, 4, 1);
    assert_int_equal(canvas_put(&c, 0, 0, 4, 0, str_of("e\xCC\x81x")), 2);
    assert_int_equal(canvas_at(&c, 0, 0)->len, 3);
    assert_int_equal(canvas_at(&c, 1, 0)->text[0], 'x');
    canvas_release(&c);
}

static void
r1_nothing_hostile_stays_in_a_cell(void **state)
{
    (void)state;
    struct canvas c = {0};
    struct buf out = {0};
    canvas_size(&c, 60, 1);
    canvas_put(&c, 0, 0, 60, 0, str_of("a\x1b]0;x\x07\r\n\xE2\x80\xAE\xFF\xC2\x9B"));
    assert_string_equal(shown(&c, &out), "a\\x1b]0;x\\x07\\x0d\\x0a<U+202E><FF>\\x9b\n");
    c.ascii = true;
    canvas_put(&c, 0, 0, 60, 0, str_of("ü                                                       "));
    assert_memory_equal(shown(&c, &out), "<U+00FC> ", 9);
    buf_release(&out);
    canvas_release(&c);
}

static void
r7_every_size_is_survived(void **state)
{
    (void)state;
    struct canvas c = {0};
    static const int sizes[][2] = {{1, 1}, {0, 0}, {3, 2}, {200, 1}, {1, 90}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        canvas_size(&c, sizes[i][0], sizes[i][1]);
        canvas_put(&c, -5, -1, 20, 0, str_of("分支 far outside"));
        canvas_put(&c, 0, 0, 200, 0, str_of("分支 far outside"));
        canvas_box(&c, (struct area){-2, -2, 30, 30}, 30, 30, STR("title"));
        canvas_mark(&c, (struct area){-2, -2, 300, 300}, LOOK_REVERSED);
        canvas_cursor(&c, 999, 999);
        assert_true(c.cursor_x < (c.w ? c.w : 1) && c.cursor_y < (c.h ? c.h : 1));
    }
    canvas_release(&c);
}

static void
prose_wraps_at_blanks_and_breaks_long_words(void **state)
{
    (void)state;
    struct canvas c = {0};
    struct prose p = {0};
    struct buf out = {0};
    size_t top = 0;
    canvas_size(&c, 12, 6);
    prose_add(&p, &c, 10, 0, 2, 0, -1, STR("one two three 0123456789ab\nend"));
    prose_draw(&p, &c, (struct area){0, 0, 12, 6}, -1, false, &top);
    assert_string_equal(shown(&c, &out), "one two\n  three\n  01234567\n  89ab\n  end\n\n");
    prose_clear(&p);
    canvas_size(&c, 12, 5);
    prose_add(&p, &c, 10, 0, 0, 0, -1, STR("按 Esc 关闭这个页面，回去"));
    prose_draw(&p, &c, (struct area){0, 0, 12, 5}, -1, false, &top);
    assert_string_equal(shown(&c, &out), "按 Esc 关\n闭这个页\n面，回去\n\n\n");
    buf_release(&out);
    prose_release(&p);
    canvas_release(&c);
}

static void
no_color_and_few_colours_mean_monochrome(void **state)
{
    (void)state;
    assert_int_equal(theme_choose("mono", NULL, 256), THEME_MONO);
    assert_int_equal(theme_choose("auto", NULL, 256), THEME_DARK);
    assert_int_equal(theme_choose("auto", "0;15", 256), THEME_LIGHT);
    assert_int_equal(theme_choose("auto", "15;0", 8), THEME_DARK);
    assert_int_equal(theme_choose("dark", "0;15", 8), THEME_DARK);
    assert_int_equal(theme_choose("light", NULL, 16), THEME_LIGHT);
    assert_int_equal(theme_choose("dark", NULL, 0), THEME_MONO);
    for (uint8_t look = 0; look < LOOK_COUNT; look++)
        assert_int_equal(theme_ink(THEME_MONO, look).colour, -1);
    assert_true(theme_ink(THEME_MONO, LOOK_PLAIN | LOOK_REVERSED).reverse);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_at_its_room),
        cmocka_unit_test(a_name_that_is_cut_looks_like_no_other),
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(combining_marks_stay_with_their_character),
        cmocka_unit_test(r1_nothing_hostile_stays_in_a_cell),
        cmocka_unit_test(r7_every_size_is_survived),
        cmocka_unit_test(prose_wraps_at_blanks_and_breaks_long_words),
        cmocka_unit_test(no_color_and_few_colours_mean_monochrome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
