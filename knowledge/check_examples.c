#include "knowledge/checking.h"

#include "diag/diag.h"
#include "knowledge/departure.h"

enum { HEAD_WANTED = 4 };

// While the examples of all messages are read: which templates of each dialect claimed one.
struct proving {
    const struct knowledge *k;
    struct check_report *report;
    struct diag *diag;
    bool **claimed; // [dialect][template]
};

// An example may hold the lines before it as well; the message is in the last one.
static struct str
last_line(struct str text)
{
    const char *end = text.len ? memrchr(text.at, '\n', text.len) : NULL;
    return end ? str_from(text, (size_t)(end + 1 - text.at)) : text;
}

static void
check_gives(struct proving *p, const struct message *m, const struct example *example,
            const struct slots *slots)
{
    for (size_t i = 0; i < example->give_count; i++) {
        const struct pair *want = &example->gives[i];
        struct str got = slots_get(slots, want->key);
        if (!got.at)
            problems_add(&p->report->problems, m->file, example->at_line, 0,
                         "the line gives no \"%.*s\"; \"%.*s\" is wanted", STR_ARG(want->key),
                         STR_ARG(want->value));
        else if (!str_eq(got, want->value))
            problems_add(&p->report->problems, m->file, example->at_line, 0,
                         "%.*s is \"%.*s\" in this line; \"%.*s\" is wanted", STR_ARG(want->key),
                         STR_ARG(got), STR_ARG(want->value));
    }
}

// A template of another message that takes the whole line as well, with as many literal bytes in front: which
// of the two wins would be chance.
static const struct message *
rival(const struct proving *p, const struct dialect *d, const struct reading *r)
{
    struct str body = str_from(r->line.raw, r->body);
    for (size_t t = 0; t < d->template_count; t++) {
        const struct template *other = &d->templates[t];
        const struct message *m = &p->k->messages[other->message];
        if (m == r->message || tmpl_head(other->tmpl).len != tmpl_head(r->template->tmpl).len ||
            tmpl_weight(other->tmpl) != tmpl_weight(r->template->tmpl))
            continue;
        if (tmpl_match(other->tmpl, body, NULL) == r->fit)
            return m;
    }
    return NULL;
}

static void
check_example(struct proving *p, const struct message *m, const struct example *example)
{
    const struct dialect *d = &p->k->dialects[m->dialect];
    struct reading r = {0};
    struct str line = last_line(example->line);
    diag_read(p->diag, line, d->id, &r);
    if (r.message != m) {
        struct arena arena = {0};
        struct str why = departure_tell(p->k, d, m, line, &arena);
        if (!r.message)
            problems_add(&p->report->problems, m->file, example->at_line, 0,
                         "no template claims this example of message %.*s%.*s", STR_ARG(m->id), STR_ARG(why));
        else
            problems_add(&p->report->problems, m->file, example->at_line, 0,
                         "this example of message %.*s is claimed by message %.*s, \"%.*s\"%.*s",
                         STR_ARG(m->id), STR_ARG(r.message->id), STR_ARG(r.template->text), STR_ARG(why));
        arena_release(&arena);
        return;
    }
    p->claimed[m->dialect][r.template - d->templates] = true;
    check_gives(p, m, example, &r.slots);
    const struct message *second = rival(p, d, &r);
    if (second)
        problems_add(&p->report->problems, m->file, example->at_line, 0,
                     "message %.*s claims this example of message %.*s with equal right", STR_ARG(second->id),
                     STR_ARG(m->id));
}

static void
check_dialect(struct proving *p, int index)
{
    const struct dialect *d = &p->k->dialects[index];
    struct check_dialect *figures = &p->report->dialects[index];
    for (size_t t = 0; t < d->template_count; t++) {
        const struct template *template = &d->templates[t];
        const struct message *m = &p->k->messages[template->message];
        figures->open_heads += tmpl_head(template->tmpl).len < HEAD_WANTED;
        if (m->dialect != index) {
            figures->inherited++;
            continue;
        }
        figures->templates++;
        if (!p->claimed[index][t])
            problems_add(&p->report->problems, m->file, template->line, 0,
                         "this template of message %.*s claims no example of its message", STR_ARG(m->id));
    }
}

void
check_examples(const struct knowledge *k, struct check_report *report)
{
    struct arena scratch = {0};
    struct proving p = {.k = k, .report = report, .diag = diag_new(k, &(struct diag_host){0})};
    p.claimed = ARENA_ARRAY(&scratch, bool *, k->dialect_count);
    for (size_t i = 0; i < k->dialect_count; i++)
        p.claimed[i] = ARENA_ARRAY(&scratch, bool, k->dialects[i].template_count);
    for (size_t i = 0; i < k->message_count; i++) {
        const struct message *m = &k->messages[i];
        struct check_dialect *figures = &report->dialects[m->dialect];
        figures->messages++;
        figures->examples += m->example_count;
        for (size_t e = 0; e < m->example_count; e++)
            check_example(&p, m, &m->examples[e]);
    }
    for (size_t i = 0; i < k->dialect_count; i++)
        check_dialect(&p, (int)i);
    diag_free(p.diag);
    arena_release(&scratch);
}
