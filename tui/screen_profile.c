// The profile of one gateway as a form.
#include <stdlib.h>
#include <string.h>

#include "diag/arena.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

struct form {
    struct list list; // the fields, and a row more that saves
    struct gateway g;
    struct entry entry;
};
LIST_BEGINS(struct form);

static const struct {
    const char *key, *about;
} about[] = {
    {"name", N_("how you call it: letters, digits, . _ -")},
    {"host", N_("a name, an address, or an entry of ~/.ssh/config")},
    {"user", N_("the account; empty: yours")},
    {"port", N_("empty: 22")},
    {"jump", N_("hosts to go through: [USER@]HOST[:PORT], with commas")},
    {"identity", N_("the file of a private key; empty: the agent and the usual ones")},
    {"platform", N_("what runs there, one of those that --platform knows; empty: found out")},
    {"log", N_("a path, journal, or journal:UNIT; empty: found out")},
    {"legacy", N_("old algorithms to allow, with commas; empty: none")},
    {"sudo", N_("yes: run the commands with sudo -n")},
};

static const char *
about_field(size_t row)
{
    for (size_t i = 0; row < gateway_field_count && i < sizeof about / sizeof *about; i++)
        if (strcmp(about[i].key, gateway_fields[row].key) == 0)
            return _(about[i].about);
    return "";
}

static void *
open_form(struct session *s)
{
    struct form *self = mem_new(sizeof *self);
    self->g = s->profile;
    self->list.count = gateway_field_count + 1;
    return self;
}

static void
close_form(void *state)
{
    struct form *self = state;
    buf_release(&self->entry.text);
    free(self);
}

static uint8_t
cell(void *state, size_t row, size_t column, struct buf *out)
{
    struct form *self = state;
    if (row == gateway_field_count) {
        buf_add(out, str_of(column == 0 ? _("Save") : ""));
        return LOOK_STRONG;
    }
    const char *value = gateway_value(&self->g, &gateway_fields[row]);
    if (column == 0)
        buf_add(out, str_of(gateway_fields[row].key));
    else
        buf_add(out, str_of(*value ? value : "-"));
    bool legacy = strcmp(gateway_fields[row].key, "legacy") == 0;
    return column == 0 ? LOOK_PLAIN : !*value ? LOOK_DIM : legacy ? LOOK_FAILED : LOOK_STRONG;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct form *self = state;
    (void)s;
    const struct column columns[] = {{_("Field"), 10, 12, COLUMN_WORDS, 0},
                                     {_("Value"), 20, 120, COLUMN_WORDS, 0}};
    struct prose foot = {0};
    prose_add(&foot, c, a.w - 1, 1, 1, LOOK_PLAIN, -1, str_of(about_field(self->list.at)));
    prose_add(&foot, c, a.w - 1, 1, 1, LOOK_DIM, -1,
              str_of(_("No secret belongs here: passwords and passphrases are asked when needed.")));
    int rows = (int)foot.count < a.h / 3 ? (int)foot.count : a.h / 3;
    list_table(&self->list, c, (struct area){a.x, a.y, a.w, a.h - rows - 1}, columns, 2, cell, self);
    prose_put(&foot, c, (struct area){a.x, a.y + a.h - rows, a.w, rows});
    prose_release(&foot);
}

static bool
save(struct form *self, struct session *s, struct err *e)
{
    struct buf path = {0};
    struct gateways all = {0};
    bool good = (*self->g.name || err_set(e, ERR_USAGE, _("name: cannot save: a profile needs one"))) &&
                gateway_sound(&self->g, e) && gateways_path(&path, e) &&
                gateways_read(buf_cstr(&path), &all, e);
    if (good && !all.list)
        all.list = mem_new(GATEWAYS_MOST * sizeof *all.list);
    const struct gateway *old = good && *s->profile_name ? gateways_find(&all, s->profile_name) : NULL;
    const struct gateway *same = good ? gateways_find(&all, self->g.name) : NULL;
    if (same && same != old)
        good = err_set(e, ERR_USAGE, _("%s: cannot save: another profile has this name"), self->g.name);
    if (good && !old && all.count == GATEWAYS_MOST)
        good = err_set(e, ERR_LIMIT, _("%s: cannot save: there are too many profiles"), self->g.name);
    if (good) {
        size_t at = old ? (size_t)(old - all.list) : all.count++;
        all.list[at] = self->g;
        good = gateways_write(buf_cstr(&path), &all, e);
        s->profiles_saved += good;
    }
    gateways_release(&all);
    buf_release(&path);
    return good;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct form *self = state;
    struct err e = {0};
    if (list_move(&self->list, what))
        return handled();
    if (what == ACT_BACK && self->entry.typing) {
        self->entry.typing = false;
        return handled();
    }
    if (what != ACT_GO)
        return (struct reply){0};
    if (self->list.at == gateway_field_count) {
        if (save(self, s, &e))
            return closes();
        session_notice(s, "%s", e.text);
        return handled();
    }
    const struct gateway_field *f = &gateway_fields[self->list.at];
    entry_begin(&self->entry, true, f->key, str_of(gateway_value(&self->g, f)));
    return handled();
}

static struct reply
entered(void *state, struct session *s)
{
    struct form *self = state;
    struct err e = {0};
    self->entry.typing = false;
    if (!gateway_set(&self->g, &gateway_fields[self->list.at], str_trim(buf_str(&self->entry.text)), &e))
        session_notice(s, "%s", e.text);
    else
        self->list.at++;
    return handled();
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct form *self = state;
    (void)s;
    if (self->list.at == gateway_field_count)
        buf_add(out, str_of(_("Enter saves the profile; Esc leaves it as it was")));
    else
        buf_addf(out, _("Enter changes %s; Save is the last row"), gateway_fields[self->list.at].key);
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    const struct form *self = state;
    (void)s;
    buf_add(out, str_of(*self->g.name ? self->g.name : _("New profile")));
}

const struct screen_ops screen_profile = {
    .id = SCREEN_PROFILE,
    .rail = RAIL_SOURCE,
    .help = N_(
        "How a gateway is reached and what is read of it. Only the name and the host are needed; the rest is "
        "found out or taken from ~/.ssh/config. Old algorithms are allowed only by name, and shown in red."),
    .open = open_form,
    .close = close_form,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .next = next,
    .crumb = crumb,
    .entry = offsetof(struct form, entry),
    .entered = entered,
};
