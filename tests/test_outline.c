// Nested text, line by line behind the heads of its sections (diag/outline.h).
#include "diag/outline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

// Each line and what must come of it; NULL: nothing.
struct flat {
    const char *raw, *flat;
};

static void
assert_flat(const struct flat *lines, size_t count)
{
    struct outline o = {.depth = 0};
    for (size_t i = 0; i < count; i++) {
        struct str flat = outline_line(&o, str_of(lines[i].raw));
        char text[OUTLINE_LONG + 1];
        snprintf(text, sizeof text, "%.*s", STR_ARG(flat));
        assert_string_equal(text, lines[i].flat ? lines[i].flat : "");
    }
}
#define ASSERT_FLAT(lines) assert_flat(lines, sizeof(lines) / sizeof *(lines))

static void
indented_lines_stand_behind_their_head(void **state)
{
    (void)state;
    static const struct flat lines[] = {
        {"# a comment", NULL},
        {"conn branch-hq", "conn branch-hq"},
        {"\tleft=192.0.2.1", "conn branch-hq > left = 192.0.2.1"},
        {"", NULL},
        {"\tleftid = \"@b # c\"  # why", "conn branch-hq > leftid = @b # c"},
        {"        ike=aes256;modp2048", "conn branch-hq > ike = aes256;modp2048"},
        {"conn other", "conn other"},
        {" type=tunnel", "conn other > type = tunnel"},
    };
    ASSERT_FLAT(lines);
}

static void
deeper_indentation_is_a_section_in_a_section(void **state)
{
    (void)state;
    static const struct flat lines[] = {
        {"crypto map CM 10 ipsec-isakmp", "crypto map CM 10 ipsec-isakmp"},
        {" set peer 198.51.100.1", "crypto map CM 10 ipsec-isakmp > set peer 198.51.100.1"},
        {" match address 101", "crypto map CM 10 ipsec-isakmp > match address 101"},
        {"!", NULL},
        {"interface X", "interface X"},
        {"  unit 0", "interface X > unit 0"},
        {"    address A", "interface X > unit 0 > address A"},
        {"  unit 1", "interface X > unit 1"},
    };
    ASSERT_FLAT(lines);
}

static void
braces_hold_sections_whatever_the_indentation(void **state)
{
    (void)state;
    static const struct flat lines[] = {
        {"connections {", "connections {"},
        {"hq {", "connections > hq {"},
        {"    local_addrs = 192.0.2.1", "connections > hq > local_addrs = 192.0.2.1"},
        {"version=2;", "connections > hq > version = 2"},
        {"children {", "connections > hq > children {"},
        {"net{", "connections > hq > children > net {"},
        {"mode = tunnel", "connections > hq > children > net > mode = tunnel"},
        {"}", NULL},
        {"}", NULL},
        {"mobike = no", "connections > hq > mobike = no"},
        {"}", NULL},
        {"}", NULL},
        {"secrets {", "secrets {"},
    };
    ASSERT_FLAT(lines);
}

// What is to be read behind each other of one line.
static void
assert_pieces(const char *line, const char *const *pieces)
{
    struct str rest = str_of(line);
    for (; *pieces; pieces++) {
        struct str piece = str_trim(outline_piece(&rest));
        assert_true(str_eq(piece, str_of(*pieces)));
    }
    assert_int_equal(rest.len, 0);
}
#define ASSERT_PIECES(line, ...) assert_pieces(line, (const char *const[]){__VA_ARGS__, NULL})

static void
a_line_may_hold_several_statements(void **state)
{
    (void)state;
    ASSERT_PIECES("  hq { local { auth = psk } }", "hq {", "local {", "auth = psk", "}", "}");
    ASSERT_PIECES("local_ts = 192.0.2.0/24 } # all", "local_ts = 192.0.2.0/24", "}");
    ASSERT_PIECES("secret = \"a } b\"", "secret = \"a } b\"");
    ASSERT_PIECES("chain forward { policy drop; }", "chain forward { policy drop; }");
    ASSERT_PIECES("};", "};");
    ASSERT_PIECES("", "");
}

static void
hostile_text_stays_within_its_room(void **state)
{
    (void)state;
    struct outline o = {.depth = 0};
    static char line[3 * OUTLINE_LONG];
    for (size_t i = 0; i < sizeof line; i++)
        line[i] = 'x';
    line[sizeof line - 1] = '{';
    for (int i = 0; i < 3 * OUTLINE_DEEP; i++)
        assert_true(outline_line(&o, (struct str){line, sizeof line}).len <= OUTLINE_LONG);
    for (int i = 0; i < 9 * OUTLINE_DEEP; i++)
        assert_int_equal(outline_line(&o, STR("}")).len, 0);
    struct str flat = outline_line(&o, STR("a = b"));
    assert_true(str_eq(flat, STR("a = b")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indented_lines_stand_behind_their_head),
        cmocka_unit_test(deeper_indentation_is_a_section_in_a_section),
        cmocka_unit_test(braces_hold_sections_whatever_the_indentation),
        cmocka_unit_test(a_line_may_hold_several_statements),
        cmocka_unit_test(hostile_text_stays_within_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
