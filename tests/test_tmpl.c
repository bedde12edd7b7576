// diag/tmpl: templates with holes.
#include "diag/tmpl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static struct tmpl *
compiled(const char *text)
{
    struct err e = {0};
    struct tmpl *t = tmpl_compile(str_of(text), &arena, &e);
    if (!t)
        fail_msg("%s: %s", text, e.text);
    return t;
}

static enum tmpl_fit
fit(const char *template, const char *text, struct slots *slots)
{
    slots->count = 0;
    slots->known_only = false;
    return tmpl_match(compiled(template), str_of(text), slots);
}

static void
assert_slot(const struct slots *slots, const char *name, const char *value)
{
    struct str got = slots_get(slots, str_of(name));
    assert_non_null(got.at);
    assert_int_equal(got.len, strlen(value));
    assert_memory_equal(got.at, value, got.len);
}

static void
a_hole_takes_the_least_text(void **state)
{
    (void)state;
    struct slots s;
    assert_int_equal(fit("Oakley Transform [${offered}] refused",
                         "Oakley Transform [AES_CBC (128), HMAC_SHA2_256, MODP1024] refused", &s),
                     FIT_WHOLE);
    assert_slot(&s, "offered", "AES_CBC (128), HMAC_SHA2_256, MODP1024");
    assert_int_equal(fit("a ${x} b ${y}", "a 1 b 2 b 3", &s), FIT_WHOLE);
    assert_slot(&s, "x", "1");
    assert_slot(&s, "y", "2 b 3");
}

static void
text_left_over_must_begin_at_the_end_of_a_word(void **state)
{
    (void)state;
    struct slots s;
    assert_int_equal(fit("responding to Main Mode", "responding to Main Mode from unknown peer", &s),
                     FIT_START);
    assert_int_equal(fit("sent Main Mode R1", "sent Main Mode R12", &s), FIT_NONE);
    assert_int_equal(fit("after ${n:int} retransmits", "after 7 retransmits.  No response", &s), FIT_START);
    assert_int_equal(fit("sent ${n:int}", "sent 12x", &s), FIT_NONE);
}

static void
a_blank_takes_any_run_of_blanks(void **state)
{
    (void)state;
    struct slots s;
    assert_int_equal(
        fit("Old State = ${old:word} New State = ${new:word}", "Old State\xc2\xa0=  A\t New State = B", &s),
        FIT_WHOLE);
    assert_slot(&s, "old", "A");
    assert_slot(&s, "new", "B");
}

static void
an_address_stops_before_its_port(void **state)
{
    (void)state;
    struct slots s;
    assert_int_equal(
        fit("packet from ${peer:addr}:${peer_port:int}: ${}", "packet from 2001:db8::1:500: text", &s),
        FIT_WHOLE);
    assert_slot(&s, "peer", "2001:db8::1");
    assert_slot(&s, "peer_port", "500");
    fit("request to ${peer:addr}", "request to 192.0.2.1:500", &s);
    assert_slot(&s, "peer", "192.0.2.1");
    fit("request to ${peer:addr}", "request to 192.0.2.1:UDP/500", &s);
    assert_slot(&s, "peer", "192.0.2.1");
    fit("request to ${peer:addr}", "request to [2001:db8::1]:500", &s);
    assert_slot(&s, "peer", "2001:db8::1");
    fit("to ${peer:addr} now", "to 192.0.2.1:4500 now", &s);
    assert_slot(&s, "peer", "192.0.2.1");
    // S2-37: anonymised addresses are addresses too.
    fit("request to ${peer:addr}", "request to \xe5\xb0\x8d\xe6\x96\xb9ip:500", &s);
    assert_slot(&s, "peer", "\xe5\xb0\x8d\xe6\x96\xb9ip");
}

static void
kinds_hold_their_bytes(void **state)
{
    (void)state;
    struct slots s;
    assert_int_equal(fit("#${serial:int}: ${}", "#12: x", &s), FIT_WHOLE);
    assert_int_equal(s.at[0].known, SLOT_SERIAL);
    assert_int_equal(fit("#${serial:int}: ${}", "#1x: x", &s), FIT_NONE);
    assert_int_equal(fit("\"${conn:quoted}\": ${}", "\"a\" and \"b\": x", &s), FIT_NONE);
    assert_int_equal(fit("${state:caps}: ${}", "STATE_MAIN_I1: x", &s), FIT_WHOLE);
    assert_int_equal(fit("${state:caps}: ${}", "State: x", &s), FIT_NONE);
}

static void
a_hole_may_ask_how_its_text_begins(void **state)
{
    (void)state;
    struct slots s;
    assert_int_equal(fit("proposals: ${offer^IKE:}", "proposals: IKE:AES/SHA1, IKE:DES/MD5", &s), FIT_WHOLE);
    assert_slot(&s, "offer", "IKE:AES/SHA1, IKE:DES/MD5");
    assert_int_equal(fit("proposals: ${offer^IKE:}", "proposals: ESP:AES/SHA1", &s), FIT_NONE);
    assert_int_equal(fit("proposals: ${offer:word^IKE:} x", "proposals: IKE:AES x", &s), FIT_WHOLE);
    assert_int_equal(fit("proposals: ${offer^IKE:}", "proposals: IK", &s), FIT_NONE);
}

static void
what_is_wrong_is_said(void **state)
{
    (void)state;
    struct err e = {0};
    assert_null(tmpl_compile(str_of("x ${a:adr} y"), &arena, &e));
    assert_non_null(strstr(e.text, "addr"));
    assert_null(tmpl_compile(str_of("x ${a}${b} y"), &arena, &e));
    assert_null(tmpl_compile(str_of("x ${a"), &arena, &e));
    assert_null(tmpl_compile(str_of(""), &arena, &e));
}

// R4.x: no template of a pack may take the program down, whatever the text.
static void
r4_hostile_text_ends_quickly(void **state)
{
    (void)state;
    char text[60000];
    memset(text, 'a', sizeof text);
    struct tmpl *t = compiled("${a}a${b}a${c}a${d}a${e}a${f}b");
    struct slots s = {0};
    for (int i = 0; i < 200; i++)
        assert_int_equal(tmpl_match(t, (struct str){text, sizeof text}, &s), FIT_NONE);
}

static int
teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_takes_the_least_text),
        cmocka_unit_test(text_left_over_must_begin_at_the_end_of_a_word),
        cmocka_unit_test(a_blank_takes_any_run_of_blanks),
        cmocka_unit_test(an_address_stops_before_its_port),
        cmocka_unit_test(kinds_hold_their_bytes),
        cmocka_unit_test(a_hole_may_ask_how_its_text_begins),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(r4_hostile_text_ends_quickly),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
