// The actions of the table as a list in which Enter does what is marked: the help explains those of the
// screen below, the palette finds any of them by a few letters. What is not possible now stays in the list,
// grey, with the reason. The concept pages on what is looked at stand with them; any page is found by its
// words.
#include <stdlib.h>
#include <strings.h>

#include "diag/teach.h"
#include "tui/list.h"
#include "tui/pages.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { KEY_COLUMNS = 7, RANKS = 3 };

struct help {
    struct list list;
    struct prose text;
    size_t top;
    int shown;
    int columns;        // of the names of keys
    size_t *rows;       // indices into actions; behind them those into the concepts
    size_t room, typed; // typed: bytes of what they were chosen by
    struct entry entry;
    bool every, palette;
    bool follow;
};
LIST_BEGINS(struct help);

static const char *
reason_of(struct session *s, const struct action *action)
{
    const struct screen_ops *below = s->helped;
    if (!(action->screens & 1u << below->id))
        return action_place(action);
    return screen_why_not(below, s->helped_state, s, action->id);
}

// An action that several screens have is listed once: as the row of the screen below where that has it.
static bool
is_listed(const struct help *self, const struct session *s, size_t index)
{
    const struct action *action = &actions[index];
    unsigned here = 1u << s->helped->id;
    if (!action_holds(action, buf_cstr(&((struct help *)self)->entry.text)))
        return false;
    if (action->screens & here)
        return true;
    if (!self->every || action->screens == 1u << SCREEN_ENTRY)
        return false;
    for (size_t i = 0; i < action_count; i++)
        if (actions[i].id == action->id && (actions[i].screens & here || i < index))
            return false;
    return true;
}

// The page of a row, or NULL for an action.
static const struct concept *
page_of(const struct help *self, const struct session *s, size_t row)
{
    return self->rows[row] < action_count ? NULL : &s->knowledge->concepts[self->rows[row] - action_count];
}

// A title that begins so comes before one that holds the words, and that before a text that does; RANKS:
// neither.
static int
rank_of(const struct concept *c, struct str words)
{
    if (words.len && words.len <= c->title.len && strncasecmp(c->title.at, words.at, words.len) == 0)
        return 0;
    return concept_holds(c, words, false) ? 1 : concept_holds(c, words, true) ? 2 : RANKS;
}

static void
choose_pages(struct help *self, const struct session *s)
{
    const struct concept *here[PAGES_MOST];
    if (!s->knowledge)
        return;
    size_t count = self->entry.text.len || self->palette ? 0 : pages_here(s, s->helped->id, here);
    for (size_t i = 0; i < count; i++)
        self->rows[self->list.count++] = action_count + (size_t)(here[i] - s->knowledge->concepts);
    for (int rank = 0; rank < RANKS; rank++)
        for (size_t i = 0; i < s->knowledge->concept_count; i++)
            if (rank_of(&s->knowledge->concepts[i], buf_str(&self->entry.text)) == rank)
                self->rows[self->list.count++] = action_count + i;
}

// Pages on what is looked at come first; then the actions of the screen below that are possible, in the order
// of the table. Pages that were found by words come behind the actions.
static void
choose(struct help *self, struct session *s)
{
    size_t concepts = s->knowledge ? s->knowledge->concept_count : 0;
    if (self->room < action_count + concepts) {
        self->room = action_count + concepts;
        self->rows = mem_resize(self->rows, mem_product(self->room, sizeof *self->rows));
    }
    self->list.count = 0;
    if (!self->entry.text.len)
        choose_pages(self, s);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < action_count; i++)
            if (is_listed(self, s, i) && (reason_of(s, &actions[i]) != NULL) == (pass == 1))
                self->rows[self->list.count++] = i;
    if (self->entry.text.len)
        choose_pages(self, s);
    if (self->list.at >= self->list.count || self->typed != self->entry.text.len)
        self->list.at = 0;
    self->typed = self->entry.text.len;
}

static struct help *
open_list(struct session *s, bool palette)
{
    struct help *self = mem_new(sizeof *self);
    self->entry.prompt = palette ? N_("What do you want to do") : N_("Find");
    self->entry.typing = palette;
    self->palette = self->every = palette;
    choose(self, s);
    return self;
}

static void *
open_help(struct session *s)
{
    return open_list(s, false);
}

static void *
open_palette(struct session *s)
{
    return open_list(s, true);
}

static void
close_help(void *state)
{
    struct help *self = state;
    prose_release(&self->text);
    buf_release(&self->entry.text);
    free(self->rows);
    free(self);
}

