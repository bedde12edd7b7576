#include "tui/advice.h"

#include "diag/teach.h"
#include "tui/figures.h"
#include "tui/pages.h"
#include "tui/sides.h"
#include "tui/theme.h"
#include "tui/valuename.h"
#include "tui/words.h"

enum { LABEL = 16, NARROW = 60 };

void
advice_release(struct advice *a)
{
    prose_release(&a->text);
}

// A failure that stands is looked at again when the steps are done.
static bool
wants_recheck(const struct finding_view *f)
{
    return f->step_count && !f->mended && f->severity != SEV_NOTE;
}

void
advice_choose(struct advice *a, const struct finding_view *f)
{
    a->count = 0;
    for (size_t i = 0; f && i < f->step_count && a->count + 1 < ADVICE_STEPS;) {
        size_t last = i;
        while (last + 1 < f->step_count && f->steps[last + 1].instead)
            last++;
        a->step[a->count] = a->other ? last : i;
        a->instead[a->count++] = last == i ? ADVICE_NONE : a->other ? i : last;
        i = last + 1;
    }
    if (f && wants_recheck(f)) {
        a->instead[a->count] = ADVICE_NONE;
        a->step[a->count++] = f->step_count;
    }
}

bool
advice_is_done(const struct advice *a, const struct session *s, const struct finding_view *f, size_t place)
{
    const struct tunnel_view *t = session_tunnel(s);
    const struct both_view *both = t ? t->both : NULL;
    bool told = both && (both->by != PAIRED_NOT || both->silent_other); // by the log of the other end
    if (told && a->step[place] < f->step_count && f->steps[a->step[place]].other_log)
        return true;
    return session_ticked(s, f->rule, a->step[place]) ||
           (a->instead[place] != ADVICE_NONE && session_ticked(s, f->rule, a->instead[place]));
}

size_t
advice_done(const struct advice *a, const struct session *s, const struct finding_view *f)
{
    size_t done = 0;
    for (size_t i = 0; i < a->count; i++)
        done += advice_is_done(a, s, f, i);
    return done;
}

// A paragraph behind a label; a narrow screen puts the label on a row of its own.
static void
say(struct advice *self, struct canvas *c, int w, const char *label, struct str text)
{
    struct buf whole = {0};
    if (w < NARROW) {
        if (*label)
            prose_add(&self->text, c, w, 1, 1, LOOK_STRONG, -1, str_of(label));
        prose_add(&self->text, c, w, 2, 2, LOOK_PLAIN, -1, text);
        return;
    }
    buf_add(&whole, str_of(label));
    int columns = canvas_columns(c, str_of(label));
    do
        buf_add_char(&whole, ' ');
    while (++columns < LABEL);
    buf_add(&whole, text);
    prose_add(&self->text, c, w, 1, 1 + LABEL, LOOK_PLAIN, -1, buf_str(&whole));
    buf_release(&whole);
}

// "timeout s: 60; retransmits: 7", without what the table of the two sides shows already.
static void
say_values(struct advice *self, struct canvas *c, int w, const struct value *values, size_t count,
           enum checkpoint checkpoint)
{
    struct buf text = {0};
    for (size_t i = 0; i < count; i++) {
        const struct value *v = &values[i];
        if (sides_shows(checkpoint, v->key))
            continue;
        buf_add(&text, text.len ? STR("; ") : STR(""));
        valuename_add(v->key, &text);
        for (size_t n = 0; n < v->count; n++) {
            buf_add(&text, n ? STR(" | ") : STR(": "));
            buf_add(&text, v->text[n]);
        }
    }
    if (text.len)
        say(self, c, w, _("Values"), buf_str(&text));
    buf_release(&text);
}

static void
fill_what(struct advice *self, const struct tunnel_view *t, const struct finding_view *f, struct canvas *c,
          int w)
{
    struct buf text = {0};
    const struct proof *proof = view_deciding(f->proofs, f->proof_count);
    if (proof) {
        figures_proof(proof, &text);
        say(self, c, w, _("The line"), buf_str(&text));
    }
    buf_release(&text);
    say(self, c, w, _("What happened"), f->explanation);
    sides_fill(&self->text, t, f, c, w);
    for (size_t i = 0; i < f->unknown_count; i++)
        say(self, c, w, i ? "" : _("Cannot be told"), f->unknown[i]);
}

