#include "tui/app.h"

#include <stdlib.h>

#include "tui/frame.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { DEEPEST = 12 };

struct layer {
    const struct screen_ops *ops;
    void *state;
};

struct app {
    struct session session;
    struct layer stack[DEEPEST];
    size_t depth;
};

static struct layer *
top(struct app *a)
{
    return &a->stack[a->depth - 1];
}

static void
push(struct app *a, const struct screen_ops *ops)
{
    if (a->depth == DEEPEST)
        return;
    struct layer *layer = &a->stack[a->depth++];
    *layer = (struct layer){ops, NULL};
    layer->state = ops->open(&a->session);
}

static void
pop(struct app *a)
{
    struct layer *layer = top(a);
    layer->ops->close(layer->state);
    a->depth--;
}

struct app *
app_new(struct desk desk)
{
    struct app *a = mem_new(sizeof *a);
    session_init(&a->session, desk);
    push(a, &screen_source);
    return a;
}

void
app_free(struct app *a)
{
    if (!a)
        return;
    while (a->depth)
        pop(a);
    session_release(&a->session);
    free(a);
}

// The step of the rail that is shown: the log stands beside it.
static enum rail
rail_of(const struct app *a)
{
    for (size_t i = a->depth; i-- > 0;)
        if (!a->stack[i].ops->overlay && a->stack[i].ops->rail < RAIL_COUNT)
            return a->stack[i].ops->rail;
    return RAIL_SOURCE;
}

// Back to the lowest screen of a step of the rail that is open.
static void
to_rail(struct app *a, int rail)
{
    size_t depth = 1;
    while (depth < a->depth && (int)a->stack[depth - 1].ops->rail != rail)
        depth++;
    if ((int)a->stack[depth - 1].ops->rail != rail)
        return;
    while (a->depth > depth)
        pop(a);
}

void
app_open(struct app *a, struct opening *o)
{
    session_open(&a->session, o);
    push(a, &screen_tunnels);
}

static bool run(struct app *a, enum act act);

// Carries out what a screen answered.
static bool
follow(struct app *a, struct reply reply, enum act act)
{
    if (reply.quit)
        return false;
    if (reply.pop) {
        pop(a);
        if (a->depth == 0)
            return false;
    }
    if (reply.below)
        return run(a, reply.below);
    if (reply.push)
        push(a, reply.push);
    if (reply.handled)
        return true;
    switch (act) {
    case ACT_QUIT:
        return false;
    case ACT_BACK:
        if (a->depth > 1)
            pop(a);
        else
            push(a, &screen_leave);
        return true;
    case ACT_HELP:
        a->session.helped = top(a)->ops;
        push(a, &screen_help);
        return true;
    default:
        return true;
    }
}

static bool
run(struct app *a, enum act act)
{
    struct layer *layer = top(a);
    return follow(a, layer->ops->act(layer->state, &a->session, act), act);
}

// Gives the entry of the top screen a key; true when one is open there and took it.
static bool
typed(struct app *a, struct key key)
{
    struct layer *layer = top(a);
    struct entry *entry = layer->ops->entry ? layer->ops->entry(layer->state) : NULL;
    if (!entry)
        return false;
    if (key.pasted || (key.code >= ' ' && key.code < K_UP && key.code != K_BACKSPACE)) {
        entry_add(entry, key.code);
        return true;
    }
    const struct action *action = action_find(SCREEN_ENTRY, key.code);
    if (key.code == K_BACKSPACE)
        entry_shorten(entry);
    else if (action && action->id == ACT_ALL)
        buf_clear(&entry->text);
    else if (action && action->id == ACT_GO)
        follow(a, layer->ops->entered(layer->state, &a->session), ACT_NONE);
    else if (action && action->id == ACT_BACK)
        layer->ops->act(layer->state, &a->session, ACT_BACK);
    return true;
}

static bool
answer(struct app *a, struct key key)
{
    if (typed(a, key) || key.pasted)
        return true;
    buf_clear(&a->session.notice);
    const struct action *action = action_find(top(a)->ops->id, key.code);
    if (action && action->id == ACT_STEP)
        to_rail(a, key.code - '1');
    else if (action)
        return run(a, action->id);
    return true;
}

bool
app_key(struct app *a, struct key key)
{
    if (!answer(a, key))
        return false;
    if (rail_of(a) == RAIL_SOURCE)
        session_close(&a->session);
    return true;
}

bool
app_news(struct app *a)
{
    if (!session_news(&a->session))
        return false;
    for (size_t i = 0; i < a->depth; i++)
        if (a->stack[i].ops->news)
            a->stack[i].ops->news(a->stack[i].state, &a->session);
    return true;
}

// What stands in the place of the Next: sentence: the text being typed, a notice, or what Enter does.
static void
last_sentence(struct app *a, struct buf *out)
{
    struct layer *layer = top(a);
    const struct entry *entry = layer->ops->entry ? layer->ops->entry(layer->state) : NULL;
    if (entry) {
        buf_addf(out, "%s: ", _(entry->prompt));
        buf_add(out, buf_str(&entry->text));
    } else if (a->session.notice.len) {
        buf_add(out, buf_str(&a->session.notice));
    } else {
        buf_add(out, str_of(_("Next: ")));
        layer->ops->next(layer->state, &a->session, out);
    }
}

static void
breadcrumb(struct app *a, struct buf *out)
{
    for (size_t i = 0; i < a->depth; i++) {
        const struct screen_ops *ops = a->stack[i].ops;
        bool passed_by = ops->rail == RAIL_TUNNELS && i + 1 < a->depth && !a->stack[i + 1].ops->overlay;
        size_t before = out->len;
        if (!ops->crumb || passed_by) // the name of the tunnel says enough
            continue;
        buf_add(out, before ? STR(" > ") : STR(""));
        size_t named = out->len;
        ops->crumb(a->stack[i].state, &a->session, out);
        if (out->len == named)
            out->len = before;
    }
}

void
app_draw(struct app *a, struct canvas *c)
{
    struct buf crumb = {0}, beside = {0}, next = {0};
    size_t base = a->depth - 1;
    while (base > 0 && a->stack[base].ops->overlay)
        base--;
    struct area inside = frame_inside(c);
    for (size_t i = base; inside.h > 0 && i < a->depth; i++)
        a->stack[i].ops->draw(a->stack[i].state, &a->session, c, inside);
    // Behind the screens: what Enter does may depend on what is seen.
    breadcrumb(a, &crumb);
    session_progress(&a->session, &beside);
    last_sentence(a, &next);
    struct layer *layer = top(a);
    bool typing = layer->ops->entry && layer->ops->entry(layer->state);
    frame_draw(c, &(struct frame){.screen = typing ? SCREEN_ENTRY : layer->ops->id,
                                  .rail = rail_of(a),
                                  .crumb = buf_str(&crumb),
                                  .beside = buf_str(&beside),
                                  .next = buf_str(&next)});
    if (typing && inside.h > 0)
        canvas_cursor(c, 1 + canvas_columns(c, buf_str(&next)), c->h - 2);
    buf_release(&crumb);
    buf_release(&beside);
    buf_release(&next);
}
