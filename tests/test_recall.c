// What was read before is read the same way again: the examples of all dialects and what they become when a
// byte is lost, doubled or changed, with what was read lately at hand and without.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diag/envelope.h"
#include "diag/msg.h"
#include "diag/recall.h"
#include "knowledge/load.h"

#include <stdlib.h>

static void
same_msg(const struct msg *a, const struct msg *b)
{
    assert_int_equal(a->found, b->found);
    assert_int_equal(a->dialect, b->dialect);
    assert_int_equal(a->template, b->template);
    assert_ptr_equal(a->message, b->message);
    assert_int_equal(a->slots.count, b->slots.count);
    if (a->found == MSG_OTHER)
        return;
    assert_int_equal(a->fit, b->fit);
    assert_ptr_equal(a->body.at, b->body.at);
    assert_int_equal(a->body.len, b->body.len);
    assert_int_equal(a->names.len, b->names.len);
    assert_true(a->hash == b->hash);
    assert_memory_equal(&a->meaning, &b->meaning, offsetof(struct meaning, values) + sizeof(bool));
    for (size_t i = 0; i < a->slots.count; i++) {
        const struct slot *x = &a->slots.at[i], *y = &b->slots.at[i];
        assert_ptr_equal(x->value.at, y->value.at);
        assert_int_equal(x->value.len, y->value.len);
        assert_int_equal(x->known, y->known);
        assert_true(x->number == y->number);
        assert_true(str_eq(x->name, y->name));
    }
}

struct reader {
    const struct knowledge *knowledge;
    const struct msgs *msgs;
    struct recall *recall;
    int last;
};

static void
read_both_ways(struct reader *r, struct str raw)
{
    struct line line = {0};
    struct msg fresh, again;
    envelope_parse(raw, &line);
    int last = r->last;
    msg_skim(r->msgs, NULL, &line, -1, &last, &fresh);
    msg_skim(r->msgs, r->recall, &line, -1, &r->last, &again);
    same_msg(&fresh, &again);
    assert_int_equal(r->last, last);
    if (fresh.fit == FIT_WHOLE) // a template that cannot end so would be tried too late
        assert_true(tmpl_may_end(r->knowledge->dialects[fresh.dialect].templates[fresh.template].tmpl,
                                 (unsigned char)fresh.body.at[fresh.body.len - 1]));
}

// At each of some places, and where a number stands.
static bool
is_varied_at(struct str raw, size_t at)
{
    return at % (1 + raw.len / 16) == 0 || (raw.at[at] >= '0' && raw.at[at] <= '9');
}

// The line, twice, and then with one byte left out, doubled or made a blank.
static size_t
read_varied(struct reader *r, struct str raw)
{
    char text[4096];
    if (raw.len == 0 || raw.len + 1 > sizeof text)
        return 0;
    for (int time = 0; time < 3; time++) // what was said twice is kept
        read_both_ways(r, raw);
    for (size_t at = 0; at < raw.len; at++) {
        if (!is_varied_at(raw, at))
            continue;
        memcpy(text, raw.at, at);
        memcpy(text + at, raw.at + at + 1, raw.len - at - 1);
        read_both_ways(r, (struct str){text, raw.len - 1});
        memcpy(text, raw.at, at + 1);
        memcpy(text + at + 1, raw.at + at, raw.len - at);
        read_both_ways(r, (struct str){text, raw.len + 1});
        memcpy(text, raw.at, raw.len);
        text[at] = ' ';
        read_both_ways(r, (struct str){text, raw.len});
    }
    read_both_ways(r, raw);
    return 1;
}

static void
what_was_read_lately_is_read_the_same_way(void **state)
{
    (void)state;
    struct err e = {0};
    struct knowledge *k = knowledge_load_builtin(NULL, 0, &e);
    assert_non_null(k);
    struct msgs *msgs = msgs_new(k);
    struct reader r = {k, msgs, recall_new(), -1};
    size_t lines = 0;
    for (size_t i = 0; i < k->message_count; i++) {
        const struct message *m = &k->messages[i];
        for (size_t j = 0; j < m->example_count && !k->dialects[m->dialect].state; j++) {
            struct str left = m->examples[j].line;
            while (left.len) {
                size_t end = str_find(left, STR("\n"));
                lines += read_varied(&r, (struct str){left.at, end});
                left = str_from(left, end + 1);
            }
        }
    }
    assert_true(lines > 1000);
    recall_free(r.recall);
    msgs_free(msgs);
    knowledge_free(k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_lately_is_read_the_same_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
