// One finding: what happened, what this log cannot tell, and the steps to the cure, which are ticked one by
// one.
#include <stdlib.h>

#include "tui/advice.h"
#include "tui/figures.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/why.h"
#include "tui/words.h"

enum { LOW = 10 };

struct guide {
    struct advice advice;
    const struct finding *rule; // that the marks below are of
    size_t top;
    size_t place; // of the marked step among those shown
    bool follow;  // the mark moved last, not the view
    bool seen;    // the marked step is on the screen
    int shown;    // rows of the text that are
};

// Marks the first step that is not done, when the finding is another one than before.
static void
turn_to(struct guide *self, const struct session *s)
{
    const struct finding_view *f = session_finding(s);
    advice_choose(&self->advice, f);
    if (f && self->rule != f->rule) {
        self->rule = f->rule;
        self->place = self->top = 0;
        self->follow = false;
        while (self->place + 1 < self->advice.count && advice_is_done(&self->advice, s, f, self->place))
            self->place++;
    }
    if (self->place >= self->advice.count)
        self->place = self->advice.count ? self->advice.count - 1 : 0;
}

static void *
open_finding(struct session *s)
{
    struct guide *self = mem_new(sizeof *self);
    turn_to(self, s);
    return self;
}

static void
close_finding(void *state)
{
    struct guide *self = state;
    advice_release(&self->advice);
    free(self);
}

// "cause: likely, one of 3"
static void
say_surety(const struct finding_view *f, struct buf *out)
{
    static const char *const words[SURE_COUNT] = {
        [SURE_POSSIBLE] = N_("cause: possible"),
        [SURE_LIKELY] = N_("cause: likely"),
        [SURE_CERTAIN] = N_("cause: certain"),
    };
    if (f->mended)
        buf_add(out, str_of(_("mended since")));
    else if (f->severity == SEV_NOTE)
        buf_add(out, str_of(_("a note")));
    else if (f->certainty == SURE_CERTAIN && f->alternative_count)
        buf_addf(out, _("place: certain, cause: one of %zu"), f->alternative_count + 1);
    else
        buf_add(out, str_of(_(words[f->certainty])));
    if (!f->mended && f->certainty != SURE_CERTAIN && f->alternative_count)
        buf_addf(out, _(", one of %zu"), f->alternative_count + 1);
}

// The title, and beside or below it how sure it is, which is not cut for a long title. Returns the rows.
static int
draw_head(const struct finding_view *f, struct canvas *c, struct area a)
{
    uint8_t look = f->severity == SEV_ERROR ? LOOK_FAILED : LOOK_SUSPECT;
    struct buf sure = {0};
    struct prose narrow = {0}, alone = {0};
    say_surety(f, &sure);
    int columns = canvas_columns(c, buf_str(&sure));
    prose_add(&narrow, c, a.w - columns - 3, 1, 1, look, -1, f->title);
    prose_add(&alone, c, a.w - 1, 1, 1, look, -1, f->title);
    bool below = alone.count + 1 < narrow.count;
    const struct prose *title = below ? &alone : &narrow;
    int most = a.h / 2 - below > 1 ? a.h / 2 - below : 1;
    int rows = (int)title->count < most ? (int)title->count : most;
    prose_put(title, c, (struct area){a.x, a.y, a.w - 1, rows});
    if (below)
        canvas_put(c, a.x + 1, a.y + rows, a.w - 2, LOOK_DIM, buf_str(&sure));
    else
        canvas_put_right(c, a.x + a.w - columns - 1, a.y, columns, LOOK_DIM, buf_str(&sure));
    prose_release(&narrow);
    prose_release(&alone);
    buf_release(&sure);
    return rows + below;
}

// Where there are few rows the head moves with the text.
static void
add_head(struct prose *text, const struct finding_view *f, struct canvas *c, int w)
{
    struct buf sure = {0};
    say_surety(f, &sure);
    prose_add(text, c, w, 1, 1, f->severity == SEV_ERROR ? LOOK_FAILED : LOOK_SUSPECT, -1, f->title);
    prose_add(text, c, w, 1, 1, LOOK_DIM, -1, buf_str(&sure));
    buf_release(&sure);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct guide *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    const struct finding_view *f = session_finding(s);
    if (!t) { // the ladder beside it says why
        if (!c->aside || s->tunnel != TUNNEL_NONE)
            canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, str_of(session_missing(s)));
        return;
    }
    turn_to(self, s);
    bool low = f && a.h < LOW;
    int rows = low ? 0 : f ? draw_head(f, c, a) : 1;
    prose_clear(&self->advice.text);
    if (low)
        add_head(&self->advice.text, f, c, a.w - 1);
    if (!f)
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG,
                   view_title(s->knowledge, s->checkpoint, t->row.auth));
    advice_fill(&self->advice, s, f, c, a.w - 1);
    int gap = a.h > 14;
    self->shown = a.h - rows - gap;
    self->seen = prose_draw(&self->advice.text, c, (struct area){a.x, a.y + rows + gap, a.w, self->shown},
                            self->advice.count ? (int)self->place : -1, self->follow, &self->top);
}

