#include "tui/app.h"

#include <stdlib.h>

#include "diag/teach.h"
#include "remote/secret.h"
#include "tui/frame.h"
#include "tui/pages.h"
#include "tui/panes.h"
#include "tui/words.h"

enum { DEEPEST = 12, WHEEL_ROWS = 3 };

struct app {
    struct session session;
    struct layer stack[DEEPEST];
    size_t depth;
    struct panes panes;
    struct target *targets; // of the last picture, for the mouse
    size_t target_count;
    enum act refused;   // what the notice says is not possible
    bool small;         // the window: nothing is seen of the screens
    const char *lesson; // to be opened once the knowledge is read; NULL: none
};

static struct layer *
top(struct app *a)
{
    return &a->stack[a->depth - 1];
}

// The line that is typed on a screen, NULL when none is.
static struct entry *
entry_of(const struct layer *layer)
{
    struct entry *e = layer->ops->entry ? (struct entry *)((char *)layer->state + layer->ops->entry) : NULL;
    return e && e->typing ? e : NULL;
}

static void
push(struct app *a, const struct screen_ops *ops)
{
    if (a->depth == DEEPEST)
        return;
    panes_drop(&a->panes);
    if (a->depth && ops->overlay && !top(a)->ops->overlay) {
        if (top(a)->ops->look) // the help has pages on what is marked
            top(a)->ops->look(top(a)->state, &a->session);
        a->session.helped = top(a)->ops;
        a->session.helped_state = top(a)->state;
    }
    if (!ops->overlay)
        a->session.reached |= 1u << ops->rail;
    struct layer *layer = &a->stack[a->depth++];
    *layer = (struct layer){ops, NULL};
    layer->state = ops->open(&a->session);
    if (ops == &screen_tunnels && a->session.both_next) {
        a->session.both_next = false;
        push(a, &screen_ladder);
        push(a, &screen_both);
    }
}

static void
pop(struct app *a)
{
    struct layer *layer = top(a);
    panes_drop(&a->panes);
    layer->ops->close(layer->state);
    a->depth--;
    a->session.reached = 0;
    for (size_t i = 0; i < a->depth; i++)
        if (!a->stack[i].ops->overlay)
            a->session.reached |= 1u << a->stack[i].ops->rail;
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
    free(a->targets);
    free(a);
}

void
app_setup(struct app *a, bool redacted, bool mouse, bool can_paste)
{
    session_redact(&a->session, redacted);
    a->session.mouse = mouse;
    a->session.can_paste = can_paste;
}

bool
app_mouse(const struct app *a)
{
    return a->session.mouse;
}

void
app_notice(struct app *a, const char *sentence)
{
    session_notice(&a->session, "%s", sentence);
}

// The step of the rail that is shown: the log stands beside it, and choosing the log of the other end is no
// way back to the source.
static enum rail
rail_of(const struct app *a)
{
    for (size_t i = a->depth; i-- > 0;) {
        enum rail rail = a->stack[i].ops->rail;
        if (!a->stack[i].ops->overlay && rail < RAIL_COUNT && !(a->session.adding && rail == RAIL_SOURCE))
            return rail;
    }
    return RAIL_SOURCE;
}

// Where on the stack the lowest screen of a step of the rail is open; depth where it is not.
static size_t
rail_depth(const struct app *a, int rail)
{
    for (size_t i = 0; i < a->depth; i++)
        if (!a->stack[i].ops->overlay && (int)a->stack[i].ops->rail == rail)
            return i;
    return a->depth;
}

