// The gateways that have a profile, and a way to one that has none.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag/arena.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

struct picker {
    struct list list; // the profiles, and one row more for a gateway without one
    struct gateways all;
    struct err problem;
    struct entry entry;
    unsigned seen;   // session.profiles_saved
    size_t removing; // the row that a second press removes, and one more
};
LIST_BEGINS(struct picker);

static void
read_profiles(struct picker *self)
{
    struct buf path = {0};
    gateways_release(&self->all);
    self->problem = (struct err){0};
    if (gateways_path(&path, &self->problem))
        gateways_read(buf_cstr(&path), &self->all, &self->problem);
    buf_release(&path);
    self->list.count = self->all.count + 1;
    if (self->list.at >= self->list.count)
        self->list.at = self->list.count - 1;
}

static void *
open_picker(struct session *s)
{
    struct picker *self = mem_new(sizeof *self);
    self->seen = s->profiles_saved;
    self->entry.prompt = N_("[USER@]HOST[:PORT][/PATH]");
    read_profiles(self);
    return self;
}

static void
close_picker(void *state)
{
    struct picker *self = state;
    gateways_release(&self->all);
    buf_release(&self->entry.text);
    free(self);
}

static uint8_t
cell(void *state, size_t row, size_t column, struct buf *out)
{
    const struct picker *self = state;
    if (row == self->all.count) {
        buf_add(out, str_of(column == 0 ? _("another") : column == 1 ? _("type where it is") : ""));
        return LOOK_PLAIN;
    }
    const struct gateway *g = &self->all.list[row];
    const char *const texts[] = {g->name, g->host, g->user, g->jump, g->log, g->legacy};
    if (column == 1 && *g->port && strcmp(g->port, "22") != 0)
        buf_addf(out, strchr(g->host, ':') ? "[%s]:%s" : "%s:%s", g->host, g->port);
    else
        buf_add(out, str_of(texts[column]));
    return column == 5 ? LOOK_FAILED : column ? LOOK_PLAIN : LOOK_STRONG;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct picker *self = state;
    if (self->seen != s->profiles_saved) // the form lay over this screen
        read_profiles(self);
    self->seen = s->profiles_saved;
    canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, str_of(_("Which gateway?")));
    const struct column columns[] = {
        {_("Name"), 8, 24, COLUMN_NAME, 0},  {_("Host"), 10, 40, COLUMN_NAME, 0},
        {_("User"), 6, 16, COLUMN_WORDS, 3}, {_("Through"), 8, 24, COLUMN_NAME, 2},
        {_("Log"), 8, 30, COLUMN_WORDS, 4},  {_("Old algorithms"), 8, 30, COLUMN_WORDS, 1}};
    struct prose foot = {0};
    if (self->problem.kind)
        prose_add(&foot, c, a.w - 1, 1, 1, LOOK_FAILED, -1, str_of(self->problem.text));
    prose_add(&foot, c, a.w - 1, 1, 1, LOOK_DIM, -1,
              str_of(_("Only reading commands are run there, and you see each before it runs.")));
    prose_add(
        &foot, c, a.w - 1, 1, 1, LOOK_DIM, -1,
        str_of(
            _("A profile never holds a secret. Your ~/.ssh/config is followed, but nothing in it is run.")));
    // On a small screen the gateways come first, and what went wrong.
    int room = a.h < 14 ? a.h - 4 - (int)self->all.count : a.h - 4, least = self->problem.kind ? 2 : 0;
    room = room > least ? room : least;
    int rows = (int)foot.count < room ? (int)foot.count : room;
    list_table(&self->list, c, (struct area){a.x, a.y + 1, a.w, a.h - 2 - rows}, columns, 6, cell, self);
    prose_put(&foot, c, (struct area){a.x, a.y + a.h - rows, a.w, rows});
    prose_release(&foot);
}

static struct reply
connect_to(struct session *s, const char *title, const char *source)
{
    struct opening *o = opening_new(str_of(title), 1);
    o->parts[0] = arena_str(&o->arena, str_of(source)).at;
    session_open(s, o);
    return opens(&screen_gateway);
}

static const struct gateway *
marked(const struct picker *self)
{
    return self->list.at < self->all.count ? &self->all.list[self->list.at] : NULL;
}

static void
remove_marked(struct picker *self, struct session *s)
{
    struct buf path = {0};
    struct err e = {0};
    if (self->removing != self->list.at + 1) {
        self->removing = self->list.at + 1;
        session_notice(s, _("Press - once more to remove the profile %s"), marked(self)->name);
        return;
    }
    self->removing = 0;
    struct gateway *list = self->all.list;
    memmove(&list[self->list.at], &list[self->list.at + 1],
            (self->all.count - self->list.at - 1) * sizeof *list);
    self->all.count--;
    if (!gateways_path(&path, &e) || !gateways_write(buf_cstr(&path), &self->all, &e))
        session_notice(s, "%s", e.text);
    buf_release(&path);
    read_profiles(self);
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct picker *self = state;
    (void)s;
    return (what == ACT_EDIT || what == ACT_REMOVE) && !marked(self) ? _("no profile is marked") : NULL;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct picker *self = state;
    const struct gateway *g = marked(self);
    if (list_move(&self->list, what))
        return handled();
    switch (what) {
    case ACT_BACK:
        if (!self->entry.typing)
            return (struct reply){0};
        self->entry.typing = false;
        return handled();
    case ACT_GO:
        self->entry.typing = !g;
        if (!g)
            return handled();
        {
            char name[sizeof g->name + 1];
            snprintf(name, sizeof name, "@%s", g->name);
            return connect_to(s, g->name, name);
        }
    case ACT_ADD:
    case ACT_EDIT:
        s->profile = what == ACT_EDIT ? *g : (struct gateway){0};
        snprintf(s->profile_name, sizeof s->profile_name, "%s", s->profile.name);
        return opens(&screen_profile);
    case ACT_REMOVE:
        remove_marked(self, s);
        return handled();
    default:
        return (struct reply){0};
    }
}

static struct reply
entered(void *state, struct session *s)
{
    struct picker *self = state;
    struct buf source = {0};
    struct gateway g = {0};
    struct err e = {0};
    struct str text = str_trim(buf_str(&self->entry.text));
    buf_addf(&source, "%s%.*s", str_starts(text, STR("ssh://")) ? "" : "ssh://", STR_ARG(text));
    struct reply reply = handled();
    if (!text.len) {
        self->entry.typing = false;
    } else if (gateway_parse(buf_cstr(&source), &g, &e)) {
        self->entry.typing = false;
        reply = connect_to(s, g.host, buf_cstr(&source));
    } else {
        self->entry.typing = false;
        session_notice(s, "%s", e.text);
    }
    buf_release(&source);
    return reply;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct picker *self = state;
    const struct gateway *g = marked(self);
    (void)s;
    if (g)
        buf_addf(out, _("Enter connects to %s"), g->host);
    else
        buf_add(out, str_of(_("Enter lets you type where it is; + makes a profile")));
}

const struct screen_ops screen_gateways = {
    .id = SCREEN_GATEWAYS,
    .name = N_("Gateway"),
    .rail = RAIL_SOURCE,
    .help =
        N_("Choose the gateway whose log and state are read over SSH. Profiles are kept in gateways.yaml; "
           "your agent and keys are used, and what must be asked is asked when it is needed."),
    .open = open_picker,
    .close = close_picker,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .mark = list_click,
    .next = next,
    .entry = offsetof(struct picker, entry),
    .entered = entered,
};
