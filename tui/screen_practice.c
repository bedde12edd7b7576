// Practice: a recorded log without its verdict. The trainee places the fault on the ladder and names the line
// that proves it; then the real diagnosis is the answer.
#include <stdlib.h>
#include <sys/random.h>

#include "diag/envelope.h"
#include "tui/draw_fault.h"
#include "tui/figures.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { NONE = -1, LINES_MOST = 3000, QUOTE_INDENT = 8 };

enum phase { PHASE_PLACE, PHASE_PROVE, PHASE_ANSWER };

struct practice {
    struct list list; // of the places, then of the lines of the log, then empty
    struct faults faults;
    const struct fault *fault; // that is shown; NULL: there is none
    char problem[ERR_TEXT];
    enum phase phase;
    int placed;     // a checkpoint, CP_COUNT: healthy
    uint64_t named; // the line that was named
    bool asked, walked, follow;
    struct prose text;
    size_t top;
    int shown;
};
LIST_BEGINS(struct practice);

static const struct tunnel_row *
examined(const struct session *s)
{
    return s->view && !s->progress.reading && s->view->row_count ? &s->view->rows[0] : NULL;
}

static void
draw_fault(struct practice *self, struct session *s)
{
    struct learned learned = {0};
    struct err e = {0};
    uint64_t chance = 0;
    if (!learned_read(&learned, &e))
        session_notice(s, "%s", e.text);
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) < 0)
        chance = (uintptr_t)self;
    self->fault = faults_draw(&self->faults, &learned, chance);
    learned_release(&learned);
    self->phase = PHASE_PLACE;
    self->list = (struct list){.count = CP_COUNT + 1};
    self->placed = NONE;
    self->asked = self->walked = false;
    self->top = 0;
    if (!self->fault)
        return;
    struct opening *o = opening_new(str_of(_("Practice")), 1);
    o->parts[0] = arena_str(&o->arena, self->fault->source).at;
    session_open(s, o);
}

static void *
open_practice(struct session *s)
{
    struct practice *self = mem_new(sizeof *self);
    struct err e = {0};
    if (!s->practice)
        faults_of_cases(&self->faults, s->knowledge);
    else if (!faults_of_folder(&self->faults, s->practice, &e))
        memcpy(self->problem, e.text, sizeof self->problem);
    draw_fault(self, s);
    return self;
}

static void
close_practice(void *state)
{
    struct practice *self = state;
    faults_release(&self->faults);
    prose_release(&self->text);
    free(self);
}

// Asks for the text of the log once it is read.
static void
news(void *state, struct session *s)
{
    struct practice *self = state;
    if (!examined(s) || self->asked)
        return;
    const struct excerpt_ask ask = {.source = examined(s)->source, .line = 1, .after = LINES_MOST};
    s->desk.excerpt(s->desk.self, &ask);
    self->asked = true;
}

static const struct excerpt *
log_of(const struct practice *self, const struct session *s)
{
    return self->asked && s->excerpt && s->excerpt->count ? s->excerpt : NULL;
}

static bool
proves(const struct rung *rung, uint64_t line)
{
    for (size_t i = 0; rung && i < rung->proof_count; i++)
        if (rung->proofs[i].line == line)
            return true;
    return false;
}

static void
add_log(struct practice *self, struct session *s, struct canvas *c, int w)
{
    const struct excerpt *x = log_of(self, s);
    for (size_t i = 0; x && i < x->count; i++) {
        struct line line;
        envelope_parse(x->lines[i].text, &line);
        struct str text = line.body.len ? line.body : line.raw;
        prose_addf(&self->text, c, w, 2, QUOTE_INDENT, LOOK_PLAIN, self->phase == PHASE_PROVE ? (int)i : NONE,
                   "L%-4llu %.*s", (unsigned long long)x->lines[i].number, STR_ARG(text));
    }
}

