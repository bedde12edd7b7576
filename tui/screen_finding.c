// One finding: what happened, what this log cannot tell, and the steps to the cure, which are ticked one by
// one.
#include <stdlib.h>

#include "tui/copy.h"
#include "tui/figures.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { LABEL = 16, NARROW = 60 };

struct guide {
    struct prose text;
    size_t top;
    size_t step; // the marked one
    bool follow; // the mark moved last, not the view
    bool seen;   // the marked step is on the screen
    int shown;   // rows of the text that are
};

static void *
open_finding(struct session *s)
{
    struct guide *self = mem_new(sizeof *self);
    const struct finding_view *f = session_finding(s);
    while (f && self->step + 1 < f->step_count && session_ticked(s, f->rule, self->step))
        self->step++;
    return self;
}

static void
close_finding(void *state)
{
    struct guide *self = state;
    prose_release(&self->text);
    free(self);
}

// A paragraph behind a label; a narrow screen puts the label on a row of its own.
static void
say(struct guide *self, struct canvas *c, int w, const char *label, struct str text)
{
    struct buf whole = {0};
    if (w < NARROW) {
        if (*label)
            prose_add(&self->text, c, w, 1, 1, LOOK_STRONG, -1, str_of(label));
        prose_add(&self->text, c, w, 2, 2, LOOK_PLAIN, -1, text);
        return;
    }
    buf_add(&whole, str_of(label));
    for (int columns = canvas_columns(c, str_of(label)); columns < LABEL; columns++)
        buf_add_char(&whole, ' ');
    buf_add(&whole, text);
    prose_add(&self->text, c, w, 1, 1 + LABEL, LOOK_PLAIN, -1, buf_str(&whole));
    buf_release(&whole);
}

// The stable names of values as people read them: "our_proposal" is "our proposal".
static void
say_value(const struct value *v, struct buf *out)
{
    for (size_t i = 0; i < v->key.len; i++)
        buf_add_char(out, v->key.at[i] == '_' ? ' ' : v->key.at[i]);
    for (size_t n = 0; n < v->count; n++) {
        buf_add(out, n ? STR(" / ") : STR(": "));
        buf_add(out, v->text[n]);
    }
}

// "timeout s: 60; retransmits: 7"
static void
say_values(struct guide *self, struct canvas *c, int w, const struct value *values, size_t count)
{
    struct buf text = {0};
    for (size_t i = 0; i < count; i++) {
        buf_add(&text, i ? STR("; ") : STR(""));
        say_value(&values[i], &text);
    }
    if (count)
        say(self, c, w, _("Values"), buf_str(&text));
    buf_release(&text);
}

static void
fill_what(struct guide *self, const struct finding_view *f, struct canvas *c, int w)
{
    struct buf text = {0};
    const struct proof *proof = figures_proof(f->proofs, f->proof_count);
    if (proof) {
        buf_addf(&text, "L%llu  ", (unsigned long long)proof->line);
        buf_add(&text, str_from(proof->text, proof->body));
        say(self, c, w, _("The line"), buf_str(&text));
    }
    buf_release(&text);
    say(self, c, w, _("What happened"), f->explanation);
    for (size_t i = 0; i < f->unknown_count; i++)
        say(self, c, w, i ? "" : _("Cannot be told"), f->unknown[i]);
}

// The other causes that fit, and how to tell them apart: behind the steps, for when those did not help.
static void
fill_or_else(struct guide *self, const struct session *s, const struct finding_view *f, struct canvas *c,
             int w)
{
    struct buf text = {0};
    for (size_t i = 0; i < f->alternative_count; i++) {
        const struct alternative *a = &f->alternatives[i];
        struct str label = a->cause;
        for (size_t n = 0; n < s->knowledge->cause_count; n++)
            if (str_eq(s->knowledge->causes[n].key, a->cause))
                label = s->knowledge->causes[n].value;
        buf_clear(&text);
        buf_add(&text, label);
        if (a->tell_apart.len)
            buf_addf(&text, ": %.*s", STR_ARG(a->tell_apart));
        say(self, c, w, i ? "" : _("Or else"), buf_str(&text));
    }
    buf_release(&text);
}