// The other causes that fit, and how to tell them apart: behind the steps, for when those did not help.
static void
fill_or_else(struct advice *self, const struct session *s, const struct finding_view *f, struct canvas *c,
             int w)
{
    struct buf text = {0};
    for (size_t i = 0; i < f->alternative_count; i++) {
        const struct alternative *a = &f->alternatives[i];
        buf_set(&text, figures_cause(s->knowledge, a->cause));
        if (a->tell_apart.len)
            buf_addf(&text, _(". To tell: %.*s"), STR_ARG(a->tell_apart));
        say(self, c, w, i ? "" : _("Or else"), buf_str(&text));
    }
    buf_release(&text);
}

static const char *const places[AT_COUNT] = {
    [AT_THIS_GATEWAY] = N_("here"),
    [AT_PEER] = N_("at the peer"),
    [AT_PATH] = N_("on the path"),
    [AT_CLIENT] = N_("on the client"),
};

// With both ends at hand by their letters: "here" is not one place then.
static const char *
place_of(const struct step_view *step)
{
    return step->side == SIDE_A ? _("on A") : step->side == SIDE_B ? _("on B") : _(places[step->where]);
}

// What ikewalk can do for a step, and what can be done instead of it.
static void
fill_help(struct advice *self, const struct finding_view *f, size_t place, struct canvas *c, int w)
{
    const struct action *d = action_find(SCREEN_FINDING, 'd'), *a = action_find(SCREEN_FINDING, 'a');
    if (f->steps[self->step[place]].other_log && d && a)
        prose_addf(&self->text, c, w, 9, 12, LOOK_DIM, (int)place,
                   _("%s reads it here, %s writes what to ask for"), _(d->name), _(a->name));
    if (self->instead[place] == ADVICE_NONE)
        return;
    const struct step_view *instead = &f->steps[self->instead[place]];
    prose_addf(&self->text, c, w, 9, 12, LOOK_DIM, (int)place, _("s: the other way, %s: %.*s"),
               place_of(instead), STR_ARG(instead->act));
}

// Line by line: what is cut for the screen is seen to belong to the line above it.
static void
fill_command(struct advice *self, struct str command, size_t place, struct canvas *c, int w)
{
    while (command.len) {
        size_t end = str_find(command, STR("\n"));
        prose_add(&self->text, c, w, 11, 15, LOOK_KEY, (int)place, (struct str){command.at, end});
        command = str_from(command, end + 1);
    }
}

static void
fill_step(struct advice *self, const struct session *s, const struct finding_view *f, size_t place,
          struct canvas *c, int w)
{
    const struct step_view *step = &f->steps[self->step[place]];
    struct buf text = {0};
    bool ticked = advice_is_done(self, s, f, place);
    uint8_t look = ticked ? LOOK_DIM : LOOK_PLAIN;
    if (self->step[place] == f->step_count) {
        prose_addf(&self->text, c, w, 3, 9, look, (int)place, _("%zu [%c] Re-check: r reads what is new"),
                   place + 1, ticked ? 'x' : ' ');
        return;
    }
    buf_addf(&text, "%zu [%c] %s: %.*s", place + 1, ticked ? 'x' : ' ', place_of(step), STR_ARG(step->act));
    if (step->weak)
        buf_addf(&text, " (%s)", _("allows weaker cryptography"));
    prose_add(&self->text, c, w, 3, 9, look, (int)place, buf_str(&text));
    fill_command(self, str_trim(step->command), place, c, w);
    if (step->expect.len) {
        buf_clear(&text);
        buf_addf(&text, "-> %.*s", STR_ARG(step->expect));
        prose_add(&self->text, c, w, 9, 12, LOOK_DIM, (int)place, buf_str(&text));
    }
    fill_help(self, f, place, c, w);
    buf_release(&text);
}

