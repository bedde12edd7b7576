// diag/msg: which dialect speaks in a line, which message it is, what its slots hold. The packs are made
// here, so that what a test rests on stands beside it.
#include "diag/msg.h"

#include "diag/envelope.h"
#include "knowledge/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char neutral[] =
    "orders:\n"
    "  - id: v1-main\n"
    "    title: Main mode\n"
    "    order: [contact, ike-version, p1-cipher, psk, id, subnets, p2-cipher, updown, traffic]\n";

static const char ay[] = "dialect: ay\n"
                         "title: A\n"
                         "daemons: [ayd, ayctl]\n"
                         "prefixes:\n"
                         "  - - |-\n"
                         "      ${_:int} ${}\n"
                         "  - - |-\n"
                         "      \"${conn:quoted}\" #${serial:int}: ${}\n"
                         "    - |-\n"
                         "      \"${conn:quoted}\": ${}\n"
                         "    - |-\n"
                         "      from ${peer:addr}: ${}\n"
                         "  - - |-\n"
                         "      STATE_${state:caps}: ${}\n"
                         "messages:\n"
                         "  - id: sent\n"
                         "    match:\n"
                         "      - |-\n"
                         "        sent request\n"
                         "    note: n\n"
                         "  - id: sent-replacing\n"
                         "    match:\n"
                         "      - |-\n"
                         "        sent request, replacing #${replaces:int}\n"
                         "    note: n\n"
                         "  - id: sent-any\n"
                         "    match:\n"
                         "      - |-\n"
                         "        sent ${what}\n"
                         "    note: n\n"
                         "  - id: waits\n"
                         "    match:\n"
                         "      - |-\n"
                         "        will wait ${seconds:num} seconds\n"
                         "      - |-\n"
                         "        will wait ${seconds:num} seconds for response\n"
                         "    note: n\n"
                         "  - id: light\n"
                         "    match:\n"
                         "      - |-\n"
                         "        deleting ${what} now\n"
                         "    note: n\n"
                         "  - id: heavy\n"
                         "    match:\n"
                         "      - |-\n"
                         "        deleting ${what} and telling the peer now\n"
                         "    note: n\n"
                         "  - id: open\n"
                         "    match:\n"
                         "      - |-\n"
                         "        ${who:name} has not answered\n"
                         "    note: n\n"
                         "  - id: open-heavier\n"
                         "    match:\n"
                         "      - |-\n"
                         "        ${who:name} has not answered since ${time}\n"
                         "    note: n\n"
                         "  - id: networks\n"
                         "    match:\n"
                         "      - |-\n"
                         "        us: ${ours} them: ${theirs}\n"
                         "    note: n\n"
                         "  - id: shared\n"
                         "    match:\n"
                         "      - |-\n"
                         "        both of them say this\n"
                         "    note: n\n";

static const char bee[] = "dialect: bee\n"
                          "title: B\n"
                          "daemons: [beed]\n"
                          "prefixes:\n"
                          "  - - |-\n"
                          "      <${conn:name}|${serial:int}> ${}\n"
                          "messages:\n"
                          "  - id: sent\n"
                          "    match:\n"
                          "      - |-\n"
                          "        sending packet to ${peer:addr}\n"
                          "    note: n\n"
                          "  - id: quoted\n"
                          "    match:\n"
                          "      - |-\n"
                          "        \"x\" #1: bee understands what a cannot\n"
                          "    note: n\n"
                          "  - id: shared\n"
                          "    match:\n"
                          "      - |-\n"
                          "        both of them say this\n"
                          "    note: n\n";

// Every line of this one begins with its name; what it says itself is said by many.
static const char cee[] = "dialect: cee\n"
                          "title: C\n"
                          "headed: first\n"
                          "prefixes:\n"
                          "  - - |-\n"
                          "      cee ${_:int}:${}\n"
                          "  - - |-\n"
                          "      ${conn:name}: ${}\n"
                          "messages:\n"
                          "  - id: refused\n"
                          "    match:\n"
                          "      - |-\n"
                          "        peer refused\n"
                          "    note: n\n";

enum { AY, BEE, CEE };

struct packs {
    struct knowledge *knowledge;
    struct msgs *msgs;
};

