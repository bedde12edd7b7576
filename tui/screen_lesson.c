// A lesson, step by step: read, place the fault, answer, see the real ladder, try it on the log. The log of a
// step is opened like any other, so its ladder is the real one.
#include <stdio.h>
#include <stdlib.h>

#include "diag/envelope.h"
#include "diag/teach.h"
#include "knowledge/trial.h"
#include "tui/figures.h"
#include "tui/learned.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/sample.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { NONE = -1, QUOTE_INDENT = 7 };

struct player {
    struct list list; // of the choices, empty when nothing is asked, or any more
    const struct lesson *lesson;
    size_t at; // the step; step_count: the end
    int given; // the answer; NONE: none yet
    bool hint, tried;
    unsigned right, asked;
    struct str log; // that is open; borrows the lesson
    struct prose text;
    size_t top;
    int shown;
    bool follow;
    bool seen;     // the marked choice is on the screen
    bool replied;  // just now: the reply is shown
    size_t answer; // the row in which it begins, or the choices do
};
LIST_BEGINS(struct player);

static const struct lesson_step *
step_of(const struct player *self)
{
    return self->lesson && self->at < self->lesson->step_count ? &self->lesson->steps[self->at] : NULL;
}

// Which checkpoints can be guessed: those of the ladder that is drawn, and none for a healthy tunnel.
static const struct tunnel_view *
tunnel_of(const struct player *self, struct session *s)
{
    const struct lesson_step *step = step_of(self);
    return step && str_eq(step->log, self->log) ? session_tunnel(s) : NULL;
}

// Is it answered by one of its own choices?
static bool
has_letters(const struct lesson_step *step)
{
    return step->kind == LESSON_ASK || step->kind == LESSON_PREDICT;
}

static size_t
choice_count(const struct lesson_step *step)
{
    return !step ? 0 : has_letters(step) ? step->choice_count : step->kind == LESSON_GUESS ? CP_COUNT + 1 : 0;
}

// Looks at the tunnel that the step is about, once its log has been read.
static void
find_tunnel(const struct player *self, struct session *s)
{
    const struct lesson_step *step = step_of(self);
    if (!step || !s->view || s->progress.reading || s->tunnel != TUNNEL_NONE)
        return;
    for (size_t i = 0; i < s->view->row_count; i++)
        if (!step->tunnel.len || str_eq(s->view->rows[i].name, step->tunnel)) {
            session_look(s, s->view->rows[i].id, -1);
            return;
        }
}

static void
open_log(struct player *self, struct session *s)
{
    const struct lesson_step *step = step_of(self);
    if (!step || !step->log.len || str_eq(step->log, self->log))
        return;
    struct opening *o = opening_new(str_of(_("Lessons")), 1);
    o->parts[0] = arena_strf(&o->arena, SAMPLE_MARK "%.*s", STR_ARG(step->log)).at;
    o->apart = true; // beside that of another end it has its own name
    session_open(s, o);
    self->log = step->log;
}

static void
go_to(struct player *self, struct session *s, size_t at)
{
    self->at = at;
    self->given = NONE;
    self->list = (struct list){.count = choice_count(step_of(self))};
    self->hint = self->tried = self->follow = false;
    self->seen = true;
    self->top = 0;
    open_log(self, s);
    find_tunnel(self, s);
}

static void
remember(const struct player *self, struct session *s)
{
    struct err e = {0};
    const struct lesson_mark mark = {.step = (unsigned)self->at,
                                     .right = self->right,
                                     .asked = self->asked,
                                     .done = self->at >= self->lesson->step_count};
    s->learned++;
    if (!learned_lesson(self->lesson->id, &mark, &e))
        session_notice(s, "%s", e.text);
}

// A lesson that was left goes on where that was.
static void *
open_player(struct session *s)
{
    struct player *self = mem_new(sizeof *self);
    struct learned learned = {0};
    struct err e;
    self->lesson = s->lesson;
    const struct lesson_mark *left =
        learned_read(&learned, &e) ? learned_of(&learned, self->lesson->id) : NULL;
    bool begun = left && !left->done && left->step && left->step < self->lesson->step_count;
    if (begun) {
        self->right = left->right;
        self->asked = left->asked;
        session_notice(s, _("Goes on at step %u; p goes back to the one before"), left->step + 1);
    }
    go_to(self, s, begun ? left->step : 0);
    learned_release(&learned);
    return self;
}

