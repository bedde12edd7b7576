// The start screen: where are the log lines?
#include <stdlib.h>

#include "diag/arena.h"
#include "tui/list.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

static const struct choice {
    const char *name, *about, *next;
    const struct screen_ops *screen;
} choices[] = {
    {N_("Open a log file"), N_("one file, or a rotated set (.1 .gz .xz .zst .bz2)"),
     N_("Enter lets you choose a file"), &screen_files},
    {N_("Paste text"), N_("out of a mail, ticket or web console"), N_("Enter waits for what you paste"),
     &screen_paste},
    {N_("A sample log"), N_("one per fault class, and healthy ones"), N_("Enter lists the sample logs"),
     &screen_samples},
    {N_("A lesson"), N_("guided walkthroughs with questions, and practice"), N_("Enter lists the lessons"),
     &screen_lessons},
};
enum { CHOICES = sizeof choices / sizeof *choices };

static void *
open_source(struct session *s)
{
    (void)s;
    struct list *l = mem_new(sizeof *l);
    l->count = CHOICES;
    return l;
}

static uint8_t
cell(void *self, size_t row, size_t column, struct buf *out)
{
    (void)self;
    buf_add(out, str_of(column ? _(choices[row].about) : _(choices[row].name)));
    return column ? LOOK_DIM : LOOK_PLAIN;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    (void)s;
    canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, str_of(_("Where are the log lines?")));
    const struct column columns[] = {{"", 10, 40, false, 0}, {"", 20, 80, false, 1}};
    list_table(state, c, (struct area){a.x, a.y + 1, a.w, CHOICES + 1}, columns, 2, cell, NULL);
    const char *promise = _("ikewalk only reads. It changes nothing on a gateway.");
    canvas_put(c, a.x + 1, a.y + a.h - 1, a.w - 2, LOOK_PLAIN, str_of(promise));
    if (s->progress.problem[0] && a.h > CHOICES + 4)
        canvas_put(c, a.x + 1, a.y + CHOICES + 3, a.w - 2, LOOK_FAILED, str_of(s->progress.problem));
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct list *l = state;
    (void)s;
    if (list_move(l, what))
        return (struct reply){.handled = true};
    if (what == ACT_GO)
        return (struct reply){.handled = true, .push = choices[l->at].screen};
    return (struct reply){0};
}

static bool
mark(void *state, struct session *s, int item)
{
    (void)s;
    return list_mark(state, item);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct list *l = state;
    (void)s;
    buf_add(out, str_of(_(choices[l->at].next)));
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    (void)state;
    buf_add(out, s->title.len ? buf_str(&s->title) : str_of(_("Source")));
}

const struct screen_ops screen_source = {
    .id = SCREEN_SOURCE,
    .rail = RAIL_SOURCE,
    .help =
        N_("Choose where the log lines are. ikewalk reads them, finds the tunnels in them, and walks you to "
           "the checkpoint where a tunnel is stuck. Enter goes on, Esc goes back."),
    .open = open_source,
    .close = free,
    .draw = draw,
    .act = act,
    .mark = mark,
    .next = next,
    .crumb = crumb,
};
