#include "knowledge/checking.h"

#include "knowledge/departure.h"
#include "knowledge/trial.h"

enum { UNREAD_TOLD = 3 };

// One case while it is run.
struct proof_of_case {
    const struct knowledge *k;
    struct check_report *report;
    const struct rule_case *c;
    const struct tunnel_row *row;
    const struct tunnel_view *tunnel;
};

static bool
find_log(struct str name, struct str text, struct str *log)
{
    *log = text;
    return text.len || !name.len || trial_log(name, log);
}

#define DIFFERS(t, ...) check_tell((t)->report, (t)->c->file, (t)->c->line, "case", (t)->c->id, __VA_ARGS__)

static void
compare(struct proof_of_case *t, const char *what, struct str got, struct str want)
{
    if (want.len && !str_eq(got, want))
        DIFFERS(t, "%s is %.*s; %.*s is wanted", what, STR_ARG(got.len ? got : STR("none")), STR_ARG(want));
}

static void
compare_verdict(struct proof_of_case *t)
{
    const struct verdict *v = &t->row->verdict;
    compare(t, "the checkpoint", str_of(checkpoint_word[v->checkpoint]), t->c->checkpoint);
    compare(t, "the state", str_of(tunnel_state_word[t->row->state]), t->c->state);
    compare(t, "the cause", v->finding ? v->finding->cause : STR_NONE, t->c->cause);
    compare(t, "the finding", v->finding ? v->finding->id : STR_NONE, t->c->finding);
    if (v->checkpoint != CP_NONE)
        compare(t, "the certainty", str_of(certainty_word[v->certainty]), t->c->certainty);
}

static void
compare_ladder(struct proof_of_case *t)
{
    for (size_t i = 0; i < t->c->ladder_count; i++)
        for (int r = 0; r < CP_COUNT; r++) {
            const struct rung *rung = &t->tunnel->ladder[r];
            struct str name = str_of(checkpoint_word[rung->checkpoint]);
            if (str_eq(name, t->c->ladder[i].key))
                compare(t, name.at, str_of(state_word[rung->state]), t->c->ladder[i].value);
        }
}

// Is the text among the values of the list under that key? Adds what there is to `seen`, unless that is NULL.
static bool
has_value(const struct value *values, size_t count, const struct pair *want, struct buf *seen)
{
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < values[i].count && str_eq(values[i].key, want->key); n++) {
            if (str_eq(values[i].text[n], want->value))
                return true;
            if (seen)
                buf_addf(seen, "%s\"%.*s\"", seen->len ? ", " : "", STR_ARG(values[i].text[n]));
        }
    return false;
}

static void
compare_values(struct proof_of_case *t)
{
    for (size_t i = 0; i < t->c->value_count; i++) {
        const struct pair *want = &t->c->values[i];
        struct buf seen = {0};
        bool found = false;
        for (int r = 0; r < CP_COUNT && !found; r++)
            found = has_value(t->tunnel->ladder[r].values, t->tunnel->ladder[r].value_count, want, &seen);
        // A finding repeats the values of its rung.
        struct buf *more = seen.len ? NULL : &seen;
        for (size_t f = 0; f < t->tunnel->finding_count && !found; f++)
            found = has_value(t->tunnel->findings[f].values, t->tunnel->findings[f].value_count, want, more);
        if (!found)
            DIFFERS(t, "%.*s is %s; \"%.*s\" is wanted", STR_ARG(want->key),
                    seen.len ? buf_cstr(&seen) : "not known", STR_ARG(want->value));
        buf_release(&seen);
    }
}

static bool
came_out(const struct proof_of_case *t, struct str id)
{
    for (size_t i = 0; i < t->tunnel->finding_count; i++)
        if (str_eq(t->tunnel->findings[i].rule->id, id))
            return true;
    return false;
}