static void
close_player(void *state)
{
    struct player *self = state;
    prose_release(&self->text);
    free(self);
}

static void
news(void *state, struct session *s)
{
    find_tunnel(state, s);
}

static void
add_lines(struct player *self, struct canvas *c, int w, const struct lesson_step *step)
{
    struct str log;
    if (!step->line_count || !trial_log(step->log, &log))
        return;
    prose_gap(&self->text);
    for (size_t i = 0; i < step->line_count; i++)
        for (uint64_t n = step->lines[i].first; n <= step->lines[i].last; n++) {
            struct line line;
            envelope_parse(trial_line(log, n), &line);
            struct str text = line.body.len ? line.body : line.raw;
            prose_addf(&self->text, c, w, 2, QUOTE_INDENT, LOOK_PLAIN, -1, "L%-3llu %.*s",
                       (unsigned long long)n, STR_ARG(text));
        }
}

// The checkpoint that stands at this place of the guess; CP_COUNT: none.
static enum checkpoint
guessed(const struct tunnel_view *t, int place)
{
    return place < CP_COUNT ? t->ladder[place].checkpoint : CP_COUNT;
}

// Answers have letters; places on the ladder have its numbers.
static char
sign_of(const struct lesson_step *step)
{
    return has_letters(step) ? 'a' : '0';
}

static void
add_choices(struct player *self, struct session *s, struct canvas *c, int w, const struct lesson_step *step)
{
    const struct tunnel_view *t = tunnel_of(self, s);
    prose_gap(&self->text);
    self->answer = self->text.count;
    for (int i = 0; i < (int)self->list.count; i++) {
        struct str text;
        if (has_letters(step))
            text = step->choices[i].text;
        else if (!t)
            return;
        else
            text = i < CP_COUNT ? view_title(s->knowledge, guessed(t, i), t->row.auth)
                                : str_of(_("Nowhere, this tunnel came up"));
        prose_addf(&self->text, c, w, 3, 6, LOOK_PLAIN, i, "%c  %.*s", sign_of(step) + i, STR_ARG(text));
    }
}

static void
add_reply(struct player *self, struct session *s, struct canvas *c, int w, const struct lesson_step *step)
{
    const struct tunnel_view *t = tunnel_of(self, s);
    prose_gap(&self->text);
    self->answer = self->text.count;
    if (has_letters(step)) {
        for (size_t i = 0; i < step->choice_count; i++) {
            const struct choice *choice = &step->choices[i];
            bool given = (int)i == self->given, right = lesson_right(s->knowledge, step, i);
            self->answer = given ? self->text.count : self->answer;
            uint8_t look = right ? LOOK_PASSED : given ? LOOK_FAILED : LOOK_DIM;
            prose_addf(&self->text, c, w, 1, 6, look, -1, "%c %c  %.*s", given ? '>' : ' ', (int)('a' + i),
                       STR_ARG(choice->text));
            prose_add(&self->text, c, w, 6, 6, given || right ? LOOK_PLAIN : LOOK_DIM, -1, choice->reply);
        }
        return;
    }
    if (!t)
        return;
    const struct verdict *v = &t->row.verdict;
    bool right = guessed(t, self->given) == v->checkpoint;
    struct buf said = {0};
    if (!right)
        figures_misplaced(s->knowledge, t, guessed(t, self->given), &said);
    prose_add(
        &self->text, c, w, 1, 1, right ? LOOK_PASSED : LOOK_FAILED, -1,
        str_of(right ? _("Right: that is what the diagnosis says.") : _("The diagnosis says otherwise.")));
    if (said.len)
        prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, -1, buf_str(&said));
    buf_release(&said);
    if (v->checkpoint == CP_NONE)
        prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, -1, str_of(_("The tunnel came up.")));
    else
        prose_addf(&self->text, c, w, 1, 1, LOOK_PLAIN, -1, _("%.*s, %s: %.*s."),
                   STR_ARG(view_title(s->knowledge, v->checkpoint, t->row.auth)),
                   _(certainty_word[v->certainty]), STR_ARG(v->finding ? v->finding->title : STR_NONE));
}

