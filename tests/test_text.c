// diag/text: nothing from outside can act, and columns are those of a terminal.
#include "diag/text.h"

#include "diag/arena.h"
#include "diag/runes.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <wchar.h>

#include <cmocka.h>

static void
add_rune(struct buf *out, int32_t rune)
{
    if (rune < 0x80) {
        buf_add_char(out, (char)rune);
        return;
    }
    int more = rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;
    buf_add_char(out, (char)((unsigned char)"\xC0\xE0\xF0"[more - 1] | rune >> (6 * more)));
    while (more--)
        buf_add_char(out, (char)(0x80 | (rune >> (6 * more) & 0x3F)));
}

// The contract of R1, told by code points of its own and not by the table that the filter uses.
static bool
may_be_painted(int32_t r)
{
    if (r < 0x20 || (r >= 0x7F && r <= 0x9F))
        return false; // not a character, C0, DEL, C1
    if (r == 0x061C || (r >= 0x200E && r <= 0x200F) || (r >= 0x202A && r <= 0x202E) ||
        (r >= 0x2066 && r <= 0x2069))
        return false; // bidi controls
    if ((r >= 0x200B && r <= 0x200D) || (r >= 0x2060 && r <= 0x2064) || r == 0xFEFF || r == 0x00AD ||
        r == 0x034F)
        return false; // zero-width
    if ((r >= 0xFE00 && r <= 0xFE0F) || (r >= 0xE0000 && r <= 0xE0FFF))
        return false; // variation selectors, tags
    if (r == 0x2028 || r == 0x2029 || (r >= 0xFFF9 && r <= 0xFFFB))
        return false; // separators of lines, annotations
    return (r & 0xFFFE) != 0xFFFE && !(r >= 0xFDD0 && r <= 0xFDEF);
}

// Every character may be painted, and no base carries more than four marks.
static void
assert_safe(struct str safe)
{
    int marks = 4;
    while (safe.len) {
        int32_t rune;
        size_t length = text_rune(safe, &rune);
        if (!may_be_painted(rune))
            fail_msg("U+%04X came through", (unsigned)rune);
        int width = text_width(rune);
        marks = width ? 0 : marks + 1;
        assert_in_range(marks, 0, 4);
        safe = str_from(safe, length);
    }
}

static void
assert_shown(struct str raw, const char *want)
{
    struct buf out = {0};
    text_safe(raw, &out);
    assert_string_equal(buf_cstr(&out), want);
    buf_release(&out);
}

static void
r1_hostile_bytes_become_visible(void **state)
{
    (void)state;
    assert_shown(STR("plain text"), "plain text");
    assert_shown(STR("a\tb"), "a b");
    assert_shown(STR("a\nb\rc\b"), "a\\x0ab\\x0dc\\x08");
    assert_shown(STR("\x1b]52;c;x\x07"), "\\x1b]52;c;x\\x07");
    assert_shown(STR("a\0b"), "a\\x00b");
    assert_shown(STR("\x7f"), "\\x7f");
    assert_shown(STR("\xC2\x9B"
                     "31m"),
                 "\\x9b31m");
    assert_shown(STR("\xE2\x80\xAE"
                     "gnp"),
                 "<U+202E>gnp");
    assert_shown(STR("a\xE2\x80\x8B"
                     "b"),
                 "a<U+200B>b");
    assert_shown(STR("\xF3\xA0\x81\x81"), "<U+E0041>");
    assert_shown(STR("\xEF\xBF\xBE"), "<U+FFFE>");
    assert_shown(STR("\xE9t\xE9"), "<E9>t<E9>");
    assert_shown(STR("\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80"), "<C0><AF><ED><A0><80><F4><90><80><80>");
    assert_shown(STR("\xE9\x83\x91\xE7\xA7\x80"), "\xE9\x83\x91\xE7\xA7\x80");
    assert_shown(STR("\xE9\x83"), "<E9><83>");
}