static int
load(void **state)
{
    static struct packs packs;
    const struct pack_text texts[] = {{STR("neutral.yaml"), STR(neutral), 0, false},
                                      {STR("ay.yaml"), STR(ay), 0, false},
                                      {STR("bee.yaml"), STR(bee), 0, false},
                                      {STR("cee.yaml"), STR(cee), 0, false}};
    struct err e = {0};
    packs.knowledge = knowledge_load(texts, sizeof texts / sizeof *texts, &e);
    if (!packs.knowledge) {
        print_error("%s\n", e.text);
        return -1;
    }
    packs.msgs = msgs_new(packs.knowledge);
    *state = &packs;
    return 0;
}

static int
unload(void **state)
{
    struct packs *packs = *state;
    msgs_free(packs->msgs);
    knowledge_free(packs->knowledge);
    return 0;
}

// Reads a line as a part of a log whose last line was of dialect `last`.
static int
read_after(void **state, const char *text, int dialect, int last, struct msg *msg)
{
    const struct packs *packs = *state;
    struct line line;
    envelope_parse(str_of(text), &line);
    msg_read(packs->msgs, &line, dialect, &last, msg);
    return last;
}

static void
slot_is(const struct msg *msg, const char *name, const char *value)
{
    struct str got = slots_get(&msg->slots, str_of(name));
    if (!str_eq(got, str_of(value)))
        fail_msg("%s is \"%.*s\" and not \"%s\"", name, STR_ARG(got), value);
}

static struct msg
reads(void **state, const char *text, const char *id)
{
    struct msg msg;
    read_after(state, text, -1, -1, &msg);
    if (msg.found != MSG_READ)
        fail_msg("\"%s\" is not understood", text);
    if (!str_eq(msg.message->id, str_of(id)))
        fail_msg("\"%s\" is taken for %.*s", text, STR_ARG(msg.message->id));
    return msg;
}

static void
the_longest_head_wins(void **state)
{
    reads(state, "ayd: sent request", "sent");
    struct msg msg = reads(state, "ayd: sent request, replacing #19", "sent-replacing");
    slot_is(&msg, "replaces", "19");
    msg = reads(state, "ayd: sent reply", "sent-any");
    slot_is(&msg, "what", "reply");
    // the longer head has begun and does not go on: the shorter one is asked then
    msg = reads(state, "ayd: sent requests", "sent-any");
    slot_is(&msg, "what", "requests");
    msg = reads(state, "ayd: sent request, replacing nothing", "sent");
    assert_int_equal(msg.fit, FIT_START);
}

static void
a_whole_fit_beats_one_that_leaves_text_over(void **state)
{
    struct msg msg = reads(state, "ayd: will wait 0.5 seconds for response", "waits");
    const struct packs *packs = *state;
    assert_int_equal(msg.fit, FIT_WHOLE);
    assert_true(str_eq(packs->knowledge->dialects[AY].templates[msg.template].text,
                       STR("will wait ${seconds:num} seconds for response")));
    slot_is(&msg, "seconds", "0.5");
    assert_int_equal(msg.slots.count, 1);
    msg = reads(state, "ayd: will wait 0.5 seconds more", "waits");
    assert_int_equal(msg.fit, FIT_START);
    slot_is(&msg, "seconds", "0.5");
    assert_int_equal(msg.slots.count, 1);
}

static void
of_two_that_fit_the_heavier_wins(void **state)
{
    struct msg msg = reads(state, "ayd: deleting it and telling the peer now", "heavy");
    slot_is(&msg, "what", "it");
    msg = reads(state, "ayd: deleting it now", "light");
    slot_is(&msg, "what", "it");
    assert_int_equal(msg.slots.count, 1);
}

static void
templates_may_begin_with_a_hole(void **state)
{
    struct msg msg = reads(state, "ayd: 192.0.2.7 has not answered", "open");
    slot_is(&msg, "who", "192.0.2.7");
    msg = reads(state, "ayd: peer-2 has not answered since noon", "open-heavier");
    slot_is(&msg, "who", "peer-2");
    slot_is(&msg, "time", "noon");
    // a head that fits is preferred to any of them
    msg = reads(state, "ayd: sent has not answered", "sent-any");
    slot_is(&msg, "what", "has not answered");
}

static void
blanks_of_any_kind_and_number_are_one(void **state)
{
    reads(state, "ayd: sent  request", "sent");
    reads(state, "ayd: sent\trequest", "sent");
    reads(state, "ayd: sent\xc2\xa0request", "sent");
    struct msg msg = reads(state, "ayd: sent \t request,  replacing\xc2\xa0 #7", "sent-replacing");
    slot_is(&msg, "replaces", "7");
}