// The rungs that were passed, and those that were not reached, for they say nothing.
static void
fill_not_the_cause(struct advice *self, const struct session *s, const struct tunnel_view *t,
                   struct canvas *c, int w)
{
    struct buf text = {0};
    int passed = 0;
    for (size_t i = 0; i < CP_COUNT; i++) {
        const struct rung *rung = &t->ladder[i];
        if (rung->state != ST_PASSED || rung->checkpoint == t->row.verdict.checkpoint)
            continue;
        buf_add(&text, passed++ ? STR(", ") : STR(""));
        buf_add(&text, view_title(s->knowledge, rung->checkpoint, t->row.auth));
    }
    if (passed)
        buf_add(&text, str_of(_(" (passed)")));
    int unreached = 0;
    for (size_t i = 0; i < CP_COUNT; i++) {
        const struct rung *rung = &t->ladder[i];
        if (rung->state != ST_NOT_REACHED || !order_number(t->order, rung->checkpoint))
            continue;
        buf_add(&text, unreached++ || passed ? STR(", ") : STR(""));
        buf_add(&text, view_title(s->knowledge, rung->checkpoint, t->row.auth));
    }
    if (unreached)
        buf_add(&text, str_of(_(" (not reached)")));
    if (text.len)
        say(self, c, w, _("Not the cause"), buf_str(&text));
    buf_release(&text);
}

// Nothing is known about the marked checkpoint but its state: what it asks, and what to collect.
static void
fill_unknown(struct advice *self, const struct session *s, const struct tunnel_view *t, struct canvas *c,
             int w)
{
    const struct checkpoint_text *about = &s->knowledge->checkpoint[s->checkpoint];
    const struct rung *rung = view_rung(t, s->checkpoint);
    say(self, c, w, _("The question"), about->question);
    say(self, c, w, _("In general"), about->explanation);
    say(self, c, w, _("In this log"), str_of(figures_word(rung->state, rung->basis)));
    sides_fill(&self->text, t, NULL, c, w);
    say_values(self, c, w, rung->values, rung->value_count, s->checkpoint);
    for (size_t i = 0; i < rung->proof_count; i++) {
        struct buf line = {0};
        figures_proof(&rung->proofs[i], &line);
        prose_add(&self->text, c, w, 3, 5, LOOK_PLAIN, -1, buf_str(&line));
        buf_release(&line);
    }
    if (rung->state != ST_FAILED && rung->state != ST_SUSPECTED)
        return;
    static const char *const collect[] = {
        N_("- the other gateway's log of the same minutes"),
        N_("- the connection's configuration on both gateways"),
        N_("- more of this log: where the attempt begins and ends"),
    };
    prose_gap(&self->text);
    prose_add(&self->text, c, w, 1, 1, LOOK_STRONG, -1,
              str_of(_("No known cause fits these lines. Worth collecting:")));
    for (size_t i = 0; i < sizeof collect / sizeof *collect; i++)
        prose_add(&self->text, c, w, 3, 5, LOOK_PLAIN, -1, str_of(_(collect[i])));
}

// The pages on what this is about: the checkpoint, its cause, the exchange.
static void
fill_pages(struct advice *self, const struct session *s, struct canvas *c, int w)
{
    const struct concept *at[PAGES_MOST];
    size_t count = pages_here(s, SCREEN_FINDING, at);
    const struct action *first = action_on(SCREEN_FINDING, ACT_CONCEPT),
                        *all = action_on(SCREEN_FINDING, ACT_HELP);
    struct buf text = {0};
    for (size_t i = 0; i < count; i++)
        buf_addf(&text, "%s%s: %.*s", i ? "; " : "", _(i ? all->name : first->name), STR_ARG(at[i]->title));
    if (text.len)
        say(self, c, w, _("Read more"), buf_str(&text));
    buf_release(&text);
}

void
advice_fill(struct advice *self, const struct session *s, const struct finding_view *f, struct canvas *c,
            int w)
{
    const struct tunnel_view *t = session_tunnel(s);
    advice_choose(self, f);
    if (!f) {
        fill_unknown(self, s, t, c, w);
        return;
    }
    fill_what(self, t, f, c, w);
    prose_gap(&self->text);
    if (self->count)
        prose_addf(&self->text, c, w, 1, 1, LOOK_STRONG, -1,
                   P_("Fix   %zu of %zu step done", "Fix   %zu of %zu steps done", self->count),
                   advice_done(self, s, f), self->count);
    for (size_t i = 0; i < self->count; i++)
        fill_step(self, s, f, i, c, w);
    prose_gap(&self->text);
    say_values(self, c, w, f->values, f->value_count, f->checkpoint);
    fill_or_else(self, s, f, c, w);
    fill_not_the_cause(self, s, t, c, w);
    fill_pages(self, s, c, w);
}