static void
r1_at_most_four_marks_stand_on_a_character(void **state)
{
    (void)state;
#define MARK "\xCC\x81"
    assert_shown(STR("e" MARK MARK MARK MARK MARK), "e" MARK MARK MARK MARK "<U+0301>");
    assert_shown(STR("e" MARK MARK MARK MARK MARK "f" MARK), "e" MARK MARK MARK MARK "<U+0301>f" MARK);
    // at the start there is nothing of the text that it could stand on
    assert_shown(STR(MARK "e"), "<U+0301>e");
}

static void
r1_all_of_unicode_comes_out_safe(void **state)
{
    (void)state;
    for (int32_t rune = 0; rune < 0x110000; rune++) {
        struct buf in = {0}, out = {0};
        buf_add_char(&in, 'x');
        add_rune(&in, rune);
        add_rune(&in, rune);
        text_safe(buf_str(&in), &out);
        assert_safe(buf_str(&out));
        assert_true(out.len > 1);
        buf_release(&in);
        buf_release(&out);
    }
}

static uint32_t
random_next(uint32_t *seed)
{
    return (*seed = *seed * 1664525u + 1013904223u) >> 8;
}

static void
r1_random_bytes_come_out_safe(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        struct buf in = {0}, out = {0};
        for (uint32_t n = random_next(&seed) % 60; n; n--) {
            uint32_t kind = random_next(&seed) % 4;
            if (kind == 0)
                buf_add_char(&in, (char)random_next(&seed));
            else
                add_rune(&in, (int32_t)(random_next(&seed) % (kind == 1   ? 0x400
                                                              : kind == 2 ? 0x3100
                                                                          : 0x110000)));
        }
        text_safe(buf_str(&in), &out);
        assert_safe(buf_str(&out));
        buf_release(&in);
        buf_release(&out);
    }
}

// Cut between two characters, the parts put together are the whole, unless the second begins with a mark.
static void
r1_cutting_between_characters_changes_nothing(void **state)
{
    (void)state;
    struct str text = STR("a\x1b[1m\xE9\x83\x91 \xFF\xFE e" MARK MARK "x\xE2\x80\xAE\xC2\x9B\0z");
    struct buf whole = {0};
    text_safe(text, &whole);
    for (size_t at = 0, length; at < text.len; at += length) {
        int32_t rune;
        length = text_rune(str_from(text, at), &rune);
        if (rune == 0x301)
            continue;
        struct buf parts = {0};
        text_safe((struct str){text.at, at}, &parts);
        text_safe(str_from(text, at), &parts);
        assert_true(str_eq(buf_str(&parts), buf_str(&whole)));
        buf_release(&parts);
    }
    buf_release(&whole);
}

static void
a_rune_is_read_strictly(void **state)
{
    (void)state;
    int32_t rune;
    for (int32_t r = 0; r < 0x110000; r++) {
        struct buf in = {0};
        add_rune(&in, r);
        size_t length = text_rune(buf_str(&in), &rune);
        bool surrogate = r >= 0xD800 && r <= 0xDFFF;
        assert_int_equal(rune, surrogate ? -1 : r);
        assert_int_equal(length, surrogate ? 1 : in.len);
        for (size_t cut = 1; cut < in.len; cut++) {
            assert_int_equal(text_rune((struct str){in.at, cut}, &rune), 1);
            assert_int_equal(rune, -1);
        }
        buf_release(&in);
    }
    assert_int_equal(text_rune(STR_NONE, &rune), 0);
    assert_int_equal(text_rune(STR("\xE0\x80\xAF"), &rune), 1); // overlong
    assert_int_equal(rune, -1);
}

static void
columns_are_those_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(text_columns(STR("")), 0);
    assert_int_equal(text_columns(STR("abc")), 3);
    assert_int_equal(text_columns(STR("\xE9\x83\x91\xE7\xA7\x80x")), 5);
    assert_int_equal(text_columns(STR("e" MARK "x")), 2);
    assert_int_equal(text_columns(STR("\xF0\x9F\x94\x92")), 2); // a lock
    assert_int_equal(text_width(0x1161), 0);                    // a vowel of a Hangul syllable
    assert_int_equal(text_width(0xE000), 1);                    // private use
}

