#include "knowledge/checking.h"

#include "diag/text.h"

struct names {
    const struct knowledge *k;
    struct check_report *report;
    struct arena scratch;
    struct index slots;
    bool *said; // of each event: some message says it
};

// Calls use for each ${...} of a text.
static void
each_hole(struct str text, void (*use)(void *self, struct str inside), void *self)
{
    while (text.len) {
        size_t open = str_find(text, STR("${"));
        text = str_from(text, open + 2);
        size_t close = str_find(text, STR("}"));
        if (close == text.len)
            return;
        use(self, (struct str){text.at, close});
        text = str_from(text, close + 1);
    }
}

static void
add_slot(void *self, struct str inside)
{
    struct names *n = self;
    struct str name = {inside.at, str_find(inside, STR(":"))};
    if (name.len)
        index_add(&n->slots, name, (int)n->slots.count, &n->scratch);
}

static void
collect(struct names *n)
{
    for (size_t d = 0; d < n->k->dialect_count; d++) {
        const struct dialect *dialect = &n->k->dialects[d];
        for (size_t t = 0; t < dialect->template_count; t++) {
            const struct template *template = &dialect->templates[t];
            each_hole(template->text, add_slot, n);
            const struct message *m = &n->k->messages[template->message];
            if (m->event >= 0)
                n->said[m->event] = true;
            if (m->child_event >= 0)
                n->said[m->child_event] = true;
        }
        for (size_t s = 0; s < dialect->prefix_count; s++)
            for (size_t t = 0; t < dialect->prefixes[s].count; t++)
                each_hole(dialect->prefixes[s].templates[t].text, add_slot, n);
    }
}

static void
check_value(struct names *n, const struct finding *f, struct str name)
{
    if (knowledge_computes(name) || index_find(&n->slots, name) >= 0)
        return;
    const char *near = index_nearest(&n->slots, name, &n->scratch);
    problems_add(&n->report->problems, f->file, f->line, 0,
                 "finding %.*s: no message gives a value \"%.*s\"%s%s", STR_ARG(f->id), STR_ARG(name),
                 near ? "; the nearest is " : "", near ? near : "");
}

struct placeholder {
    struct names *names;
    const struct finding *finding;
};

static void
check_placeholder(void *self, struct str inside)
{
    static const char *const filters[] = {"conf", "id", "cidr", "none"};
    struct placeholder *p = self;
    size_t bar = str_find(inside, STR("|"));
    check_value(p->names, p->finding, (struct str){inside.at, bar});
    struct str filter = str_from(inside, bar + 1);
    if (bar < inside.len && word_index(filters, 4, filter) < 0)
        problems_add(&p->names->report->problems, p->finding->file, p->finding->line, 0,
                     "finding %.*s: unknown filter \"%.*s\"; there are conf, id, cidr and none",
                     STR_ARG(p->finding->id), STR_ARG(filter));
}

static void
check_texts(struct names *n, const struct finding *f)
{
    struct placeholder p = {n, f};
    each_hole(f->title, check_placeholder, &p);
    each_hole(f->explanation, check_placeholder, &p);
    for (size_t i = 0; i < f->unknown_count; i++)
        each_hole(f->unknown[i], check_placeholder, &p);
    for (size_t i = 0; i < f->alternative_count; i++)
        each_hole(f->alternatives[i].tell_apart, check_placeholder, &p);
    for (size_t i = 0; i < f->step_count; i++) {
        each_hole(f->steps[i].act, check_placeholder, &p);
        each_hole(f->steps[i].expect, check_placeholder, &p);
        for (size_t c = 0; c < f->steps[i].command_count; c++)
            each_hole(f->steps[i].commands[c].text, check_placeholder, &p);
    }
}

static void
check_conditions(struct names *n, const struct finding *f)
{
    for (size_t i = 0; i < f->when.count; i++) {
        const struct when *w = &f->when.at[i];
        if (w->test != TEST_SAW && w->test != TEST_NEVER) {
            if (w->fact == FACT_COUNT)
                check_value(n, f, w->name);
        } else if (w->event >= 0 && !n->said[w->event])
            problems_add(&n->report->problems, f->file, f->line, 0,
                         "finding %.*s waits for event %.*s, which no message says", STR_ARG(f->id),
                         STR_ARG(w->name));
    }
}

