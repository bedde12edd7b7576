// The file chooser: a folder, with a rotated set as one row, so that nobody misses the reason in yesterday's
// file.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/figures.h"
#include "tui/list.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

struct files {
    struct list list;
    bool typing;
    struct entry entry;
    struct buf came_from; // the folder that was left with "..": its row gets the mark
    bool placed;          // the mark stands on the folder left, or on the first log
};

static void
news(void *state, struct session *s)
{
    struct files *self = state;
    self->list.count = s->folder ? s->folder->count : 0;
    if (self->placed || !self->list.count)
        return;
    self->placed = true;
    for (size_t i = self->list.count; i-- > 0;) {
        const struct folder_entry *e = &s->folder->entries[i];
        bool wanted =
            self->came_from.len ? str_eq(str_of(e->name), buf_str(&self->came_from)) : !e->is_folder;
        if (wanted)
            self->list.at = i;
    }
    buf_clear(&self->came_from);
}

static void *
open_files(struct session *s)
{
    struct files *self = mem_new(sizeof *self);
    self->entry.prompt = N_("Name, or a path that begins with /");
    if (!s->folder)
        s->desk.folder(s->desk.self, ".");
    news(self, s);
    return self;
}

static void
close_files(void *state)
{
    struct files *self = state;
    buf_release(&self->entry.text);
    buf_release(&self->came_from);
    free(self);
}

static uint8_t
cell(void *state, size_t row, size_t column, struct buf *out)
{
    const struct folder_entry *e = &((const struct folder *)state)->entries[row];
    if (column == 0) {
        buf_add(out, str_of(e->name));
        if (e->is_folder && strcmp(e->name, "..") != 0)
            buf_add_char(out, '/');
        return e->unreadable ? LOOK_DIM : LOOK_PLAIN;
    }
    if (e->is_folder)
        return LOOK_PLAIN;
    switch (column) {
    case 1:
        figures_count(e->file_count, out);
        break;
    case 2:
        figures_bytes(e->bytes, out);
        break;
    case 3:
        buf_add(out, str_of(e->from));
        break;
    case 4:
        buf_add(out, str_of(e->to));
        break;
    default:
        buf_add(out, str_of(e->unreadable   ? _("unreadable")
                            : e->bytes == 0 ? _("empty")
                            : e->ike < 0    ? ".."
                            : e->ike == 0   ? _("no")
                            : e->ike == 1   ? _("a few")
                                            : _("yes")));
        return e->ike > 0 ? LOOK_STRONG : LOOK_PLAIN;
    }
    return LOOK_PLAIN;
}

// What the marked row consists of, oldest first.
static void
draw_set(const struct folder_entry *e, struct canvas *c, struct area a)
{
    struct buf text = {0};
    if (e->file_count < 2)
        return;
    buf_addf(&text, "%s  =", e->name);
    for (size_t i = 0; i < e->file_count; i++) {
        const char *base = strrchr(e->files[i], '/');
        buf_addf(&text, "  %s", base ? base + 1 : e->files[i]);
    }
    canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, buf_str(&text));
    canvas_put(c, a.x + 1, a.y + 1, a.w - 2, LOOK_DIM,
               str_of(_("read as one log, oldest first; Space reads only the newest file")));
    buf_release(&text);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct files *self = state;
    const struct folder *f = s->folder;
    if (!f) {
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, str_of(_("Reading the folder ...")));
        return;
    }
    canvas_putf(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, _("Folder: %s"), f->path);
    const struct column columns[] = {
        {_("Name"), 12, 60, false, 0}, {_("Files"), 5, 6, true, 4}, {_("Size"), 7, 9, true, 3},
        {_("From"), 12, 14, false, 2}, {_("To"), 12, 14, false, 2}, {_("IKE?"), 4, 13, false, 1},
    };
    const char *trouble = f->problem[0]   ? f->problem
                          : f->count <= 1 ? _("No readable file here; Enter on .. goes up")
                                          : NULL;
    int below = trouble || f->left_out ? 3 : 2;
    list_table(&self->list, c, (struct area){a.x, a.y + 1, a.w, a.h - 1 - below}, columns, 6, cell,
               s->folder);
    struct area foot = {a.x, a.y + a.h - 2, a.w, 2};
    if (trouble)
        canvas_put(c, a.x + 1, a.y + a.h - 3, a.w - 2, LOOK_SUSPECT, str_of(trouble));
    else if (f->left_out)
        canvas_putf(c, a.x + 1, a.y + a.h - 3, a.w - 2, LOOK_SUSPECT,
                    _("%llu entries are not shown: no files, or too many"), (unsigned long long)f->left_out);
    if (self->list.at < f->count)
        draw_set(&f->entries[self->list.at], c, foot);
}