// The widest name of a key, in this language.
static int
key_columns(const struct help *self, const struct session *s, struct canvas *c)
{
    int widest = KEY_COLUMNS;
    for (size_t i = 0; i < self->list.count; i++) {
        const char *name = page_of(self, s, i) ? _("page") : _(actions[self->rows[i]].name);
        int columns = canvas_columns(c, str_of(name));
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

// A key, or the word for a page, and what it is for.
static void
put_row(struct help *self, struct canvas *c, int w, size_t row, uint8_t look, struct str name,
        struct str about)
{
    struct buf text = {0};
    buf_add(&text, name);
    for (int columns = canvas_columns(c, name); columns < self->columns; columns++)
        buf_add_char(&text, ' ');
    buf_addf(&text, " %.*s", STR_ARG(about));
    prose_add(&self->text, c, w, 3, 4 + self->columns, look, (int)row, buf_str(&text));
    buf_release(&text);
}

static void
fill(struct help *self, struct session *s, struct canvas *c, int w)
{
    prose_clear(&self->text);
    if (!self->palette && !self->entry.text.len) {
        prose_add(&self->text, c, w, 1, 1, LOOK_PLAIN, -1, str_of(_(s->helped->help)));
        prose_gap(&self->text);
    }
    self->columns = key_columns(self, s, c);
    for (size_t i = 0; i < self->list.count; i++) {
        const struct concept *page = page_of(self, s, i);
        if (page) {
            put_row(self, c, w, i, LOOK_PLAIN, str_of(_("page")), page->title);
            continue;
        }
        const struct action *action = &actions[self->rows[i]];
        bool here = action->screens & 1u << s->helped->id;
        const char *reason = reason_of(s, action);
        struct buf text = {0};
        buf_add(&text, str_of(_(action->explain)));
        if (reason && here)
            buf_addf(&text, _(" Not now: %s"), reason);
        else if (reason)
            buf_addf(&text, _(" Elsewhere: %s"), _(reason));
        put_row(self, c, w, i, reason ? LOOK_DIM : LOOK_PLAIN, str_of(_(action->name)), buf_str(&text));
        buf_release(&text);
    }
    if (!self->list.count)
        prose_add(&self->text, c, w, 3, 3, LOOK_PLAIN, -1,
                  str_of(_("Neither an action nor a page is found by these words.")));
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct help *self = state;
    int w = canvas_box_width(a);
    choose(self, s);
    fill(self, s, c, w - 4);
    struct area inside = canvas_box(c, a, w, self->palette ? a.h : (int)self->text.count + 2,
                                    str_of(self->palette ? _("Commands") : _("Help")));
    self->shown = inside.h;
    prose_draw(&self->text, c, inside, (int)self->list.at, self->follow, &self->top);
}

static struct reply
run(struct help *self, struct session *s)
{
    if (self->list.at >= self->list.count)
        return handled();
    s->page = page_of(self, s, self->list.at);
    if (s->page)
        return opens(&screen_page);
    const struct action *action = &actions[self->rows[self->list.at]];
    const char *reason = reason_of(s, action);
    if (action->id == ACT_HELP || action->id == ACT_PALETTE)
        return closes();
    if (!reason)
        return (struct reply){.handled = true, .pop = true, .below = action->id};
    if (action->screens & 1u << s->helped->id)
        session_notice(s, _("Not possible now: %s"), reason);
    else
        session_notice(s, _("Not possible here; it belongs to: %s"), _(reason));
    return handled();
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct help *self = state;
    self->list.shown = (size_t)(self->shown > 1 ? self->shown : 1);
    self->follow = true;
    if (list_move(&self->list, what)) {
        if (self->list.at == 0) { // the explanation above it is seen again
            self->top = 0;
            self->follow = false;
        }
        return handled();
    }
    switch (what) {
    case ACT_GO:
        return run(self, s);
    case ACT_FIND:
        self->entry.typing = true;
        return handled();
    case ACT_EVERY:
        self->every = !self->every;
        self->list.at = self->top = 0;
        return handled();
    case ACT_BACK:
        if (!self->palette && (self->entry.typing || self->entry.text.len)) {
            self->entry.typing = false;
            buf_clear(&self->entry.text);
            return handled();
        }
        return closes();
    default:
        return (struct reply){0};
    }
}

static struct reply
entered(void *state, struct session *s)
{
    choose(state, s);
    return run(state, s);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct help *self = state;
    const struct concept *page = self->list.at < self->list.count ? page_of(self, s, self->list.at) : NULL;
    if (page)
        buf_addf(out, _("Enter opens: %.*s"), STR_ARG(page->title));
    else
        buf_add(out, str_of(_("Enter does what is marked; Esc closes the help")));
}

const struct screen_ops screen_help = {
    .id = SCREEN_HELP,
    .overlay = true,
    .open = open_help,
    .close = close_help,
    .draw = draw,
    .act = act,
    .next = next,
    .mark = list_click,
    .entry = offsetof(struct help, entry),
    .entered = entered,
};

const struct screen_ops screen_palette = {
    .id = SCREEN_PALETTE,
    .overlay = true,
    .open = open_palette,
    .close = close_help,
    .draw = draw,
    .act = act,
    .next = next,
    .mark = list_click,
    .entry = offsetof(struct help, entry),
    .entered = entered,
};
