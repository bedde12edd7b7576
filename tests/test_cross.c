// The examples of every dialect are read where each of the others would be asked first: whatever log the line
// stands in, no other dialect may make something else of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diag/envelope.h"
#include "diag/msg.h"
#include "knowledge/load.h"

static struct str
last_line(struct str text)
{
    const char *end = text.len ? memrchr(text.at, '\n', text.len) : NULL;
    return end ? str_from(text, (size_t)(end + 1 - text.at)) : text;
}

// Whether a dialect is, or inherits from, the other.
static bool
related(const struct knowledge *k, int a, int b)
{
    for (int d = a; d >= 0; d = k->dialects[d].like)
        if (d == b)
            return true;
    for (int d = b; d >= 0; d = k->dialects[d].like)
        if (d == a)
            return true;
    return false;
}

// What a message can do to a verdict; -1: nothing.
static int
effect(const struct knowledge *k, const struct message *m)
{
    if (!m || m->event < 0)
        return -1;
    const struct event *e = &k->events[m->event];
    bool acts = e->opens || e->establishes || e->ends || e->repeats || e->restart || e->loads ||
                e->statement_count || e->setting_count;
    return acts ? m->event : -1;
}

// How often the line of a message, met behind a line of another dialect, becomes something else.
static size_t
misread(const struct knowledge *k, const struct msgs *msgs, const struct message *m, const struct example *x)
{
    struct line line = {0};
    struct msg found;
    size_t wrong = 0;
    envelope_parse(last_line(x->line), &line);
    for (int before = -1; before < (int)k->dialect_count; before++) {
        if (before >= 0 && k->dialects[before].state)
            continue;
        int last = before;
        msg_read(msgs, &line, -1, &last, &found);
        if (found.dialect >= 0 && related(k, found.dialect, m->dialect))
            continue;
        if (effect(k, found.message) == effect(k, m) &&
            (!found.message || found.message->child_event == m->child_event))
            continue;
        wrong++;
        print_error("%.*s:%d: behind a line of %s this is %s/%s, not %.*s\n", STR_ARG(m->file), x->at_line,
                    before < 0 ? "nobody" : k->dialects[before].id.at,
                    found.dialect < 0 ? "nobody's" : k->dialects[found.dialect].id.at,
                    found.message ? found.message->id.at : "not understood", STR_ARG(m->id));
    }
    return wrong;
}

static void
no_dialect_takes_the_lines_of_another(void **state)
{
    (void)state;
    struct err e = {0};
    struct knowledge *k = knowledge_load_builtin(NULL, 0, &e);
    assert_non_null(k);
    struct msgs *msgs = msgs_new(k);
    size_t wrong = 0, read = 0;
    for (size_t i = 0; i < k->message_count; i++) {
        const struct message *m = &k->messages[i];
        for (size_t j = 0; j < m->example_count && !k->dialects[m->dialect].state; j++, read++)
            wrong += misread(k, msgs, m, &m->examples[j]);
    }
    assert_true(read > 1000);
    assert_int_equal(wrong, 0);
    msgs_free(msgs);
    knowledge_free(k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_dialect_takes_the_lines_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
