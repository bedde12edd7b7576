#include "tui/frame.h"

#include "tui/figures.h"
#include "tui/prose.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { BAR_MOST = 7, SMALL = 60 };

static void
say_too_small(struct canvas *c)
{
    struct prose text = {0};
    prose_addf(&text, c, c->w, 0, 0, LOOK_PLAIN, -1, _("Window too small: %dx%d"), c->w, c->h);
    prose_addf(&text, c, c->w, 0, 0, LOOK_PLAIN, -1, _("ikewalk needs %dx%d"), FRAME_LEAST_WIDTH,
               FRAME_LEAST_HEIGHT);
    prose_add(&text, c, c->w, 0, 0, LOOK_PLAIN, -1, str_of(_("Make it larger, or q to quit")));
    prose_put(&text, c, (struct area){0, 0, c->w, c->h});
    prose_release(&text);
}

static void
draw_head(struct canvas *c, const struct frame *f)
{
    struct buf left = {0}, right = {0};
    if (c->w >= FRAME_RAIL_WIDTH)
        buf_addf(&left, "ikewalk %s  ", IKEWALK_VERSION);
    else
        buf_addf(&right, "%d/%d %s   ", f->steps.here + 1, f->steps.count, f->steps.name[f->steps.here]);
    buf_add(&left, f->crumb);
    if (f->redacted)
        buf_add(&right, str_of(_("stand-ins | ")));
    buf_add(&right, str_of(_("read-only")));
    int taken = canvas_columns(c, buf_str(&right));
    // Of a long way the end is seen: where one is, not where one came from.
    int room = c->w - taken - 4;
    bool whole = canvas_columns(c, buf_str(&left)) <= room;
    struct str shown = whole ? buf_str(&left) : f->crumb;
    int over = canvas_columns(c, shown) - room;
    int dots = over > 0 ? canvas_put(c, 1, 0, room, LOOK_HEAD, STR("..")) : 0;
    canvas_put_from(c, 1 + dots, 0, room - dots, LOOK_HEAD, shown, over > 0 ? over + dots : 0);
    canvas_put(c, c->w - taken - 1, 0, taken, LOOK_HEAD, buf_str(&right));
    buf_release(&left);
    buf_release(&right);
}

static void
draw_rail(struct canvas *c, const struct frame *f)
{
    int x = 1;
    const struct steps *s = &f->steps;
    for (int i = 0; i < s->count; i++) {
        bool here = i == s->here;
        uint8_t look = here ? LOOK_HERE : i < s->here ? LOOK_PLAIN : LOOK_DIM;
        int taken = canvas_putf(c, x, 1, c->w - x, look, here ? "[%d %s]" : " %d %s ", i + 1, s->name[i]);
        canvas_target(c, (struct area){x, 1, taken, 1}, TARGET_ACT, ACT_STEP_1 + i);
        x += taken;
        if (i + 1 < s->count)
            x += canvas_put(c, x, 1, c->w - x, LOOK_DIM, STR(">"));
    }
    canvas_put_right(c, x + 1, 1, c->w - x - 2, LOOK_PLAIN, f->beside);
}

static struct str
label_of(const struct frame *f, const struct action *action)
{
    return str_of(f->detour && action->id == ACT_GO ? _("go on") : _(action->label));
}

static int
bar_width(struct canvas *c, const struct frame *f, const struct action *action)
{
    return canvas_columns(c, str_of(_(action->name))) + 1 + canvas_columns(c, label_of(f, action));
}

static int
bar_put(struct canvas *c, const struct frame *f, int x, int y, const struct action *action)
{
    int begun = x;
    x += canvas_put(c, x, y, c->w - x, LOOK_KEY, str_of(_(action->name))) + 1;
    x += canvas_put(c, x, y, c->w - x, LOOK_PLAIN, label_of(f, action));
    canvas_target(c, (struct area){begun, y, x - begun, 1}, TARGET_ACT, (int)action->id);
    return x + 2;
}