static void
fill_steps(struct guide *self, const struct session *s, const struct finding_view *f, struct canvas *c, int w)
{
    static const char *const places[AT_COUNT] = {
        [AT_THIS_GATEWAY] = N_("here"),
        [AT_PEER] = N_("at the peer"),
        [AT_PATH] = N_("on the path"),
        [AT_CLIENT] = N_("on the client"),
    };
    for (size_t i = 0; i < f->step_count; i++) {
        const struct step_view *step = &f->steps[i];
        struct buf text = {0};
        bool ticked = session_ticked(s, f->rule, i);
        buf_addf(&text, "%zu [%c] %s: %.*s", i + 1, ticked ? 'x' : ' ', _(places[step->where]),
                 STR_ARG(step->act));
        if (step->weak)
            buf_addf(&text, " (%s)", _("allows weaker cryptography"));
        prose_add(&self->text, c, w, 3, 9, ticked ? LOOK_DIM : LOOK_PLAIN, (int)i, buf_str(&text));
        if (str_trim(step->command).len)
            prose_add(&self->text, c, w, 11, 11, LOOK_KEY, (int)i, str_trim(step->command));
        if (step->expect.len) {
            buf_clear(&text);
            buf_addf(&text, "-> %.*s", STR_ARG(step->expect));
            prose_add(&self->text, c, w, 9, 12, LOOK_DIM, (int)i, buf_str(&text));
        }
        buf_release(&text);
    }
}

static void
fill_not_the_cause(struct guide *self, const struct session *s, const struct tunnel_view *t, struct canvas *c,
                   int w)
{
    struct buf text = {0};
    for (size_t i = 0; i < CP_COUNT; i++) {
        const struct rung *rung = &t->ladder[i];
        if (rung->state != ST_PASSED || rung->checkpoint == t->row.verdict.checkpoint)
            continue;
        buf_add(&text, text.len ? STR(", ") : STR(""));
        buf_add(&text, s->knowledge->checkpoint[rung->checkpoint].title);
    }
    if (text.len) {
        buf_add(&text, str_of(_(" (passed)")));
        say(self, c, w, _("Not the cause"), buf_str(&text));
    }
    buf_release(&text);
}

static size_t
steps_done(const struct session *s, const struct finding_view *f)
{
    size_t done = 0;
    for (size_t i = 0; i < f->step_count; i++)
        done += session_ticked(s, f->rule, i);
    return done;
}

static void
fill(struct guide *self, const struct session *s, const struct finding_view *f, struct canvas *c, int w)
{
    prose_clear(&self->text);
    fill_what(self, f, c, w);
    prose_gap(&self->text);
    if (f->step_count)
        prose_addf(&self->text, c, w, 1, 1, LOOK_STRONG, -1, _("Fix   %zu of %zu steps done"),
                   steps_done(s, f), f->step_count);
    fill_steps(self, s, f, c, w);
    prose_gap(&self->text);
    say_values(self, c, w, f->values, f->value_count);
    fill_or_else(self, s, f, c, w);
    fill_not_the_cause(self, s, session_tunnel(s), c, w);
}