static void
go_to(struct files *self, struct session *s, const char *path)
{
    self->list = (struct list){0};
    self->placed = false;
    folder_free(s->folder);
    s->folder = NULL;
    s->desk.folder(s->desk.self, path);
}

static struct reply
enter_folder(struct files *self, struct session *s, const char *name)
{
    struct buf path = {0};
    buf_addf(&path, "%s/%s", s->folder->path, name);
    if (strcmp(name, "..") == 0) {
        const char *left = strrchr(s->folder->path, '/');
        buf_clear(&self->came_from);
        buf_add(&self->came_from, str_of(left ? left + 1 : ""));
    }
    go_to(self, s, buf_cstr(&path));
    buf_release(&path);
    return (struct reply){.handled = true};
}

static struct reply
read_set(struct session *s, const struct folder_entry *e, bool only_newest)
{
    if (e->unreadable) {
        session_notice(s, _("%s: cannot be read: no permission, or damaged"), e->name);
        return (struct reply){.handled = true};
    }
    size_t first = only_newest && e->file_count ? e->file_count - 1 : 0;
    const char *newest = e->files[e->file_count - 1], *base = strrchr(newest, '/');
    struct str title = str_of(!only_newest ? e->name : base ? base + 1 : newest);
    struct opening *o = opening_new(title, e->file_count - first);
    for (size_t i = first; i < e->file_count; i++)
        o->parts[i - first] = arena_str(&o->arena, str_of(e->files[i])).at;
    session_open(s, o);
    return (struct reply){.handled = true, .push = &screen_tunnels};
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct files *self = state;
    if (list_move(&self->list, what))
        return (struct reply){.handled = true};
    if (what == ACT_BACK && self->typing) {
        self->typing = false;
        return (struct reply){.handled = true};
    }
    if (what == ACT_SEARCH) {
        self->typing = true;
        buf_clear(&self->entry.text);
        return (struct reply){.handled = true};
    }
    if ((what != ACT_GO && what != ACT_ONE) || !s->folder || self->list.at >= s->folder->count)
        return (struct reply){.handled = what == ACT_GO || what == ACT_ONE};
    const struct folder_entry *e = &s->folder->entries[self->list.at];
    if (e->is_folder)
        return enter_folder(self, s, e->name);
    return read_set(s, e, what == ACT_ONE);
}

static struct entry *
entry(void *state)
{
    struct files *self = state;
    return self->typing ? &self->entry : NULL;
}

// A path of a folder is entered, of a file read; a name is looked for from the marked row on.
static struct reply
entered(void *state, struct session *s)
{
    struct files *self = state;
    struct str text = buf_str(&self->entry.text);
    self->typing = false;
    if (text.len && text.at[0] == '/') {
        go_to(self, s, buf_cstr(&self->entry.text));
        return (struct reply){.handled = true};
    }
    size_t count = s->folder ? s->folder->count : 0;
    for (size_t i = 1; text.len && i <= count; i++) {
        size_t row = (self->list.at + i) % count;
        if (strcasestr(s->folder->entries[row].name, buf_cstr(&self->entry.text))) {
            self->list.at = row;
            return (struct reply){.handled = true};
        }
    }
    if (text.len)
        session_notice(s, _("No name here holds \"%s\""), buf_cstr(&self->entry.text));
    return (struct reply){.handled = true};
}

static bool
mark(void *state, struct session *s, int item)
{
    struct files *self = state;
    (void)s;
    return list_mark(&self->list, item);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    struct files *self = state;
    if (!s->folder || self->list.at >= s->folder->count) {
        buf_add(out, str_of(_("Esc goes back")));
        return;
    }
    const struct folder_entry *e = &s->folder->entries[self->list.at];
    if (e->is_folder)
        buf_addf(out, _("Enter opens the folder %s"), e->name);
    else if (e->file_count > 1)
        buf_addf(out, _("Enter reads the %zu files of %s as one log"), e->file_count, e->name);
    else
        buf_addf(out, _("Enter reads %s"), e->name);
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    (void)state;
    if (!s->title.len)
        buf_add(out, str_of(_("File")));
}

const struct screen_ops screen_files = {
    .id = SCREEN_FILES,
    .rail = RAIL_SOURCE,
    .help =
        N_("Choose a log file. A log that was rotated (secure, secure.1, secure.2.gz) is one row and is read "
           "as one log, oldest file first. The last column says whether lines about IKE were seen at its "
           "beginning or end."),
    .open = open_files,
    .close = close_files,
    .draw = draw,
    .act = act,
    .mark = mark,
    .next = next,
    .crumb = crumb,
    .news = news,
    .entry = entry,
    .entered = entered,
};