// The steps that the rail shows; true when a screen fills in its own.
static bool
steps_of(struct app *a, struct steps *steps)
{
    static const char *const walk[RAIL_COUNT] = {
        [RAIL_SOURCE] = N_("Source"),   [RAIL_TUNNELS] = N_("Tunnels"),  [RAIL_LADDER] = N_("Ladder"),
        [RAIL_FINDING] = N_("Finding"), [RAIL_RECHECK] = N_("Re-check"),
    };
    size_t i = a->depth - 1;
    while (i > 0 && (a->stack[i].ops->overlay || a->stack[i].ops->rail == RAIL_COUNT))
        i--;
    *steps = (struct steps){0};
    if (a->stack[i].ops->steps) {
        a->stack[i].ops->steps(a->stack[i].state, &a->session, steps);
        return true;
    }
    for (int n = 0; n < RAIL_COUNT; n++)
        steps->name[steps->count++] = _(walk[n]);
    steps->here = (int)rail_of(a);
    return false;
}

static void
to_depth(struct app *a, size_t depth)
{
    while (a->depth > depth)
        pop(a);
}

void
app_open(struct app *a, struct opening *o)
{
    const struct screen_ops *first = opening_is_gateway(o) ? &screen_gateway : &screen_tunnels;
    session_open(&a->session, o);
    push(a, first);
}

void
app_open_folder(struct app *a, const char *path)
{
    a->session.begin_at = path;
    push(a, &screen_files);
}

void
app_open_lesson(struct app *a, const char *name, const char *practice)
{
    a->session.practice = practice;
    a->lesson = *name ? name : NULL;
    push(a, &screen_lessons);
}

// The lesson that was asked for at the start, now that there is knowledge to play it from.
static void
play_lesson(struct app *a)
{
    if (!a->lesson || !a->session.knowledge)
        return;
    a->session.lesson = lesson_named(a->session.knowledge, str_of(a->lesson));
    push(a, a->session.lesson ? &screen_lesson : &screen_practice);
    a->lesson = NULL;
}

static bool run(struct app *a, enum act act);

// Gives the keys to a pane: those to the right of it are only shown, those to the left of it stay open.
static void
focus_pane(struct app *a, int pane)
{
    if (pane < panes_index(top(a)->ops))
        to_depth(a, rail_depth(a, (int)panes_rail(pane)) + 1);
    for (int at = panes_index(top(a)->ops); at >= 0 && at < pane && run(a, ACT_GO);) {
        int now = panes_index(top(a)->ops);
        if (now == at)
            return;
        at = now;
    }
}

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
    if (reply.to)
        to_depth(a, rail_depth(a, reply.to - 1) + 1);
    if (a->session.added) {
        // The picker and the walk of before make way for the tunnels anew, which have both ends now.
        a->session.added = false;
        to_depth(a, rail_depth(a, RAIL_TUNNELS));
    }
    // Two screens that lead to each other do not pile up.
    if (reply.push && !reply.push->overlay && a->depth > 1 && a->stack[a->depth - 2].ops == reply.push)
        pop(a);
    else if (reply.push)
        push(a, reply.push);
    if (reply.handled)
        return true;
    switch (act) {
    case ACT_QUIT:
        if (top(a)->ops == &screen_leave || !session_pulls(&a->session))
            return false;
        push(a, &screen_leave);
        return true;
    case ACT_BACK:
        if (a->depth > 1)
            pop(a);
        else
            push(a, &screen_leave);
        return true;
    case ACT_EXPORT:
        a->session.export_all = rail_of(a) <= RAIL_TUNNELS;
        a->session.export_sample = a->session.view && !a->session.view->row_count;
        push(a, &screen_export);
        return true;
    case ACT_FOLLOW:
    case ACT_REDACT:
    case ACT_MOUSE:
        session_toggle(&a->session, act);
        return true;
    case ACT_HELP:
        push(a, &screen_help);
        return true;
    case ACT_PALETTE:
        push(a, &screen_palette);
        return true;
    case ACT_CONCEPT:
        if (top(a)->ops->look) // the page is about what is marked
            top(a)->ops->look(top(a)->state, &a->session);
        a->session.page = pages_first(&a->session);
        if (a->session.page)
            push(a, &screen_page);
        else
            session_notice(&a->session, "%s", _("There is no page on this"));
        return true;
    case ACT_PANE:
        focus_pane(a, (panes_index(top(a)->ops) + 1) % PANES);
        return true;
    default:
        return true;
    }
}

