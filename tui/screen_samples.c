// The sample logs inside the program: those cases of the packs that say they are samples.
#include <stdlib.h>

#include "diag/arena.h"
#include "tui/list.h"
#include "tui/sample.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { NARROW = 60 }; // then the title alone: it says where it is stuck as well

struct samples {
    struct list list;
};
LIST_BEGINS(struct samples);

// The n-th sample, NULL behind the last.
static const struct rule_case *
sample(const struct session *s, size_t n)
{
    for (size_t i = 0; s->knowledge && i < s->knowledge->case_count; i++)
        if (s->knowledge->cases[i].sample && s->knowledge->cases[i].log.len && n-- == 0)
            return &s->knowledge->cases[i];
    return NULL;
}

static void *
open_samples(struct session *s)
{
    struct samples *self = mem_new(sizeof *self);
    while (sample(s, self->list.count))
        self->list.count++;
    return self;
}

static void
news(void *state, struct session *s)
{
    struct samples *self = state;
    self->list.count = 0;
    while (sample(s, self->list.count))
        self->list.count++;
}

static uint8_t
cell(void *self, size_t row, size_t column, struct buf *out)
{
    struct session *s = self;
    const struct rule_case *one = sample(s, row);
    if (column == 0) {
        buf_add(out, one->title.len ? one->title : one->id);
        return LOOK_PLAIN;
    }
    int checkpoint = word_index(checkpoint_word, CP_COUNT, one->checkpoint);
    buf_add(out, checkpoint < 0 ? str_of(_("healthy")) : s->knowledge->checkpoint[checkpoint].title);
    return LOOK_DIM;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct samples *self = state;
    const struct column columns[] = {{_("Sample log"), 16, 100, COLUMN_WORDS, 0},
                                     {_("Stuck at"), 10, 20, COLUMN_WORDS, 1}};
    if (self->list.count) {
        list_table(&self->list, c, a, columns, a.w < NARROW ? 1 : 2, cell, s);
        return;
    }
    const char *why = s->progress.problem[0] ? s->progress.problem
                      : s->progress.loading  ? _("Reading the knowledge ...")
                                             : _("This build holds no sample logs. Esc goes back.");
    canvas_put(c, a.x + 1, a.y + 1, a.w - 2, LOOK_PLAIN, str_of(why));
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct samples *self = state;
    if (list_move(&self->list, what))
        return handled();
    if (what != ACT_GO)
        return (struct reply){0};
    const struct rule_case *one = sample(s, self->list.at);
    if (!one)
        return handled();
    struct opening *o = opening_new(one->log, 1);
    o->parts[0] = arena_strf(&o->arena, SAMPLE_MARK "%.*s", STR_ARG(one->log)).at;
    session_open(s, o);
    return opens(&screen_tunnels);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    struct samples *self = state;
    (void)s;
    buf_add(out, str_of(self->list.count ? _("Enter reads this sample log") : _("Esc goes back")));
}

const struct screen_ops screen_samples = {
    .id = SCREEN_SAMPLES,
    .name = N_("Sample logs"),
    .rail = RAIL_SOURCE,
    .help = N_("Logs of real gateways, recorded for practice: each shows one fault, or none."),
    .open = open_samples,
    .close = free,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .next = next,
    .news = news,
};