static bool
names_case(const struct rule_case *c, const struct finding *f)
{
    if (str_eq(c->finding, f->id))
        return true;
    for (size_t i = 0; i < c->also_count; i++)
        if (str_eq(c->also[i], f->id))
            return true;
    return false;
}

static void
check_proof(struct names *n, const struct finding *f)
{
    if (f->in_case.len == 0) {
        problems_add(&n->report->problems, f->file, f->line, 0, "finding %.*s has no case that ends in it",
                     STR_ARG(f->id));
        return;
    }
    for (size_t i = 0; i < n->k->case_count; i++) {
        const struct rule_case *c = &n->k->cases[i];
        if (str_eq(c->id, f->in_case) && !names_case(c, f))
            problems_add(&n->report->problems, c->file, c->line, 0,
                         "case %.*s proves finding %.*s and names it neither under finding nor under also",
                         STR_ARG(c->id), STR_ARG(f->id));
    }
    for (size_t i = 0; i < f->alternative_count; i++)
        if (str_eq(f->alternatives[i].cause, f->cause))
            problems_add(&n->report->problems, f->file, f->line, 0,
                         "finding %.*s names its own cause as an alternative", STR_ARG(f->id));
}

// At one checkpoint the first error that holds is the finding: one without conditions ends the list.
static void
check_fallbacks(struct names *n)
{
    const struct finding *always[CP_COUNT] = {0}, *last[CP_COUNT] = {0};
    for (size_t i = 0; i < n->k->finding_count; i++) {
        const struct finding *f = &n->k->findings[i];
        if (f->severity != SEV_ERROR)
            continue;
        const struct finding *before = always[f->checkpoint];
        if (before)
            problems_add(&n->report->problems, f->file, f->line, 0,
                         "finding %.*s is never chosen: %.*s stands before it and always holds",
                         STR_ARG(f->id), STR_ARG(before->id));
        else if (f->when.count == 0)
            always[f->checkpoint] = f;
        last[f->checkpoint] = f;
    }
    for (int c = 0; c < CP_COUNT; c++)
        if (last[c] && !always[c])
            problems_add(
                &n->report->problems, last[c]->file, last[c]->line, 0,
                "the findings of %s end with one that does not always hold (add one without \"when\")",
                checkpoint_word[c]);
}

static bool
speaks_of(const struct finding *f, struct str cause)
{
    if (str_eq(f->cause, cause))
        return true;
    for (size_t i = 0; i < f->alternative_count; i++)
        if (str_eq(f->alternatives[i].cause, cause))
            return true;
    return false;
}

// A cause that no log can show on its own is at least an alternative, with the check that tells it apart.
static void
check_causes(struct names *n)
{
    for (size_t i = 0; i < n->k->cause_count; i++) {
        bool found = false;
        for (size_t f = 0; f < n->k->finding_count && !found; f++)
            found = speaks_of(&n->k->findings[f], n->k->causes[i].key);
        if (!found)
            problems_add(&n->report->problems, STR_NONE, 0, 0,
                         "no finding has the cause %.*s or names it as an alternative",
                         STR_ARG(n->k->causes[i].key));
    }
}

// Events are the vocabulary of all vendors: one that no dialect says yet is a gap to know of, and no fault.
static void
list_unsaid(struct names *n)
{
    struct check_report *r = n->report;
    r->unsaid = ARENA_ARRAY(&r->arena, struct str, n->k->event_count);
    for (size_t i = 0; i < n->k->event_count; i++)
        if (!n->said[i])
            r->unsaid[r->unsaid_count++] = arena_str(&r->arena, n->k->events[i].id);
}

void
check_names(const struct knowledge *k, struct check_report *report)
{
    struct names n = {.k = k, .report = report};
    n.said = ARENA_ARRAY(&n.scratch, bool, k->event_count);
    collect(&n);
    for (size_t i = 0; i < k->finding_count; i++) {
        check_texts(&n, &k->findings[i]);
        check_conditions(&n, &k->findings[i]);
        check_proof(&n, &k->findings[i]);
    }
    check_fallbacks(&n);
    check_causes(&n);
    list_unsaid(&n);
    arena_release(&n.scratch);
}