const char *
screen_why_not(const struct screen_ops *ops, void *state, struct session *s, enum act act)
{
    unsigned step = (unsigned)act - ACT_STEP_1;
    if (step < RAIL_COUNT && !(s->reached & 1u << step))
        return _("this step has not been reached yet");
    if (act == ACT_PANE && !s->wide)
        return _("panes need a window of 110 columns and 34 rows");
    if (s->progress.newest &&
        (act == ACT_LOG || act == ACT_EVIDENCE || act == ACT_EVIDENCE_BACK || act == ACT_RECHECK))
        return _("reading has not come to the end, where these lines are");
    if (act == ACT_FOLLOW && !s->following && !session_grows(s))
        return _("nothing can be added to this log");
    return ops->why_not ? ops->why_not(state, s, act) : NULL;
}

static bool
run(struct app *a, enum act act)
{
    struct layer *layer = top(a);
    const char *reason = screen_why_not(layer->ops, layer->state, &a->session, act);
    if (reason) {
        session_notice(&a->session, _("Not possible now: %s"), reason);
        a->refused = act;
        return true;
    }
    if (act >= ACT_STEP_1 && act < ACT_STEP_1 + RAIL_COUNT) {
        size_t depth = rail_depth(a, (int)act - ACT_STEP_1) + 1;
        if (depth == a->depth)
            session_notice(&a->session, "%s", _("This is that step"));
        to_depth(a, depth);
        return true;
    }
    return follow(a, layer->ops->act(layer->state, &a->session, act), act);
}

// Gives the entry of the top screen a key; false when the user leaves.
static bool
type(struct app *a, struct entry *entry, struct key key)
{
    struct layer *layer = top(a);
    buf_clear(&a->session.notice);
    if (key.pasted || (key.code >= ' ' && key.code < K_UP && key.code != K_BACKSPACE)) {
        if (!entry_add(entry, key.code))
            session_notice(&a->session, _("No more fits in: this field holds %d bytes"),
                           entry->secret ? SECRET_MOST : ENTRY_MOST);
        return true;
    }
    if (key.code == K_BACKSPACE)
        entry_shorten(entry);
    const struct action *action = action_find(SCREEN_ENTRY, key.code);
    if (!action)
        return true;
    switch (action->id) {
    case ACT_ALL:
        entry_clear(entry);
        return true;
    case ACT_GO:
        return follow(a, layer->ops->entered(layer->state, &a->session), ACT_NONE);
    default:
        return follow(a, layer->ops->act(layer->state, &a->session, action->id), ACT_NONE);
    }
}

static bool click(struct app *a, struct key key);

static bool
answer(struct app *a, struct key key)
{
    struct layer *layer = top(a);
    bool mouse = key.code >= K_CLICK;
    if (a->small && !key.pasted) // no key acts unseen; the message offers this one
        return key.code != 'q';
    struct entry *entry = entry_of(layer);
    if (entry && !mouse)
        return type(a, entry, key);
    if (key.pasted) {
        if (layer->ops->pasted)
            layer->ops->pasted(layer->state, &a->session, key);
        else
            session_notice(&a->session, "%s",
                           _("Pasted text is no keys. To read it as a log choose Paste text at the start"));
        return true;
    }
    buf_clear(&a->session.notice);
    a->refused = ACT_NONE;
    if (mouse)
        return click(a, key);
    const struct action *action = action_find(layer->ops->id, key.code);
    a->session.key = key.code;
    if (action)
        return run(a, action->id);
    if (action_find(layer->ops->id, '?'))
        session_notice(&a->session, "%s", _("This key does nothing here; ? shows those that do"));
    return true;
}

