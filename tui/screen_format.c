// Which format the log is in, over the tunnels: for a log whose lines do not show it, or name an unknown
// daemon.
#include <stdlib.h>

#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

struct formats {
    struct list list; // 0: as the lines show it; then the dialects
    struct prose text;
    size_t top;
};
LIST_BEGINS(struct formats);

static void *
open_formats(struct session *s)
{
    struct formats *self = mem_new(sizeof *self);
    const struct knowledge *k = s->knowledge;
    self->list.count = k ? k->dialect_count + 1 : 0;
    for (size_t i = 0; k && i < k->dialect_count; i++)
        if (str_eq(k->dialects[i].id, str_of(s->opened ? s->opened->format : NULL)))
            self->list.at = i + 1;
    return self;
}

static void
close_formats(void *state)
{
    struct formats *self = state;
    prose_release(&self->text);
    free(self);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct formats *self = state;
    int w = canvas_box_width(a);
    prose_clear(&self->text);
    prose_add(&self->text, c, w - 4, 1, 1, LOOK_PLAIN, -1, str_of(_("Read this log as")));
    prose_add(&self->text, c, w - 4, 3, 5, LOOK_PLAIN, 0, str_of(_("what each line shows (usual)")));
    for (size_t i = 0; i + 1 < self->list.count; i++)
        prose_add(&self->text, c, w - 4, 3, 5, LOOK_PLAIN, (int)i + 1, s->knowledge->dialects[i].title);
    struct area inside = canvas_box(c, a, w, (int)self->text.count + 2, str_of(_("Format")));
    self->list.shown = (size_t)inside.h;
    prose_draw(&self->text, c, inside, (int)self->list.at, true, &self->top);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct formats *self = state;
    if (what != ACT_GO)
        return (struct reply){.handled = list_move(&self->list, what)};
    if (s->opened && self->list.count) {
        struct opening *o = opening_copy(s->opened);
        o->format =
            self->list.at ? arena_str(&o->arena, s->knowledge->dialects[self->list.at - 1].id).at : NULL;
        session_open(s, o);
    }
    return closes();
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    (void)state, (void)s;
    return what == ACT_COPY ? _("there is nothing to copy here") : NULL;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct formats *self = state;
    (void)s;
    buf_add(out, str_of(self->list.at ? _("Enter reads the log anew, every line as this format")
                                      : _("Enter reads the log anew, each line as it shows")));
}

const struct screen_ops screen_format = {
    .id = SCREEN_ASK,
    .overlay = true,
    .open = open_formats,
    .close = close_formats,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .mark = list_click,
    .next = next,
};