static void
add_places(struct practice *self, struct session *s, struct canvas *c, int w)
{
    const struct tunnel_row *row = examined(s);
    for (int i = 0; i <= CP_COUNT; i++) {
        struct str title = i < CP_COUNT ? view_title(s->knowledge, (enum checkpoint)i, row ? row->auth : 0)
                                        : str_of(_("Nowhere, the tunnel came up"));
        prose_addf(&self->text, c, w, 3, 6, LOOK_PLAIN, i, "%c  %.*s", '0' + i, STR_ARG(title));
    }
    prose_gap(&self->text);
    prose_add(&self->text, c, w, 1, 1, LOOK_STRONG, NONE, str_of(_("The log")));
    add_log(self, s, c, w);
}

static void
add_answer(struct practice *self, struct session *s, struct canvas *c, int w)
{
    const struct tunnel_view *t = session_tunnel(s);
    if (!t) {
        prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, NONE, str_of(_("One moment ...")));
        return;
    }
    const struct verdict *v = &t->row.verdict;
    const struct rung *rung = view_rung(t, v->checkpoint);
    bool right = (enum checkpoint)self->placed == v->checkpoint;
    prose_add(&self->text, c, w, 1, 1, right ? LOOK_PASSED : LOOK_FAILED, NONE,
              str_of(right ? _("Right place.") : _("Another place.")));
    struct buf said = {0};
    if (!right)
        figures_misplaced(s->knowledge, t, (enum checkpoint)self->placed, &said);
    if (said.len)
        prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, NONE, buf_str(&said));
    buf_release(&said);
    if (v->checkpoint == CP_NONE)
        prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, NONE, str_of(_("This tunnel came up.")));
    else
        prose_addf(&self->text, c, w, 1, 1, LOOK_PLAIN, NONE, _("%.*s, %s: %.*s"),
                   STR_ARG(view_title(s->knowledge, v->checkpoint, t->row.auth)),
                   _(certainty_word[v->certainty]), STR_ARG(v->finding ? v->finding->title : STR_NONE));
    if (self->named && rung) {
        bool proven = proves(rung, self->named);
        prose_addf(&self->text, c, w, 1, 1, proven ? LOOK_PASSED : LOOK_FAILED, NONE,
                   proven ? _("L%llu is among the lines that prove it.") : _("L%llu does not prove it."),
                   (unsigned long long)self->named);
    }
    prose_gap(&self->text);
    for (size_t i = 0; rung && i < rung->proof_count; i++) {
        const struct proof *p = &rung->proofs[i];
        prose_addf(&self->text, c, w, 2, QUOTE_INDENT, p->deciding ? LOOK_STRONG : LOOK_PLAIN, NONE,
                   "%sL%-4llu %.*s", p->deciding ? "*" : " ", (unsigned long long)p->line,
                   STR_ARG(str_from(p->text, p->body)));
    }
    for (size_t i = 0; i < t->finding_count; i++)
        if (t->findings[i].rule == v->finding) {
            prose_gap(&self->text);
            prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, NONE, t->findings[i].explanation);
        }
}

static void
fill(struct practice *self, struct session *s, struct canvas *c, int w)
{
    prose_clear(&self->text);
    if (self->problem[0] || !self->fault) {
        prose_add(
            &self->text, c, w, 1, 1, LOOK_PLAIN, NONE,
            str_of(self->problem[0] ? self->problem : _("There is no log to practise with. Esc goes back.")));
        return;
    }
    if (s->view && !s->progress.reading && !s->view->row_count) {
        prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, NONE,
                  str_of(_("This log shows no tunnel. n draws another one.")));
        return;
    }
    if (self->phase == PHASE_ANSWER) {
        add_answer(self, s, c, w);
        return;
    }
    const struct tunnel_row *row = examined(s);
    bool place = self->phase == PHASE_PLACE, several = s->view && s->view->row_count > 1;
    if (place && row && several)
        prose_addf(&self->text, c, w, 1, 1, LOOK_STRONG, NONE, _("Where is %.*s stuck?"), STR_ARG(row->name));
    else
        prose_add(&self->text, c, w, 1, 1, LOOK_STRONG, NONE,
                  str_of(place ? _("Where is this tunnel stuck?") : _("Which line proves it?")));
    prose_gap(&self->text);
    if (place)
        add_places(self, s, c, w);
    else
        add_log(self, s, c, w);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct practice *self = state;
    fill(self, s, c, a.w - 1);
    self->shown = a.h;
    self->list.shown = (size_t)a.h;
    prose_draw(&self->text, c, a, self->list.count ? (int)self->list.at : NONE, self->follow, &self->top);
}