// The C library's newer or older Unicode may know a few characters more or less; what both know must agree.
static void
r1_columns_agree_with_the_c_library(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        skip();
    int asked = 0, other = 0;
    for (int32_t rune = 0x20; rune < 0x110000; rune++) {
        int width = wcwidth((wchar_t)rune);
        if (width < 0 || runes_class(rune) == RUNES_UNSEEN)
            continue;
        asked++;
        other += text_width(rune) != width;
    }
    setlocale(LC_CTYPE, "C");
    assert_true(asked > 250000);
    assert_in_range(other, 0, 300);
}

static void
a_short_form_names_what_it_may_be(void **state)
{
    static const char *const words[] = {"progress", "peer-of", "platform", "since"};
    struct buf begun = {0};
    (void)state;
    assert_int_equal(text_begun(STR("p"), words, 4, "--", &begun), 3);
    assert_string_equal(buf_cstr(&begun), "--progress, --peer-of, --platform");
    buf_clear(&begun);
    assert_int_equal(text_begun(STR("since"), words, 4, "", &begun), 1);
    assert_string_equal(buf_cstr(&begun), "since");
    buf_clear(&begun);
    assert_int_equal(text_begun(STR("sincere"), words, 4, "", &begun), 0);
    assert_int_equal(text_begun(STR(""), words, 4, "", &begun), 0);
    assert_int_equal(begun.len, 0);
    buf_release(&begun);
}

static void
the_nearest_word_is_meant(void **state)
{
    (void)state;
    static const char *const words[] = {"contact", "version", "match", "matches", "says"};
    assert_string_equal(text_nearest(STR("macth"), words, 5), "match");
    assert_string_equal(text_nearest(STR("matche"), words, 5), "match");
    assert_string_equal(text_nearest(STR("matchess"), words, 5), "matches");
    assert_string_equal(text_nearest(STR("vresion"), words, 5), "version");
    assert_string_equal(text_nearest(STR("contact"), words, 5), "contact");
    assert_string_equal(text_nearest(STR("saxs"), words, 5), "says");
    assert_null(text_nearest(STR("sxxs"), words, 5));
    assert_null(text_nearest(STR("completely"), words, 5));
    assert_null(text_nearest(STR(""), words, 5));
    assert_null(text_nearest(STR("match"), words, 0));
    char longest[200];
    memset(longest, 'a', sizeof longest);
    assert_null(text_nearest((struct str){longest, sizeof longest}, words, 5));
}

static void
lines_end_at_blanks_and_beside_wide_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lines;
    } rows[] = {
        {"one two three", "one two\n  three"},
        {"0123456789ab c", "0123456789ab\n  c"},
        {"对端使用的密钥不同", "对端使用的\n  密钥不同"},
        {"密钥不同。 UDP 500", "密钥不同。\n  UDP 500"},
        {"同一个密钥不同。", "同一个密钥\n  不同。"},
    };
    struct buf out = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&out);
        text_wrap(str_of(rows[i].text), 0, 2, 10, &out);
        assert_string_equal(buf_cstr(&out), rows[i].lines);
    }
    buf_release(&out);
    assert_false(text_may_break('a', 'b'));
    assert_true(text_may_break(0x5BC6, 0x94A5));
    assert_false(text_may_break(0x5BC6, 0x3002)); // a full stop never begins a line
    assert_false(text_may_break(0xFF08, 0x5BC6)); // and a bracket that opens never ends one
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r1_hostile_bytes_become_visible),
        cmocka_unit_test(r1_at_most_four_marks_stand_on_a_character),
        cmocka_unit_test(r1_all_of_unicode_comes_out_safe),
        cmocka_unit_test(r1_random_bytes_come_out_safe),
        cmocka_unit_test(r1_cutting_between_characters_changes_nothing),
        cmocka_unit_test(a_rune_is_read_strictly),
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(r1_columns_agree_with_the_c_library),
        cmocka_unit_test(the_nearest_word_is_meant),
        cmocka_unit_test(a_short_form_names_what_it_may_be),
        cmocka_unit_test(lines_end_at_blanks_and_beside_wide_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