// Findings that the case names must come out; those of severity error or warning that it does not name must
// not.
static void
compare_findings(struct proof_of_case *t)
{
    for (size_t i = 0; i < t->c->also_count; i++)
        if (!came_out(t, t->c->also[i]))
            DIFFERS(t, "finding %.*s does not come out", STR_ARG(t->c->also[i]));
    for (size_t i = 0; i < t->tunnel->finding_count; i++) {
        const struct finding_view *f = &t->tunnel->findings[i];
        if (f->severity != SEV_NOTE && !check_case_names(t->c, f->rule->id))
            DIFFERS(t, "finding %.*s comes out and is not named", STR_ARG(f->rule->id));
    }
    for (size_t i = 0; i < t->k->finding_count; i++) {
        const struct finding *f = &t->k->findings[i];
        if (str_eq(f->in_case, t->c->id) && !came_out(t, f->id))
            problems_add(&t->report->problems, f->file, f->line, 0,
                         "finding %.*s does not come out of its case %.*s", STR_ARG(f->id),
                         STR_ARG(t->c->id));
    }
}

// A case that comes out otherwise often has a line that nobody understands: the first ones, and why.
static void
tell_unread(struct proof_of_case *t, const struct trial *trial)
{
    struct arena arena = {0};
    struct str rest = trial->log;
    const struct dialect *last = NULL; // a line without a name of its own is mostly the dialect's before it
    size_t told = 0;
    for (size_t number = 1; rest.len && told < UNREAD_TOLD; number++) {
        size_t end = str_find(rest, STR("\n"));
        struct reading r = {0};
        diag_read(trial->diag, (struct str){rest.at, end}, STR_NONE, &r);
        rest = str_from(rest, end < rest.len ? end + 1 : end);
        const struct dialect *d = r.dialect ? r.dialect : last;
        last = d;
        if (!d || r.message)
            continue;
        struct str why = departure_tell(t->k, d, NULL, r.line.raw, &arena);
        if (!r.dialect && !why.len)
            continue;
        DIFFERS(t, "line %zu of it is not understood%.*s", number, STR_ARG(why));
        told++;
    }
    arena_release(&arena);
}

static void
run(struct proof_of_case *t, struct str log, struct str peer_log)
{
    struct trial trial;
    const struct trial_texts texts = {
        .log = log, .state = t->c->beside, .capture = t->c->capture, .peer_log = peer_log};
    size_t before = problems_total(&t->report->problems);
    trial_run(&trial, t->k, &texts, t->c->tunnel, t->c->no_traffic);
    t->row = trial.row;
    t->tunnel = trial.tunnel;
    if (!t->tunnel)
        DIFFERS(t, t->c->tunnel.len ? "the log shows no tunnel %.*s" : "the log shows no tunnel%.*s",
                STR_ARG(t->c->tunnel));
    else {
        compare_verdict(t);
        compare_ladder(t);
        compare_values(t);
        compare_findings(t);
    }
    if (problems_total(&t->report->problems) != before)
        tell_unread(t, &trial);
    trial_end(&trial);
}

void
check_cases(const struct knowledge *k, struct check_report *report)
{
    report->cases = ARENA_ARRAY(&report->arena, struct check_case, k->case_count);
    report->case_count = k->case_count;
    for (size_t i = 0; i < k->case_count; i++) {
        struct proof_of_case t = {.k = k, .report = report, .c = &k->cases[i]};
        size_t before = problems_total(&report->problems);
        struct str log, peer_log;
        if (!find_log(t.c->log, t.c->text, &log))
            DIFFERS(&t, "there is no log %.*s below assets/logs", STR_ARG(t.c->log));
        else if (!find_log(t.c->peer_log, t.c->peer_text, &peer_log))
            DIFFERS(&t, "there is no log %.*s below assets/logs", STR_ARG(t.c->peer_log));
        else
            run(&t, log, peer_log);
        report->cases[i] = (struct check_case){.id = arena_str(&report->arena, t.c->id),
                                               .title = arena_str(&report->arena, t.c->title),
                                               .good = problems_total(&report->problems) == before};
    }
}