static void
add_ladder(struct player *self, struct session *s, struct canvas *c, int w)
{
    const struct tunnel_view *t = tunnel_of(self, s);
    if (!t)
        return;
    prose_gap(&self->text);
    for (int i = 0; i < CP_COUNT; i++) {
        const struct rung *rung = &t->ladder[i];
        const struct proof *proof = view_deciding(rung->proofs, rung->proof_count);
        struct buf row = {0}, title = {0};
        buf_add(&title, view_title(s->knowledge, rung->checkpoint, t->row.auth));
        for (int column = canvas_columns(c, buf_str(&title)); column < 17; column++)
            buf_add_char(&title, ' ');
        buf_addf(&row, "%s %.*s %s", buf_cstr(&title), STR_ARG(figures_mark(rung->state, rung->basis)),
                 figures_word(rung->state, rung->basis));
        if (proof && rung->state != ST_NOT_REACHED)
            buf_addf(&row, "  L%llu", (unsigned long long)proof->line);
        prose_add(&self->text, c, w, 3, 3, figures_look(rung->state, rung->basis), -1, buf_str(&row));
        buf_release(&row);
        buf_release(&title);
    }
}

static void
fill(struct player *self, struct session *s, struct canvas *c, int w)
{
    const struct lesson_step *step = step_of(self);
    prose_clear(&self->text);
    if (!step) {
        prose_addf(&self->text, c, w, 1, 1, LOOK_STRONG, -1, _("This was lesson %d: %.*s"),
                   self->lesson->number, STR_ARG(self->lesson->title));
        if (self->asked)
            prose_addf(&self->text, c, w, 1, 1, LOOK_PLAIN, -1, _("%u of %u answered right at once."),
                       self->right, self->asked);
        return;
    }
    prose_paragraphs(&self->text, c, w, step->text);
    add_lines(self, c, w, step);
    if (has_letters(step) || step->kind == LESSON_GUESS) {
        if (self->given == NONE)
            add_choices(self, s, c, w, step);
        else
            add_reply(self, s, c, w, step);
    }
    if (step->kind == LESSON_ANSWER || (step->kind == LESSON_GUESS && self->given != NONE))
        add_ladder(self, s, c, w);
    if (self->hint) {
        prose_gap(&self->text);
        prose_addf(&self->text, c, w, 1, 1, LOOK_SUSPECT, -1, _("Hint: %.*s"), STR_ARG(step->hint));
    }
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct player *self = state;
    fill(self, s, c, a.w - 1);
    self->shown = a.h;
    if (self->replied && self->text.count > (size_t)a.h)
        self->top = self->answer; // what was asked has been read
    self->replied = false;
    int marked = self->list.count ? (int)self->list.at : -1;
    self->seen = prose_draw(&self->text, c, a, marked, self->follow, &self->top) || marked < 0;
}

static struct reply
give(struct player *self, struct session *s, int place)
{
    const struct lesson_step *step = step_of(self);
    const struct tunnel_view *t = tunnel_of(self, s);
    if (place < 0 || place >= (int)self->list.count) {
        session_notice(s, "%s", _("None of the answers has this sign"));
        return handled();
    }
    if (step->kind == LESSON_GUESS && !t) {
        session_notice(s, "%s", _("One moment: the log is being read"));
        return handled();
    }
    self->given = place;
    self->list = (struct list){0};
    self->asked++;
    if (has_letters(step))
        self->right += lesson_right(s->knowledge, step, (size_t)place);
    else
        self->right += guessed(t, place) == t->row.verdict.checkpoint;
    self->top = 0;
    self->follow = false;
    self->replied = true;
    return handled();
}

static const struct lesson *
lesson_behind(const struct session *s, const struct lesson *lesson)
{
    size_t at = (size_t)(lesson - s->knowledge->lessons) + 1;
    return at < s->knowledge->lesson_count ? &s->knowledge->lessons[at] : NULL;
}

static struct reply
next_lesson(struct player *self, struct session *s)
{
    self->lesson = s->lesson = lesson_behind(s, self->lesson);
    self->right = self->asked = 0;
    go_to(self, s, 0);
    return handled();
}