static bool
click(struct app *a, struct key key)
{
    if (key.code != K_CLICK) {
        enum act act = key.code == K_WHEEL_UP ? ACT_UP : ACT_DOWN;
        for (int i = 0; i < WHEEL_ROWS; i++)
            run(a, act);
        return true;
    }
    struct canvas picture = {.targets = a->targets, .target_count = a->target_count};
    const struct target *found = canvas_target_at(&picture, key.x, key.y);
    if (!found)
        return true;
    struct target target = *found;
    if (target.kind == TARGET_ACT)
        return action_on(top(a)->ops->id, (enum act)target.value) ? run(a, (enum act)target.value) : true;
    bool moved = target.pane >= 0 && panes_index(top(a)->ops) != target.pane;
    if (moved)
        focus_pane(a, target.pane);
    struct layer *layer = top(a);
    if (moved && panes_index(layer->ops) != target.pane)
        return true;
    bool marked = layer->ops->mark && layer->ops->mark(layer->state, &a->session, target.value);
    return moved || marked || !layer->ops->mark ? true : run(a, ACT_GO);
}

// What is open belongs to a screen of the step Source, or to a player below the log that is looked at.
static bool
is_read_here(const struct app *a)
{
    for (size_t i = 0; i < a->depth; i++)
        if (a->stack[i].ops->reads || a->stack[i].ops->steps)
            return true;
    return false;
}

bool
app_key(struct app *a, struct key key)
{
    if (!answer(a, key))
        return false;
    bool adding = a->session.adding; // to what is open
    if (!adding && rail_of(a) == RAIL_SOURCE && !is_read_here(a))
        session_close(&a->session);
    return true;
}

// A gateway asks: its question stands over whatever is shown.
static void
put_question(struct app *a)
{
    const struct pull *p = a->session.pull;
    if (!p || !p->asking || p->question.serial == a->session.asked)
        return;
    a->session.asked = p->question.serial;
    push(a, p->question.kind == SOURCE_ASK_HOST_KEY ? &screen_host_key : &screen_secret);
}

// A refusal does not outlive its reason.
static void
take_refusal_back(struct app *a)
{
    struct layer *layer = top(a);
    if (!a->refused || screen_why_not(layer->ops, layer->state, &a->session, a->refused))
        return;
    buf_clear(&a->session.notice);
    a->refused = ACT_NONE;
}

bool
app_news(struct app *a)
{
    unsigned notices = a->session.notices;
    if (!session_news(&a->session))
        return false;
    if (notices != a->session.notices)
        a->refused = ACT_NONE; // another sentence stands there
    for (size_t i = 0; i < a->depth; i++)
        if (a->stack[i].ops->news)
            a->stack[i].ops->news(a->stack[i].state, &a->session);
    panes_news(&a->panes, &a->session);
    play_lesson(a);
    put_question(a);
    take_refusal_back(a);
    return true;
}

// What stands in the place of the Next: sentence: the text being typed, a notice, or what Enter does.
static void
last_sentence(struct app *a, struct canvas *c, struct buf *out)
{
    struct layer *layer = top(a);
    const struct entry *entry = entry_of(layer);
    if (entry) {
        struct str prompt = str_of(_(entry->prompt));
        if (c->w < FRAME_RAIL_WIDTH) // what is typed matters more than how it may be written
            prompt.len = str_find((struct str){prompt.at, str_find(prompt, STR(" ("))}, STR("（"));
        buf_addf(out, "%.*s: ", STR_ARG(prompt));
        const char *hidden = _("what you type is not shown");
        int room = c->w - 3 - canvas_columns(c, buf_str(out)) - canvas_columns(c, str_of(hidden));
        if (!entry->secret)
            buf_add(out, buf_str(&entry->text));
        else if (room >= 0)
            buf_add(out, str_of(hidden));
    } else if (a->session.notice.len) {
        frame_notice(c, buf_str(&a->session.notice), out);
    } else {
        buf_add(out, str_of(_("Next: ")));
        layer->ops->next(layer->state, &a->session, out);
    }
}