static void
prefixes_come_off_in_stages(void **state)
{
    struct msg msg = reads(state, "ayd[7]: 002 \"office\" #41: STATE_MAIN_I1: will wait 8 seconds", "waits");
    slot_is(&msg, "conn", "office");
    slot_is(&msg, "serial", "41");
    slot_is(&msg, "state", "MAIN_I1");
    slot_is(&msg, "seconds", "8");
    assert_true(str_eq(msg.body, STR("will wait 8 seconds")));
    // a stage where nothing fits is passed over
    msg = reads(state, "ayd[7]: STATE_MAIN_I1: will wait 8 seconds", "waits");
    slot_is(&msg, "state", "MAIN_I1");
    assert_null(slots_get(&msg.slots, STR("conn")).at);
    // the first of a stage that fits is taken off, and no second of it
    msg = reads(state, "ayd[7]: \"office\": sent request", "sent");
    slot_is(&msg, "conn", "office");
    struct msg twice;
    read_after(state, "ayd[7]: \"office\": \"other\": sent request", -1, -1, &twice);
    assert_int_equal(twice.found, MSG_UNREAD);
    slot_is(&twice, "conn", "office");
}

static void
the_tag_says_which_dialect_speaks(void **state)
{
    struct msg msg = reads(state, "beed[3]: both of them say this", "shared");
    assert_int_equal(msg.dialect, BEE);
    msg = reads(state, "ayctl: both of them say this", "shared");
    assert_int_equal(msg.dialect, AY);
    // what only another dialect understands is not borrowed from it
    read_after(state, "ayd[3]: sending packet to 192.0.2.7", -1, BEE, &msg);
    assert_int_equal(msg.found, MSG_UNREAD);
    assert_int_equal(msg.dialect, AY);
    // another program's line is no message even when its words are
    read_after(state, "Nov  7 04:45:35 gw cron[3]: sent request", -1, AY, &msg);
    assert_int_equal(msg.found, MSG_OTHER);
    assert_int_equal(msg.dialect, -1);
    assert_null(msg.message);
}

static void
a_chosen_dialect_hears_no_other(void **state)
{
    struct msg msg;
    read_after(state, "beed: both of them say this", AY, -1, &msg);
    assert_int_not_equal(msg.found, MSG_READ);
    read_after(state, "both of them say this", BEE, AY, &msg);
    assert_int_equal(msg.dialect, BEE);
    read_after(state, "sent request", BEE, AY, &msg);
    assert_int_equal(msg.found, MSG_OTHER);
}

static void
bare_lines_are_told_apart_by_content(void **state)
{
    struct msg msg;
    assert_int_equal(read_after(state, "sent request", -1, -1, &msg), AY);
    assert_int_equal(msg.dialect, AY);
    assert_int_equal(read_after(state, "sending packet to 192.0.2.7", -1, AY, &msg), BEE);
    assert_int_equal(msg.dialect, BEE);
    // what both would say is said by the one that spoke last
    read_after(state, "both of them say this", -1, BEE, &msg);
    assert_int_equal(msg.dialect, BEE);
    read_after(state, "both of them say this", -1, AY, &msg);
    assert_int_equal(msg.dialect, AY);
    // a prefix alone gives way to a dialect that understands the whole line
    read_after(state, "\"x\" #1: bee understands what a cannot", -1, -1, &msg);
    assert_int_equal(msg.found, MSG_READ);
    assert_int_equal(msg.dialect, BEE);
    // a prefix that names a connection is enough to know whose line it is
    read_after(state, "\"x\" #1: nobody understands", -1, -1, &msg);
    assert_int_equal(msg.found, MSG_UNREAD);
    assert_int_equal(msg.dialect, AY);
    slot_is(&msg, "conn", "x");
    read_after(state, "nobody understands", -1, AY, &msg);
    assert_int_equal(msg.found, MSG_OTHER);
    // somebody moved the lines in: the one that spoke last reads them first
    assert_int_equal(read_after(state, "  \tsending packet to 192.0.2.7", -1, AY, &msg), BEE);
    read_after(state, "    both of them say this", -1, BEE, &msg);
    assert_int_equal(msg.dialect, BEE);
    read_after(state, "    nobody understands", -1, AY, &msg);
    assert_int_equal(msg.found, MSG_OTHER);
}