// Nothing is known about the marked checkpoint but its state: what it asks, and what to collect.
static void
fill_unknown(struct guide *self, const struct session *s, const struct tunnel_view *t, struct canvas *c,
             int w)
{
    const struct checkpoint_text *about = &s->knowledge->checkpoint[s->checkpoint];
    const struct rung *rung = NULL;
    for (size_t i = 0; i < CP_COUNT; i++)
        if (t->ladder[i].checkpoint == s->checkpoint)
            rung = &t->ladder[i];
    prose_clear(&self->text);
    say(self, c, w, _("The question"), about->question);
    say(self, c, w, _("In general"), about->explanation);
    say(self, c, w, _("In this log"), str_of(figures_word(rung->state, rung->basis)));
    say_values(self, c, w, rung->values, rung->value_count);
    for (size_t i = 0; i < rung->proof_count; i++)
        prose_addf(&self->text, c, w, 3, 5, LOOK_PLAIN, -1, "L%llu  %.*s",
                   (unsigned long long)rung->proofs[i].line,
                   STR_ARG(str_from(rung->proofs[i].text, rung->proofs[i].body)));
    if (rung->state != ST_FAILED && rung->state != ST_SUSPECTED)
        return;
    prose_gap(&self->text);
    prose_add(&self->text, c, w, 1, 1, LOOK_STRONG, -1,
              str_of(_("No known cause fits these lines. Worth collecting:")));
    prose_add(&self->text, c, w, 3, 5, LOOK_PLAIN, -1,
              str_of(_("- the other gateway's log of the same minutes")));
    prose_add(&self->text, c, w, 3, 5, LOOK_PLAIN, -1,
              str_of(_("- the connection's configuration on both gateways")));
    prose_add(&self->text, c, w, 3, 5, LOOK_PLAIN, -1,
              str_of(_("- more of this log: where the attempt begins and ends")));
}

static const char *
surety(const struct finding_view *f)
{
    static const char *const words[SURE_COUNT] = {
        [SURE_POSSIBLE] = N_("cause: possible"),
        [SURE_LIKELY] = N_("cause: likely"),
        [SURE_CERTAIN] = N_("cause: certain"),
    };
    return f->mended ? _("mended since") : f->severity == SEV_NOTE ? _("a note") : _(words[f->certainty]);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct guide *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    const struct finding_view *f = session_finding(s);
    if (!t) {
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, str_of(_("One moment ...")));
        return;
    }
    struct prose head = {0};
    size_t top = 0;
    if (f) {
        const char *sure = surety(f);
        int columns = canvas_columns(c, str_of(sure));
        canvas_put_right(c, a.x + a.w - columns - 1, a.y, columns, LOOK_DIM, str_of(sure));
        prose_add(&head, c, a.w - columns - 3, 1, 1, f->severity == SEV_ERROR ? LOOK_FAILED : LOOK_SUSPECT,
                  -1, f->title);
        fill(self, s, f, c, a.w - 1);
    } else {
        prose_add(&head, c, a.w - 1, 1, 1, LOOK_STRONG, -1, s->knowledge->checkpoint[s->checkpoint].title);
        fill_unknown(self, s, t, c, a.w - 1);
    }
    int rows = (int)head.count < a.h / 2 ? (int)head.count : a.h / 2;
    prose_draw(&head, c, (struct area){a.x, a.y, a.w - 1, rows}, -1, false, &top);
    prose_release(&head);
    int gap = a.h > 14;
    self->shown = a.h - rows - gap;
    self->seen = prose_draw(&self->text, c, (struct area){a.x, a.y + rows + gap, a.w, self->shown},
                            f && f->step_count ? (int)self->step : -1, self->follow, &self->top);
}

static void
copy_command(struct session *s, const struct step_view *step)
{
    struct err e = {0};
    struct buf told = {0};
    if (!str_trim(step->command).len)
        session_notice(s, "%s", _("This step has no command to copy"));
    else if (copy_text(str_trim(step->command), &told, &e))
        session_notice(s, "%s", buf_cstr(&told));
    else
        session_notice(s, "%s", e.text);
    buf_release(&told);
}

// Enter: copies the command of the marked step, ticks it and marks the next; behind the last goes back.
static struct reply
do_step(struct guide *self, struct session *s, const struct finding_view *f)
{
    if (!f || !f->step_count || steps_done(s, f) == f->step_count)
        return (struct reply){.handled = true, .pop = true};
    if (!self->seen) {
        self->follow = true;
        return (struct reply){.handled = true};
    }
    if (str_trim(f->steps[self->step].command).len)
        copy_command(s, &f->steps[self->step]);
    session_tick(s, f->rule, self->step, true);
    for (size_t i = 1; i < f->step_count; i++) {
        size_t step = (self->step + i) % f->step_count;
        if (!session_ticked(s, f->rule, step)) {
            self->step = step;
            break;
        }
    }
    self->follow = true;
    return (struct reply){.handled = true};
}

