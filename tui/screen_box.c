// What stands over another screen in a box: a text, or the question whether to leave.
#include <stdlib.h>
#include <string.h>

#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

struct box {
    struct list list; // of answers
    struct prose text;
    size_t top;
    int shown;
};
LIST_BEGINS(struct box);

static void *
open_box(struct session *s)
{
    (void)s;
    struct box *self = mem_new(sizeof *self);
    return self;
}

static void
close_box(void *state)
{
    struct box *self = state;
    prose_release(&self->text);
    free(self);
}

static void
draw_box(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct box *self = state;
    int w = canvas_box_width(a);
    prose_clear(&self->text);
    for (struct str rest = buf_str(&s->box_text); rest.len;) {
        struct str line = {rest.at, str_find(rest, STR("\n"))};
        bool item = line.len && strchr("- *", line.at[0]); // of a list: hangs behind its sign
        prose_add(&self->text, c, w - 4, 1, item ? 3 : 1, LOOK_PLAIN, -1, line);
        rest = str_from(rest, line.len + 1);
    }
    struct area inside = canvas_box(c, a, w, (int)self->text.count + 2, buf_str(&s->box_title));
    self->shown = inside.h;
    prose_draw(&self->text, c, inside, -1, false, &self->top);
    canvas_cursor(c, inside.x, inside.y);
}

static struct reply
act_box(void *state, struct session *s, enum act what)
{
    struct box *self = state;
    (void)s;
    if (what == ACT_GO)
        return closes();
    return (struct reply){.handled = prose_move(&self->text, what, self->shown, &self->top)};
}

static void
next_box(void *state, struct session *s, struct buf *out)
{
    (void)state;
    (void)s;
    buf_add(out, str_of(_("Enter closes this box")));
}

static void *
open_leave(struct session *s)
{
    struct box *self = open_box(s);
    self->list.count = 2;
    return self;
}

static void
draw_leave(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct box *self = state;
    int w = canvas_box_width(a);
    (void)s;
    prose_clear(&self->text);
    prose_add(&self->text, c, w - 4, 1, 1, LOOK_PLAIN, -1, str_of(_("Leave ikewalk?")));
    prose_gap(&self->text);
    prose_add(&self->text, c, w - 4, 3, 3, LOOK_PLAIN, 0, str_of(_("No, stay")));
    prose_add(&self->text, c, w - 4, 3, 3, LOOK_PLAIN, 1, str_of(_("Yes, leave")));
    struct area inside = canvas_box(c, a, w, (int)self->text.count + 2, str_of(_("Question")));
    prose_draw(&self->text, c, inside, (int)self->list.at, true, &self->top);
}

static struct reply
act_leave(void *state, struct session *s, enum act what)
{
    struct box *self = state;
    (void)s;
    if (what == ACT_GO)
        return (struct reply){.handled = true, .pop = self->list.at == 0, .quit = self->list.at == 1};
    return (struct reply){.handled = list_move(&self->list, what)};
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct box *self = state;
    (void)s;
    if (what == ACT_COPY)
        return _("there is nothing to copy here");
    bool whole = !self->list.count && (int)self->text.count <= self->shown;
    return whole && what == ACT_DOWN ? _("everything is seen already") : NULL;
}

static void
next_leave(void *state, struct session *s, struct buf *out)
{
    const struct box *self = state;
    (void)s;
    buf_add(out, str_of(self->list.at ? _("Enter leaves ikewalk") : _("Enter stays here")));
}

const struct screen_ops screen_box = {
    .id = SCREEN_BOX,
    .overlay = true,
    .open = open_box,
    .close = close_box,
    .draw = draw_box,
    .act = act_box,
    .why_not = why_not,
    .next = next_box,
};

const struct screen_ops screen_leave = {
    .id = SCREEN_ASK,
    .overlay = true,
    .open = open_leave,
    .close = close_box,
    .draw = draw_leave,
    .act = act_leave,
    .why_not = why_not,
    .mark = list_click,
    .next = next_leave,
};
