#include "knowledge/checking.h"

#include "diag/fill.h"
#include "diag/request.h"
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
    name.len = str_find(name, STR("^"));
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
            add_slot(n, m->collects);
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

// Who uses a value: a finding, or a dialect in a command.
struct user {
    struct names *names;
    const char *what;
    struct str id, file;
    int line;
};

// What one end calls ours the other calls the peer's, so a finding about both may ask for either.
static bool
is_mirrored(struct names *n, struct str name)
{
    if (!str_starts(name, STR("peer_")))
        return false;
    struct str twin = arena_strf(&n->scratch, "our_%.*s", STR_ARG(str_from(name, 5)));
    return index_find(&n->slots, twin) >= 0;
}

static void
check_value(const struct user *u, struct str name)
{
    struct names *n = u->names;
    if (str_eq(u->id, STR(REQUEST_COMMAND)) && (str_eq(name, STR("from")) || str_eq(name, STR("to"))))
        return;
    if (knowledge_computes(name) || index_find(&n->slots, name) >= 0 || is_mirrored(n, name))
        return;
    const char *near = index_nearest(&n->slots, name, &n->scratch);
    problems_add(&n->report->problems, u->file, u->line, 0, "%s %.*s: no message gives a value \"%.*s\"%s%s",
                 u->what, STR_ARG(u->id), STR_ARG(name), near ? "; the nearest is " : "", near ? near : "");
}

static void
check_hole(void *self, struct str inside)
{
    struct user *u = self;
    size_t bar = str_find(inside, STR("|")), count = 0;
    check_value(u, (struct str){inside.at, bar});
    struct str filter = str_from(inside, bar + 1);
    struct buf known = {0};
    for (; fill_filters[count]; count++)
        buf_addf(&known, "%s%s", count ? ", " : "", fill_filters[count]);
    if (bar < inside.len && word_index(fill_filters, count, filter) < 0)
        problems_add(&u->names->report->problems, u->file, u->line, 0,
                     "%s %.*s: unknown filter \"%.*s\"; there are %s", u->what, STR_ARG(u->id),
                     STR_ARG(filter), buf_cstr(&known));
    buf_release(&known);
}

static struct user
of_finding(struct names *n, const struct finding *f)
{
    return (struct user){n, "finding", f->id, f->file, f->line};
}

static void
check_texts(struct names *n, const struct finding *f)
{
    struct user u = of_finding(n, f);
    each_hole(f->title, check_hole, &u);
    each_hole(f->explanation, check_hole, &u);
    for (size_t i = 0; i < f->unknown_count; i++)
        each_hole(f->unknown[i], check_hole, &u);
    for (size_t i = 0; i < f->alternative_count; i++)
        each_hole(f->alternatives[i].tell_apart, check_hole, &u);
    for (size_t i = 0; i < f->step_count; i++) {
        each_hole(f->steps[i].act, check_hole, &u);
        each_hole(f->steps[i].expect, check_hole, &u);
    }
}

static void
check_conditions(struct names *n, const struct finding *f)
{
    struct user u = of_finding(n, f);
    for (size_t i = 0; i < f->when.count; i++) {
        const struct when *w = &f->when.at[i];
        if (w->test != TEST_SAW && w->test != TEST_NEVER) {
            if (w->fact == FACT_COUNT)
                check_value(&u, w->name);
        } else if (w->event >= 0 && !n->said[w->event])
            problems_add(&n->report->problems, f->file, f->line, 0,
                         "finding %.*s waits for event %.*s, which no message says", STR_ARG(f->id),
                         STR_ARG(w->name));
    }
}

static bool
is_named(const struct knowledge *k, int command)
{
    bool named = str_eq(k->commands[command].id, STR("start")) || // by the program itself
                 str_eq(k->commands[command].id, STR(REQUEST_COMMAND));
    for (size_t i = 0; i < k->finding_count; i++)
        for (size_t s = 0; s < k->findings[i].step_count; s++)
            named |= k->findings[i].steps[s].command == command;
    return named;
}

static bool
is_worded(const struct knowledge *k, int command)
{
    bool worded = k->commands[command].text.len > 0;
    for (size_t d = 0; d < k->dialect_count; d++)
        for (size_t w = 0; w < k->dialects[d].wording_count; w++)
            worded |= k->dialects[d].wordings[w].command == command;
    return worded;
}

static void
check_commands(struct names *n)
{
    for (size_t d = 0; d < n->k->dialect_count; d++)
        for (size_t i = 0; i < n->k->dialects[d].wording_count; i++) {
            const struct wording *w = &n->k->dialects[d].wordings[i];
            struct user u = {n, "command", n->k->commands[w->command].id, w->file, w->line};
            each_hole(w->v1, check_hole, &u);
            if (!str_eq(w->v1, w->v2))
                each_hole(w->v2, check_hole, &u);
        }
    for (size_t i = 0; i < n->k->command_count; i++) {
        const struct command *c = &n->k->commands[i];
        bool named = is_named(n->k, (int)i);
        if (!named || !is_worded(n->k, (int)i))
            problems_add(&n->report->problems, c->file, c->line, 0, "command %.*s: %s", STR_ARG(c->id),
                         named ? "no dialect says how it is written" : "no step of a finding names it");
    }
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
        if (str_eq(c->id, f->in_case) && !check_case_names(c, f->id))
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
    check_commands(&n);
    check_fallbacks(&n);
    check_causes(&n);
    list_unsaid(&n);
    arena_release(&n.scratch);
}