static void
next_finding(struct guide *self, struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    size_t at = 0;
    for (size_t i = 0; t && i < t->finding_count; i++)
        if (t->findings[i].rule == s->rule)
            at = i + 1;
    if (!t || t->finding_count == 0 || (t->finding_count == 1 && s->rule)) {
        session_notice(s, "%s", _("There is no other finding about this tunnel"));
        return;
    }
    const struct finding_view *f = &t->findings[at % t->finding_count];
    s->rule = f->rule;
    s->checkpoint = f->checkpoint;
    self->step = self->top = 0;
    self->follow = false;
}

static struct reply
show_log(struct session *s, const struct finding_view *f)
{
    const struct tunnel_view *t = session_tunnel(s);
    const struct proof *p = f ? figures_proof(f->proofs, f->proof_count) : NULL;
    s->source = p ? p->source : t ? t->row.source : 0;
    s->line = p ? p->line : 0;
    return (struct reply){.handled = true, .push = t ? &screen_log : NULL};
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct guide *self = state;
    const struct finding_view *f = session_finding(s);
    bool steps = f && self->step < f->step_count;
    struct reply done = {.handled = true};
    switch (what) {
    case ACT_GO:
        return do_step(self, s, f);
    case ACT_TICK:
        if (steps)
            session_tick(s, f->rule, self->step, !session_ticked(s, f->rule, self->step));
        return done;
    case ACT_COPY:
        if (steps)
            copy_command(s, &f->steps[self->step]);
        return done;
    case ACT_NEXT_FINDING:
        next_finding(self, s);
        return done;
    case ACT_EVIDENCE:
    case ACT_LOG:
        return show_log(s, f);
    case ACT_UP:
    case ACT_DOWN:
        if (!steps || !self->seen)
            break;
        self->step += what == ACT_DOWN && self->step + 1 < f->step_count;
        self->step -= what == ACT_UP && self->step > 0;
        self->follow = true;
        return done;
    default:
        break;
    }
    self->follow = false;
    done.handled = prose_move(&self->text, what, self->shown, &self->top);
    return done;
}

static bool
mark(void *state, struct session *s, int item)
{
    struct guide *self = state;
    (void)s;
    if (item < 0 || self->step == (size_t)item)
        return false;
    self->step = (size_t)item;
    self->follow = true;
    return true;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    struct guide *self = state;
    const struct finding_view *f = session_finding(s);
    if (!f || !f->step_count)
        buf_add(out, str_of(_("Enter goes back to the ladder")));
    else if (steps_done(s, f) == f->step_count)
        buf_add(out, str_of(_("all steps are done; read a newer log to see it. Enter goes back")));
    else if (!self->seen)
        buf_addf(out, _("Enter shows step %zu"), self->step + 1);
    else if (str_trim(f->steps[self->step].command).len)
        buf_addf(out, _("Enter copies the command of step %zu and ticks it"), self->step + 1);
    else
        buf_addf(out, _("Enter ticks step %zu as done"), self->step + 1);
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    (void)state;
    buf_add(out, s->knowledge->checkpoint[s->checkpoint].title);
}

const struct screen_ops screen_finding = {
    .id = SCREEN_FINDING,
    .rail = RAIL_FINDING,
    .help = N_(
        "What is wrong, the line that proves it, and what to do, step by step. ikewalk runs nothing on a "
        "gateway: it shows the commands, and copies them for you. What this log cannot tell stands there as "
        "plainly as what it tells."),
    .open = open_finding,
    .close = close_finding,
    .draw = draw,
    .act = act,
    .mark = mark,
    .next = next,
    .crumb = crumb,
};