static struct reply
go_on(struct player *self, struct session *s)
{
    const struct lesson_step *step = step_of(self);
    if (!step)
        return lesson_behind(s, self->lesson) ? next_lesson(self, s) : closes();
    if (self->list.count && !self->seen) {
        self->top = self->answer; // nobody answers what was not shown
        self->follow = false;
        return handled();
    }
    if (self->list.count)
        return give(self, s, (int)self->list.at);
    if (step->kind == LESSON_TRY && !self->tried) {
        self->tried = true;
        return opens(session_tunnel(s) ? &screen_ladder : &screen_tunnels);
    }
    if (step->kind == LESSON_PREDICT && !self->tried) {
        self->tried = true;
        s->path_case = lesson_case(s->knowledge, step);
        return opens(&screen_path);
    }
    go_to(self, s, self->at + 1);
    remember(self, s);
    return handled();
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct player *self = state;
    const struct lesson_step *step = step_of(self);
    switch (what) {
    case ACT_GO:
        return go_on(self, s);
    case ACT_CHOOSE:
        return step ? give(self, s, s->key - sign_of(step)) : handled();
    case ACT_HINT:
        self->hint = true;
        self->top = self->text.count; // it stands at the end, which is shown
        self->follow = false;
        return handled();
    case ACT_LOG:
        s->source = 0;
        s->line = step->line_count ? step->lines[0].first : 0;
        return opens(&screen_log);
    case ACT_NEXT_LESSON:
        return next_lesson(self, s);
    case ACT_STEP_BACK:
        go_to(self, s, self->at - 1);
        return handled();
    case ACT_UP:
    case ACT_DOWN:
        if (!self->list.count || !self->seen)
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
    struct player *self = state;
    const struct lesson_step *step = step_of(self);
    if (what == ACT_CHOOSE && !self->list.count)
        return _("nothing is asked here");
    if (what == ACT_HINT && (!step || !step->hint.len))
        return _("this step has no hint");
    if (what == ACT_LOG && (!step || !step->log.len))
        return _("this step speaks of no log");
    if (what == ACT_STEP_BACK && self->at == 0)
        return _("this is the first step");
    if (what == ACT_NEXT_LESSON && !lesson_behind(s, self->lesson))
        return _("this is the last lesson");
    return NULL;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct player *self = state;
    const struct lesson_step *step = step_of(self);
    if (!step)
        buf_add(out, str_of(lesson_behind(s, self->lesson) ? _("Enter goes on with the next lesson")
                                                           : _("Enter goes back to the list of lessons")));
    else if (self->list.count && !self->seen)
        buf_add(out, str_of(_("Enter shows the answers")));
    else if (self->list.count)
        buf_addf(out, _("Enter answers %c"), sign_of(step) + (int)self->list.at);
    else if (step->kind == LESSON_TRY && !self->tried)
        buf_add(out, str_of(_("Enter opens this log in the walk; Esc there comes back here")));
    else if (step->kind == LESSON_PREDICT && !self->tried)
        buf_add(out, str_of(_("Enter shows it in the path view; Esc there comes back here")));
    else if (self->at + 1 < self->lesson->step_count)
        buf_add(out, str_of(_("Enter goes on")));
    else
        buf_add(out, str_of(_("Enter ends this lesson")));
}

static void
steps(void *state, struct session *s, struct steps *out)
{
    static const char *const names[LESSON_KINDS] = {
        [LESSON_READ] = N_("Read"),           [LESSON_GUESS] = N_("Guess"),
        [LESSON_ASK] = N_("Question"),        [LESSON_ANSWER] = N_("Answer"),
        [LESSON_TRY] = N_("Try it on a log"), [LESSON_PREDICT] = N_("Predict"),
    };
    const struct player *self = state;
    const struct lesson_step *step = step_of(self);
    bool used[LESSON_KINDS] = {false};
    (void)s;
    for (size_t i = 0; i < self->lesson->step_count; i++)
        used[self->lesson->steps[i].kind] = true;
    for (int k = 0; k < LESSON_KINDS; k++)
        if (used[k]) {
            if (step && (int)step->kind == k)
                out->here = out->count;
            out->name[out->count++] = _(names[k]);
        }
    if (!step)
        out->here = out->count - 1;
    size_t at = step ? self->at + 1 : self->at;
    snprintf(out->beside, sizeof out->beside, _("step %zu/%zu"), at, self->lesson->step_count);
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    const struct player *self = state;
    (void)s;
    buf_addf(out, "%d %.*s", self->lesson->number, STR_ARG(self->lesson->title));
}

const struct screen_ops screen_lesson = {
    .id = SCREEN_LESSON,
    .rail = RAIL_SOURCE,
    .help = N_("A lesson on a recorded log. Read, answer, and see what the diagnosis says; a wrong answer "
               "costs nothing "
               "and gets its own explanation."),
    .open = open_player,
    .close = close_player,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .why_not = why_not,
    .next = next,
    .crumb = crumb,
    .steps = steps,
    .news = news,
};