// What the bar of a small screen is left with.
static bool
is_vital(enum act act)
{
    return act == ACT_GO || act == ACT_BACK || act == ACT_HELP || act == ACT_QUIT;
}

// The first keys of the screen that fit; the way to the help, or out of a box, is always among them.
static void
draw_bar(struct canvas *c, const struct frame *f, int y)
{
    const struct action *help = action_find(f->screen, '?');
    const struct action *back = action_on(f->screen, ACT_BACK);
    help = help ? help : back; // of a box the way out
    // Where there is nothing to go on to, the way back comes first.
    const struct action *first = f->impossible[ACT_GO] && back != help && back->label ? back : NULL;
    int kept = help ? bar_width(c, f, help) + 2 : 0;
    int told = canvas_put(c, 1, y, c->w - 2 - kept, LOOK_STRONG, f->told);
    int x = told ? 1 + told + 2 : 1;
    x = first ? bar_put(c, f, x, y, first) : x;
    int shown = first != NULL, most = BAR_MOST;
    for (size_t i = 0; i < action_count && shown < most; i++) {
        const struct action *action = &actions[i];
        if (!action->label || !(action->screens & 1u << f->screen) || f->impossible[action->id])
            continue;
        if (action == first)
            continue;
        if (c->w < SMALL && !is_vital(action->id))
            continue;
        if (action == help)
            kept = 0;
        bool last = kept && shown + 1 == most;
        if (last || x + bar_width(c, f, action) + kept > c->w)
            continue;
        x = bar_put(c, f, x, y, action);
        shown++;
    }
}

static bool
is_too_small(const struct canvas *c)
{
    return c->w < FRAME_LEAST_WIDTH || c->h < FRAME_LEAST_HEIGHT;
}

struct area
frame_inside(const struct canvas *c)
{
    int top = c->w >= FRAME_RAIL_WIDTH ? 3 : 2;
    return is_too_small(c) ? (struct area){0} : (struct area){0, top, c->w, c->h - 3 - top};
}

void
frame_notice(struct canvas *c, struct str notice, struct buf *out)
{
    size_t name = str_find(notice, STR(": ")), wide = str_find(notice, STR("：")); // as Chinese has it
    name = wide < name ? wide : name;
    if (str_starts(notice, STR("/")) && name < notice.len && canvas_columns(c, notice) > c->w - 2) {
        buf_add(out, figures_file((struct str){notice.at, name}));
        notice = str_from(notice, name);
    }
    buf_add(out, notice);
}

// What does not fit in its row takes that of the rule as well; a notice all that it needs, with the rule on
// top, for it is gone with the next key.
static void
draw_next(struct canvas *c, const struct frame *f)
{
    struct prose text = {0};
    prose_add(&text, c, c->w - 1, 1, 1, LOOK_STRONG, -1, f->next);
    int most = f->notice ? (c->h - 4) / 2 : 2, rows = (int)text.count < most ? (int)text.count : most;
    struct area a = {0, c->h - 1 - rows, c->w, rows};
    if (f->notice)
        canvas_fill(c, (struct area){0, a.y - 1, c->w, 1}, LOOK_DIM, '-');
    canvas_fill(c, a, 0, ' ');
    prose_put(&text, c, a);
    prose_release(&text);
}

void
frame_draw(struct canvas *c, const struct frame *f)
{
    if (is_too_small(c)) {
        say_too_small(c);
        return;
    }
    int rule = frame_inside(c).y - 1;
    draw_head(c, f);
    if (rule > 1)
        draw_rail(c, f);
    canvas_fill(c, (struct area){0, rule, c->w, 1}, LOOK_DIM, '-');
    canvas_fill(c, (struct area){0, c->h - 3, c->w, 1}, LOOK_DIM, '-');
    // Of a text that is typed the end is seen.
    int over = f->screen == SCREEN_ENTRY ? canvas_columns(c, f->next) - (c->w - 3) : 0;
    if (over > 0)
        canvas_put_from(c, 1, c->h - 2, c->w - 2, LOOK_STRONG, f->next, over);
    else
        draw_next(c, f);
    draw_bar(c, f, c->h - 1);
}