static void
breadcrumb(struct app *a, struct buf *out)
{
    bool left = false; // the step Source, for what was chosen there
    for (size_t i = 0; i < a->depth; i++) {
        const struct screen_ops *ops = a->stack[i].ops;
        bool passed_by = ops->rail == RAIL_TUNNELS && i + 1 < a->depth && !a->stack[i + 1].ops->overlay;
        bool chosen = ops->name && ops->rail == RAIL_SOURCE && !left && a->session.title.len;
        size_t before = out->len;
        left |= ops->rail != RAIL_SOURCE;
        if ((!ops->crumb && !ops->name) || passed_by ||
            chosen) // the name of the tunnel, or of the log, says enough
            continue;
        buf_add(out, before ? STR(" > ") : STR(""));
        size_t named = out->len;
        if (ops->name)
            buf_add(out, str_of(_(ops->name)));
        else
            ops->crumb(a->stack[i].state, &a->session, out);
        if (out->len == named)
            out->len = before;
    }
}

static void
draw_screens(struct app *a, struct canvas *c, struct area inside)
{
    size_t base = a->depth - 1;
    while (base > 0 && a->stack[base].ops->overlay)
        base--;
    const struct screen_ops *ops = a->stack[base].ops;
    a->session.wide = panes_fit(c, ops, &a->session);
    c->pane = -1;
    for (size_t i = base; inside.h > 0 && i < a->depth; i++) {
        if (i == base && a->session.wide) {
            panes_draw(&a->panes, &a->session, a->stack, a->depth, c, inside, ops);
            continue;
        }
        c->target_count = 0; // what lies below cannot be clicked
        a->stack[i].ops->draw(a->stack[i].state, &a->session, c, inside);
    }
}

static void
keep_targets(struct app *a, const struct canvas *c)
{
    a->targets = mem_resize(a->targets, mem_product(c->target_count + 1, sizeof *a->targets));
    if (c->target_count)
        memcpy(a->targets, c->targets, c->target_count * sizeof *a->targets);
    a->target_count = c->target_count;
}

void
app_draw(struct app *a, struct canvas *c)
{
    struct buf crumb = {0}, beside = {0}, next = {0};
    struct area inside = frame_inside(c);
    c->redact = a->session.redacted ? a->session.redact : NULL;
    a->small = inside.h <= 0;
    draw_screens(a, c, inside);
    // Behind the screens: what Enter does may depend on what is seen.
    breadcrumb(a, &crumb);
    struct steps steps;
    if (steps_of(a, &steps))
        buf_add(&beside, str_of(steps.beside));
    else
        session_progress(&a->session, &beside);
    if (!beside.len && a->session.following && session_grows(&a->session))
        buf_add(&beside, str_of(_("following")));
    last_sentence(a, c, &next);
    struct layer *layer = top(a);
    bool typing = entry_of(layer) != NULL;
    bool impossible[ACT_COUNT];
    for (int i = 0; i < ACT_COUNT; i++)
        impossible[i] = !typing && screen_why_not(layer->ops, layer->state, &a->session, (enum act)i);
    frame_draw(c, &(struct frame){.screen = typing ? SCREEN_ENTRY : layer->ops->id,
                                  .impossible = impossible,
                                  .steps = steps,
                                  .detour = !typing && layer->ops->detour &&
                                            layer->ops->detour(layer->state, &a->session),
                                  .redacted = a->session.redacted,
                                  .crumb = buf_str(&crumb),
                                  .beside = buf_str(&beside),
                                  .next = buf_str(&next),
                                  .notice = !typing && a->session.notice.len,
                                  .told = typing ? buf_str(&a->session.notice) : STR_NONE});
    if (typing && inside.h > 0) {
        int end = 1 + canvas_columns(c, buf_str(&next));
        canvas_cursor(c, end < c->w - 2 ? end : c->w - 2, c->h - 2);
    }
    keep_targets(a, c);
    c->redact = NULL;
    buf_release(&crumb);
    buf_release(&beside);
    buf_release(&next);
}
