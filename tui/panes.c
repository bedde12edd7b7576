#include "tui/panes.h"

#include "tui/theme.h"

// From this size on; the width of the left one.
enum { LEAST_WIDTH = 110, LEAST_HEIGHT = 34, LEAST_HIGH = 14, LEFT = 46, LADDER = 1, FINDING = 2 };

static const struct screen_ops *const screens[PANES] = {&screen_tunnels, &screen_ladder, &screen_finding};

int
panes_index(const struct screen_ops *ops)
{
    for (int i = 0; i < PANES; i++)
        if (screens[i] == ops)
            return i;
    return -1;
}

enum rail
panes_rail(int pane)
{
    return screens[pane]->rail;
}

bool
panes_fit(const struct canvas *c, const struct screen_ops *ops, const struct session *s)
{
    return c->w >= LEAST_WIDTH && c->h >= LEAST_HEIGHT && panes_index(ops) >= 0 && s->view &&
           s->view->row_count;
}

static void
drop(struct panes *p, int pane)
{
    struct layer *layer = &p->preview[pane];
    if (layer->ops)
        layer->ops->close(layer->state);
    *layer = (struct layer){0};
}

void
panes_drop(struct panes *p)
{
    for (int i = 0; i < PANES; i++)
        drop(p, i);
}

void
panes_news(struct panes *p, struct session *s)
{
    for (int i = 0; i < PANES; i++)
        if (p->preview[i].ops && p->preview[i].ops->news)
            p->preview[i].ops->news(p->preview[i].state, s);
}

// The open screen of a pane, NULL when it is not open.
static const struct layer *
open_screen(const struct layer *stack, size_t depth, int pane)
{
    for (size_t i = 0; i < depth; i++)
        if (stack[i].ops == screens[pane])
            return &stack[i];
    return NULL;
}

static const struct layer *
shown(struct panes *p, struct session *s, const struct layer *stack, size_t depth, int pane)
{
    const struct layer *opened = open_screen(stack, depth, pane);
    struct layer *preview = &p->preview[pane];
    if (opened)
        return opened;
    if (!preview->ops)
        *preview = (struct layer){screens[pane], screens[pane]->open(s)};
    return preview;
}

// Another mark, another preview.
static void
renew(struct panes *p, struct session *s, const struct layer *stack, size_t depth)
{
    if (p->tunnel != s->tunnel || p->attempt != s->attempt)
        panes_drop(p);
    const struct layer *ladder = shown(p, s, stack, depth, LADDER);
    if (!open_screen(stack, depth, FINDING))
        ladder->ops->look(ladder->state, s);
    if (p->rule != s->rule || p->checkpoint != s->checkpoint)
        drop(p, FINDING);
    p->tunnel = s->tunnel;
    p->attempt = s->attempt;
    p->rule = s->rule;
    p->checkpoint = s->checkpoint;
}

void
panes_draw(struct panes *p, struct session *s, const struct layer *stack, size_t depth, struct canvas *c,
           struct area inside, const struct screen_ops *focus)
{
    int high = inside.h * 48 / 100, right = LEFT + 1;
    high = high < LEAST_HIGH ? LEAST_HIGH : high;
    const struct area areas[PANES] = {
        {0, inside.y, LEFT, high},
        {right, inside.y, c->w - right, high},
        {0, inside.y + high + 1, c->w, inside.h - high - 1},
    };
    renew(p, s, stack, depth);
    canvas_fill(c, (struct area){LEFT, inside.y, 1, high}, LOOK_DIM, '|');
    canvas_fill(c, (struct area){0, inside.y + high, c->w, 1}, LOOK_DIM, '-');
    for (int i = 0; i < PANES; i++) {
        const struct layer *layer = shown(p, s, stack, depth, i);
        c->aside = layer->ops != focus;
        c->pane = i;
        layer->ops->draw(layer->state, s, c, areas[i]);
    }
    c->aside = false;
    c->pane = -1;
}