static void
a_word_before_a_colon_is_no_tag_by_itself(void **state)
{
    struct msg msg = reads(state, "us: 10.0.0.0/8 them: 10.1.0.0/16", "networks");
    slot_is(&msg, "ours", "10.0.0.0/8");
    slot_is(&msg, "theirs", "10.1.0.0/16");
    // with a stamp it is one
    read_after(state, "Nov  7 04:45:35 gw us: 10.0.0.0/8 them: 10.1.0.0/16", -1, AY, &msg);
    assert_int_equal(msg.found, MSG_OTHER);
    // and behind the daemon's tag it is text again
    reads(state, "Nov  7 04:45:35 gw ayd[1]: us: 10.0.0.0/8 them: 10.1.0.0/16", "networks");
}

static void
nothing_is_no_message(void **state)
{
    struct msg msg;
    read_after(state, "", -1, -1, &msg);
    assert_int_equal(msg.found, MSG_OTHER);
    read_after(state, "ayd[1]:", -1, -1, &msg);
    assert_int_equal(msg.found, MSG_UNREAD);
    read_after(state, "ayd[1]: \"office\" #1: ", -1, -1, &msg);
    assert_int_equal(msg.found, MSG_UNREAD);
    read_after(state, "   ", -1, AY, &msg);
    assert_int_equal(msg.found, MSG_OTHER);
}

static void
reading_again_gives_the_same_slots(void **state)
{
    static const char *const lines[] = {
        "Nov  7 04:45:35 gw ayd[7]: 002 \"office\" #41: STATE_MAIN_I1: will wait 8 seconds for response",
        "ayd: sent request, replacing #19",
        "ayd: 192.0.2.7 has not answered since noon",
        "\"office\" #41: sent request",
        "beed: <office|3> sending packet to 192.0.2.7",
        "from 192.0.2.7: sent request",
    };
    const struct packs *packs = *state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct msg msg, again;
        struct line line;
        int last = -1;
        envelope_parse(str_of(lines[i]), &line);
        msg_read(packs->msgs, &line, -1, &last, &msg);
        assert_int_equal(msg.found, MSG_READ);
        assert_true(msg_again(packs->msgs, &line, msg.dialect, msg.template, &again));
        assert_ptr_equal(again.message, msg.message);
        assert_int_equal(again.fit, msg.fit);
        assert_ptr_equal(again.body.at, msg.body.at);
        assert_int_equal(again.slots.count, msg.slots.count);
        for (size_t s = 0; s < msg.slots.count; s++) {
            assert_true(str_eq(again.slots.at[s].name, msg.slots.at[s].name));
            assert_true(str_eq(again.slots.at[s].value, msg.slots.at[s].value));
        }
    }
}

static void
a_dialect_with_a_head_claims_nothing_without_it(void **state)
{
    struct msg msg = reads(state, "cee 0:office: peer refused", "refused");
    slot_is(&msg, "conn", "office");
    reads(state, "cee 0:peer refused", "refused");
    static const char *const foreign[] = {"peer refused", "office: peer refused", "office: something else"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        read_after(state, foreign[i], -1, CEE, &msg);
        assert_int_equal(msg.found, MSG_OTHER);
    }
}

static void
reading_again_notices_that_the_source_changed(void **state)
{
    const struct packs *packs = *state;
    struct msg msg = reads(state, "ayd: sent request, replacing #19", "sent-replacing"), again;
    struct line line;
    envelope_parse(STR("ayd: sent reply"), &line);
    assert_false(msg_again(packs->msgs, &line, msg.dialect, msg.template, &again));
    assert_int_not_equal(again.found, MSG_READ);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_head_wins),
        cmocka_unit_test(a_whole_fit_beats_one_that_leaves_text_over),
        cmocka_unit_test(of_two_that_fit_the_heavier_wins),
        cmocka_unit_test(templates_may_begin_with_a_hole),
        cmocka_unit_test(blanks_of_any_kind_and_number_are_one),
        cmocka_unit_test(prefixes_come_off_in_stages),
        cmocka_unit_test(the_tag_says_which_dialect_speaks),
        cmocka_unit_test(a_chosen_dialect_hears_no_other),
        cmocka_unit_test(bare_lines_are_told_apart_by_content),
        cmocka_unit_test(a_word_before_a_colon_is_no_tag_by_itself),
        cmocka_unit_test(nothing_is_no_message),
        cmocka_unit_test(reading_again_gives_the_same_slots),
        cmocka_unit_test(a_dialect_with_a_head_claims_nothing_without_it),
        cmocka_unit_test(reading_again_notices_that_the_source_changed),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