// The marked step, NULL for the re-check and when there is none.
static const struct step_view *
marked(const struct guide *self, const struct finding_view *f)
{
    if (!f || self->place >= self->advice.count || self->advice.step[self->place] == f->step_count)
        return NULL;
    return &f->steps[self->advice.step[self->place]];
}

static bool
marks_recheck(const struct guide *self, const struct finding_view *f)
{
    return f && self->place < self->advice.count && self->advice.step[self->place] == f->step_count;
}

// Is the re-check the last of the steps?
static bool
ends_in_recheck(const struct guide *self, const struct finding_view *f)
{
    return f && self->advice.count && self->advice.step[self->advice.count - 1] == f->step_count;
}

// Is the checkpoint not passed, and no finding says why?
static bool
is_unexplained(const struct session *s, const struct finding_view *f)
{
    const struct tunnel_view *t = session_tunnel(s);
    const struct rung *rung = !f && t ? view_rung(t, s->checkpoint) : NULL;
    return rung && (rung->state == ST_FAILED || rung->state == ST_SUSPECTED);
}

// The other gateway's log is read by another screen, when there is one.
static const struct action *
reads_other_log(const struct step_view *step)
{
    return step && step->other_log ? action_find(SCREEN_FINDING, 'd') : NULL;
}

static bool
all_done(const struct guide *self, const struct session *s, const struct finding_view *f)
{
    return !f || advice_done(&self->advice, s, f) == self->advice.count;
}

// Marks the next step that is not done.
static void
go_on(struct guide *self, const struct session *s, const struct finding_view *f)
{
    const struct advice *a = &self->advice;
    for (size_t i = 1; i < a->count; i++) {
        size_t place = (self->place + i) % a->count;
        if (!advice_is_done(a, s, f, place)) {
            self->place = place;
            break;
        }
    }
    self->follow = true;
}

static struct reply
recheck(struct session *s, const struct finding_view *f)
{
    if (f)
        session_tick(s, f->rule, f->step_count, true);
    return (struct reply){.handled = true, .pop = true, .push = &screen_recheck};
}

static struct reply act(void *state, struct session *s, enum act what);

// Enter: copies the command of the marked step, ticks it and marks the next, or does what ikewalk can do
// itself; when all is done, looks again.
static struct reply
do_step(struct guide *self, struct session *s, const struct finding_view *f)
{
    if (is_unexplained(s, f)) // the other end may know
        return act(self, s, ACT_BOTH);
    bool again = all_done(self, s, f);
    if (!self->seen && !again) {
        self->follow = true;
        return handled();
    }
    if (again || marks_recheck(self, f))
        return recheck(s, f);
    const struct step_view *step = marked(self, f);
    const struct action *reads = reads_other_log(step);
    if (str_trim(step->command).len)
        session_copy(s, str_trim(step->command));
    if (!reads || session_both(s)) // else it is done when that log was read
        session_tick(s, f->rule, self->advice.step[self->place], true);
    go_on(self, s, f);
    return reads ? act(self, s, reads->id) : handled();
}

static void
tick(struct guide *self, struct session *s, const struct finding_view *f)
{
    if (!f || self->place >= self->advice.count)
        return;
    bool done = advice_is_done(&self->advice, s, f, self->place);
    session_tick(s, f->rule, self->advice.step[self->place], !done);
    if (done && self->advice.instead[self->place] != ADVICE_NONE)
        session_tick(s, f->rule, self->advice.instead[self->place], false);
}

static bool
has_other_way(const struct guide *self)
{
    for (size_t i = 0; i < self->advice.count; i++)
        if (self->advice.instead[i] != ADVICE_NONE)
            return true;
    return false;
}

static void
next_finding(struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    size_t at = 0;
    if (!t || !t->finding_count)
        return;
    for (size_t i = 0; i < t->finding_count; i++)
        if (t->findings[i].rule == s->rule)
            at = i + 1;
    const struct finding_view *f = &t->findings[at % t->finding_count];
    s->rule = f->rule;
    s->checkpoint = f->checkpoint;
}

static struct reply
show_log(struct session *s, const struct finding_view *f)
{
    const struct tunnel_view *t = session_tunnel(s);
    const struct proof *p = f ? view_deciding(f->proofs, f->proof_count) : NULL;
    s->source = p ? p->source : t ? t->row.source : 0;
    s->line = p ? p->line : 0;
    return opens(t ? &screen_log : NULL);
}

static struct reply
show_why(struct session *s, const struct finding_view *f)
{
    if (!session_tunnel(s))
        return handled();
    why_finding(s, f, session_box(s, str_of(f ? _("Why this finding?") : _("Why no finding?"))));
    return opens(&screen_box);
}

