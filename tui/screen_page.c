// A concept in half a page: a checkpoint, an exchange or a term, where it is written down, and the pages it
// leads to. Esc goes back the way that one came.
#include <stdlib.h>

#include "diag/teach.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { DEEP = 32 };

struct page_screen {
    struct list list;                // of the pages that it leads to
    const struct concept *way[DEEP]; // the pages that one came by, the last one is shown
    size_t deep;
    struct prose text;
    size_t top;
    int shown;
    bool follow;
};
LIST_BEGINS(struct page_screen);

static const struct concept *
shown(const struct page_screen *self)
{
    return self->way[self->deep - 1];
}

static void
turn(struct page_screen *self)
{
    self->list = (struct list){.count = shown(self)->see_count};
    self->top = 0;
    self->follow = false;
}

static void *
open_page(struct session *s)
{
    struct page_screen *self = mem_new(sizeof *self);
    self->way[self->deep++] = s->page;
    turn(self);
    return self;
}

static void
close_page(void *state)
{
    struct page_screen *self = state;
    prose_release(&self->text);
    free(self);
}

static void
fill(struct page_screen *self, const struct session *s, struct canvas *c, int w)
{
    const struct concept *page = shown(self);
    prose_clear(&self->text);
    prose_paragraphs(&self->text, c, w, page->text);
    prose_gap(&self->text);
    prose_addf(&self->text, c, w, 1, 1, LOOK_DIM, -1, _("Written in: %.*s"), STR_ARG(page->source));
    for (size_t i = 0; i < page->see_count; i++) {
        const struct concept *other = concept_named(s->knowledge, page->see[i]);
        prose_addf(&self->text, c, w, 3, 5, LOOK_PLAIN, (int)i, "%.*s", STR_ARG(other->title));
    }
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct page_screen *self = state;
    int w = a.w > 44 ? canvas_box_width(a) : a.w;
    c->own = true;
    fill(self, s, c, w - 3);
    struct area inside = canvas_box(c, a, w, (int)self->text.count + 2, shown(self)->title);
    self->shown = inside.h;
    prose_draw(&self->text, c, inside, self->list.count ? (int)self->list.at : -1, self->follow, &self->top);
    c->own = false;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct page_screen *self = state;
    switch (what) {
    case ACT_GO:
        if (self->list.count && self->deep < DEEP) {
            self->way[self->deep] = concept_named(s->knowledge, shown(self)->see[self->list.at]);
            self->deep++;
            turn(self);
        }
        return handled();
    case ACT_FIELD:
        if (self->follow && self->list.count)
            self->list.at = (self->list.at + 1) % self->list.count;
        self->follow = true;
        return handled();
    case ACT_BACK:
        if (self->deep == 1)
            return closes();
        self->deep--;
        turn(self);
        return handled();
    default:
        self->follow = false;
        return (struct reply){.handled = prose_move(&self->text, what, self->shown, &self->top)};
    }
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct page_screen *self = state;
    if (!self->list.count)
        buf_add(out, str_of(_("Esc closes this page")));
    else
        buf_addf(out, _("Enter opens: %.*s"),
                 STR_ARG(concept_named(s->knowledge, shown(self)->see[self->list.at])->title));
}

const struct screen_ops screen_page = {
    .id = SCREEN_PAGE,
    .overlay = true,
    .open = open_page,
    .close = close_page,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .next = next,
};