// The answers are given: shows the diagnosis and keeps the score.
static void
examine(struct practice *self, struct session *s)
{
    const struct tunnel_row *row = examined(s);
    struct err e = {0};
    self->phase = PHASE_ANSWER;
    self->list = (struct list){0};
    self->top = 0;
    self->follow = false;
    session_look(s, row->id, -1);
    s->learned++;
    if (!learned_practice(self->fault->source, row->verdict.checkpoint,
                          (enum checkpoint)self->placed == row->verdict.checkpoint, &e))
        session_notice(s, "%s", e.text);
}

static struct reply
place(struct practice *self, struct session *s, int where)
{
    if (!examined(s)) {
        if (!s->view || s->progress.reading)
            session_notice(s, "%s", _("One moment: the log is being read"));
        return handled();
    }
    const struct excerpt *x = log_of(self, s);
    self->placed = where;
    self->named = 0;
    self->top = 0;
    if (where == CP_COUNT || !x) {
        examine(self, s);
    } else {
        self->phase = PHASE_PROVE;
        self->list = (struct list){.count = x->count};
    }
    self->follow = true;
    return handled();
}

static struct reply
go_on(struct practice *self, struct session *s)
{
    const struct excerpt *x = log_of(self, s);
    switch (self->phase) {
    case PHASE_PLACE:
        return place(self, s, (int)self->list.at);
    case PHASE_PROVE:
        if (x && self->list.at < x->count)
            self->named = x->lines[self->list.at].number;
        examine(self, s);
        return handled();
    default:
        if (!self->walked && session_tunnel(s)) {
            self->walked = true;
            return opens(&screen_ladder);
        }
        draw_fault(self, s);
        return handled();
    }
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct practice *self = state;
    switch (what) {
    case ACT_GO:
        return self->fault ? go_on(self, s) : closes();
    case ACT_CHOOSE:
        return place(self, s, s->key - '0');
    case ACT_NEXT_LESSON:
        draw_fault(self, s);
        return handled();
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        if (self->phase == PHASE_PLACE) // to the log below
            break;
        // fall through
    case ACT_UP:
    case ACT_DOWN:
        if (!self->list.count)
            break;
        list_move(&self->list, what);
        self->follow = true;
        return handled();
    default:
        break;
    }
    self->follow = false;
    return (struct reply){.handled = prose_move(&self->text, what, self->shown, &self->top)};
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct practice *self = state;
    (void)s;
    return what == ACT_CHOOSE && self->phase != PHASE_PLACE ? _("the fault was placed already") : NULL;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct practice *self = state;
    if (!self->fault)
        buf_add(out, str_of(_("Enter goes back")));
    else if (self->phase == PHASE_PLACE)
        buf_addf(out, _("Enter answers %c; PgDn shows the log below"), '0' + (int)self->list.at);
    else if (self->phase == PHASE_PROVE)
        buf_add(out, str_of(_("Enter names the marked line")));
    else if (!self->walked && session_tunnel(s))
        buf_add(out, str_of(_("Enter opens the real diagnosis; n draws the next fault")));
    else
        buf_add(out, str_of(_("Enter draws the next fault")));
}

static void
steps(void *state, struct session *s, struct steps *out)
{
    const struct practice *self = state;
    (void)s;
    *out = (struct steps){.name = {_("Place the fault"), _("Name the line"), _("Answer")},
                          .count = 3,
                          .here = (int)self->phase};
}

const struct screen_ops screen_practice = {
    .id = SCREEN_PRACTICE,
    .rail = RAIL_SOURCE,
    .help = N_("A recorded log without its verdict. Say where it is stuck, name the line that proves it, "
               "then see what "
               "the diagnosis says. What you are weak in is drawn more often."),
    .open = open_practice,
    .close = close_practice,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .why_not = why_not,
    .next = next,
    .steps = steps,
    .news = news,
};
