// The list of lessons with how far each was played, and practice below them.
#include <stdlib.h>

#include "diag/teach.h"
#include "tui/learned.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { NARROW = 60 }; // then no column says how far a lesson was played: the titles begin alike

struct lessons {
    struct list list; // the last row is practice
    struct learned learned;
    unsigned learned_then; // session.learned
};
LIST_BEGINS(struct lessons);

static size_t
lesson_count(const struct session *s)
{
    return s->knowledge ? s->knowledge->lesson_count : 0;
}

// Reads what was learned, anew whenever the list is shown again.
static void
look_up(struct lessons *self, struct session *s)
{
    struct err e = {0};
    learned_release(&self->learned);
    if (!learned_read(&self->learned, &e))
        session_notice(s, "%s", e.text);
    self->learned_then = s->learned;
}

static void *
open_lessons(struct session *s)
{
    struct lessons *self = mem_new(sizeof *self);
    look_up(self, s);
    // The first lesson that was not played to its end.
    for (size_t i = 0; i < lesson_count(s); i++) {
        const struct lesson_mark *mark = learned_of(&self->learned, s->knowledge->lessons[i].id);
        if (!mark || !mark->done) {
            self->list.at = i;
            break;
        }
    }
    self->list.count = lesson_count(s) + 1;
    return self;
}

static void
close_lessons(void *state)
{
    struct lessons *self = state;
    learned_release(&self->learned);
    free(self);
}

static void
news(void *state, struct session *s)
{
    struct lessons *self = state;
    self->list.count = lesson_count(s) + 1;
}

struct shown {
    const struct lessons *self;
    const struct session *s;
};

static void
say_practice(const struct lessons *self, struct buf *out)
{
    unsigned right = 0, asked = 0;
    for (size_t c = 0; c <= CP_COUNT; c++) {
        right += self->learned.practice[c].right;
        asked += self->learned.practice[c].asked;
    }
    if (asked)
        buf_addf(out, _("%u of %u right"), right, asked);
}

static uint8_t
cell(void *context, size_t row, size_t column, struct buf *out)
{
    const struct shown *shown = context;
    if (row == lesson_count(shown->s)) {
        if (column == 1)
            buf_add(out, str_of(_("Practice: a recorded fault that you have not seen")));
        else if (column == 2)
            say_practice(shown->self, out);
        return LOOK_STRONG;
    }
    const struct lesson *l = &shown->s->knowledge->lessons[row];
    const struct lesson_mark *mark = learned_of(&shown->self->learned, l->id);
    if (column == 0)
        buf_addf(out, "%d", l->number);
    else if (column == 1)
        buf_add(out, l->title);
    else if (mark && mark->done && mark->asked)
        buf_addf(out, _("done, %u of %u"), mark->right, mark->asked);
    else if (mark && mark->done)
        buf_add(out, str_of(_("done")));
    else if (mark)
        buf_addf(out, _("step %u of %zu"), mark->step + 1, l->step_count);
    return column == 2 ? LOOK_DIM : LOOK_PLAIN;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct lessons *self = state;
    if (self->learned_then != s->learned) { // back from a lesson
        look_up(self, s);
        if (s->lesson)
            self->list.at = (size_t)(s->lesson - s->knowledge->lessons);
    }
    const struct column columns[] = {{"", 2, 3, COLUMN_NUMBER, 0},
                                     {_("Lesson"), 20, 100, COLUMN_WORDS, 0},
                                     {_("Played"), 8, 20, COLUMN_WORDS, 1}};
    struct shown shown = {self, s};
    bool about = a.h > 10 && self->list.at < lesson_count(s);
    list_table(&self->list, c, (struct area){a.x, a.y, a.w, a.h - (about ? 3 : 0)}, columns,
               a.w < NARROW ? 2 : 3, cell, &shown);
    if (!about)
        return;
    struct prose text = {0};
    prose_add(&text, c, a.w - 1, 1, 1, LOOK_DIM, -1, s->knowledge->lessons[self->list.at].about);
    prose_put(&text, c, (struct area){a.x, a.y + a.h - 3, a.w, 3});
    prose_release(&text);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct lessons *self = state;
    if (list_move(&self->list, what))
        return handled();
    if (what != ACT_GO)
        return (struct reply){0};
    bool practice = self->list.at >= lesson_count(s);
    if (practice && !s->knowledge)
        return handled();
    s->lesson = practice ? NULL : &s->knowledge->lessons[self->list.at];
    return opens(practice ? &screen_practice : &screen_lesson);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct lessons *self = state;
    if (self->list.at >= lesson_count(s)) {
        buf_add(out, str_of(_("Enter draws a fault for you to place")));
        return;
    }
    const struct lesson *l = &s->knowledge->lessons[self->list.at];
    const struct lesson_mark *left = learned_of(&self->learned, l->id);
    if (left && !left->done && left->step)
        buf_addf(out, _("Enter goes on with lesson %d at step %u"), l->number, left->step + 1);
    else
        buf_addf(out, _("Enter plays %d: %.*s"), l->number, STR_ARG(l->title));
}

const struct screen_ops screen_lessons = {
    .id = SCREEN_LESSONS,
    .name = N_("Lessons"),
    .rail = RAIL_SOURCE,
    .help = N_("Lessons on recorded logs, from the healthy case to the traps. Practice draws a fault that "
               "you have not seen, and draws what you are weak in more often."),
    .open = open_lessons,
    .close = close_lessons,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .next = next,
    .news = news,
};