static bool
move(struct guide *self, enum act what)
{
    if ((what != ACT_UP && what != ACT_DOWN) || !self->advice.count || !self->seen)
        return false;
    self->place += what == ACT_DOWN && self->place + 1 < self->advice.count;
    self->place -= what == ACT_UP && self->place > 0;
    self->follow = true;
    return true;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct guide *self = state;
    const struct finding_view *f = session_finding(s);
    turn_to(self, s);
    if (move(self, what))
        return handled();
    switch (what) {
    case ACT_GO:
        return do_step(self, s, f);
    case ACT_TICK:
        tick(self, s, f);
        return handled();
    case ACT_COPY:
        session_copy(s, str_trim(marked(self, f)->command));
        return handled();
    case ACT_OTHER_SIDE:
        self->advice.other = !self->advice.other;
        self->follow = true;
        return handled();
    case ACT_NEXT_FINDING:
        next_finding(s);
        return handled();
    case ACT_WHY:
        return show_why(s, f);
    case ACT_RECHECK:
        return recheck(s, f);
    case ACT_EVIDENCE:
    case ACT_EVIDENCE_BACK:
    case ACT_LOG:
        return show_log(s, f);
    case ACT_PATH:
        return opens(&screen_path);
    case ACT_REQUEST:
        return opens(&screen_request);
    case ACT_BOTH:
        s->adding_both = !session_both(s);
        return opens(session_both(s) ? &screen_both : &screen_other);
    default:
        break;
    }
    self->follow = false;
    return (struct reply){.handled = prose_move(&self->advice.text, what, self->shown, &self->top)};
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    struct guide *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    turn_to(self, s);
    const struct finding_view *f = session_finding(s);
    const struct step_view *step = marked(self, f);
    switch (what) {
    case ACT_GO:
        if (is_unexplained(s, f))
            return NULL;
        if (self->advice.count && all_done(self, s, f) && !ends_in_recheck(self, f))
            return _("all steps are done");
        return self->advice.count ? NULL : _("there is no step here");
    case ACT_TICK:
        return self->advice.count ? NULL : _("there is no step here");
    case ACT_COPY:
        return step && str_trim(step->command).len ? NULL : _("the marked step has no command to copy");
    case ACT_OTHER_SIDE:
        return has_other_way(self) ? NULL : _("no step here has another that can be done instead");
    case ACT_NEXT_FINDING:
        return t && t->finding_count > (s->rule != NULL) ? NULL
                                                         : _("there is no other finding about this tunnel");
    default:
        return NULL;
    }
}

static bool
mark(void *state, struct session *s, int item)
{
    struct guide *self = state;
    (void)s;
    if (item < 0 || self->place == (size_t)item)
        return false;
    self->place = (size_t)item;
    self->follow = true;
    return true;
}

static bool
detour(void *state, struct session *s)
{
    (void)state;
    return is_unexplained(s, session_finding(s));
}

static void
next(void *state, struct session *s, struct buf *out)
{
    struct guide *self = state;
    const struct finding_view *f = session_finding(s);
    const struct step_view *step = marked(self, f);
    if (is_unexplained(s, f))
        buf_add(out, str_of(session_both(s)
                                ? _("Enter shows what both ends say; Esc goes back to the ladder")
                                : _("Enter adds the other gateway's log; Esc goes back to the ladder")));
    else if (!self->advice.count)
        buf_add(out, str_of(_("Esc goes back to the ladder")));
    else if (all_done(self, s, f))
        buf_add(out, str_of(ends_in_recheck(self, f)
                                ? _("all steps are done: Enter looks again at what is new in the log")
                                : _("all steps are done: Esc goes back to the ladder")));
    else if (!self->seen)
        buf_addf(out, _("Enter shows step %zu"), self->place + 1);
    else if (marks_recheck(self, f))
        buf_add(out, str_of(_("Enter reads what is new in the log and shows what has changed")));
    else if (reads_other_log(step) && session_both(s))
        buf_addf(out, _("Enter shows what both ends say and ticks step %zu"), self->place + 1);
    else if (reads_other_log(step))
        buf_add(out, str_of(_("Enter adds the other gateway's log")));
    else if (str_trim(step->command).len)
        buf_addf(out, _("Enter copies the command of step %zu and ticks it"), self->place + 1);
    else
        buf_addf(out, _("Enter ticks step %zu as done"), self->place + 1);
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    const struct tunnel_view *t = session_tunnel(s);
    (void)state;
    buf_add(out, view_title(s->knowledge, s->checkpoint, t ? t->row.auth : AUTH_UNKNOWN));
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
    .why_not = why_not,
    .mark = mark,
    .next = next,
    .detour = detour,
    .crumb = crumb,
};
