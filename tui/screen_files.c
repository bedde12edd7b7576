// The file chooser: a folder, with a rotated set as one row, so that nobody misses the reason in yesterday's
// file.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag/line.h"
#include "diag/text.h"
#include "tui/complete.h"
#include "tui/figures.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/since.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { NARROW = 60, CELL_IKE = 5 };

enum typing { TYPING_NOTHING, TYPING_NAME, TYPING_FILTER, TYPING_SINCE };

struct files {
    struct list list; // of rows
    size_t *rows;     // indices into the folder's entries that the filter lets through
    struct entry entry;
    struct buf filter;
    struct buf since;     // as it was typed; empty: everything
    int64_t moment;       // that it means
    struct buf came_from; // the folder that was left with "..": its row gets the mark
    bool placed;          // the mark stands on the folder left, or on the first log
};
LIST_BEGINS(struct files);

static const struct folder_entry *
entry_at(const struct files *self, const struct session *s, size_t row)
{
    return s->folder && row < self->list.count ? &s->folder->entries[self->rows[row]] : NULL;
}

// Chooses the rows anew; folders stay, for they are the way to other names. The mark stays with its entry, or
// goes to the first log when that is hidden.
static void
choose(struct files *self, const struct session *s)
{
    size_t count = s->folder ? s->folder->count : 0;
    size_t marked = self->placed && self->list.at < self->list.count ? self->rows[self->list.at] : count;
    self->rows = mem_resize(self->rows, mem_product(count + 1, sizeof *self->rows));
    self->list.count = self->list.at = 0;
    bool placed = false;
    for (size_t i = 0; i < count; i++) {
        const struct folder_entry *e = &s->folder->entries[i];
        if (!e->is_folder && self->filter.len && !strcasestr(e->name, buf_cstr(&self->filter)))
            continue;
        if (i == marked || (!placed && !e->is_folder))
            self->list.at = self->list.count;
        placed |= i == marked || !e->is_folder;
        self->rows[self->list.count++] = i;
    }
}

static void
news(void *state, struct session *s)
{
    struct files *self = state;
    choose(self, s);
    if (self->placed || !self->list.count)
        return;
    self->placed = true;
    for (size_t i = self->list.count; i-- > 0;) {
        const struct folder_entry *e = entry_at(self, s, i);
        bool wanted =
            self->came_from.len ? str_eq(str_of(e->name), buf_str(&self->came_from)) : !e->is_folder;
        if (wanted)
            self->list.at = i;
    }
    buf_clear(&self->came_from);
}

// What is added to a log usually lies beside it.
static void
show_first_folder(struct session *s)
{
    struct buf path = {0};
    struct str from = s->adding && s->opened && s->opened->count ? str_of(s->opened->parts[0]) : STR_NONE;
    while (from.len && from.at[from.len - 1] != '/')
        from.len--;
    bool is_file = from.len && str_find(from, STR(":")) == from.len;
    buf_add(&path, is_file ? from : str_of(s->begin_at ? s->begin_at : "."));
    s->desk.folder(s->desk.self, buf_cstr(&path));
    buf_release(&path);
}

static void *
open_files(struct session *s)
{
    struct files *self = mem_new(sizeof *self);
    self->moment = LINE_NO_TIME;
    if (!s->folder)
        show_first_folder(s);
    news(self, s);
    return self;
}

static void
close_files(void *state)
{
    struct files *self = state;
    buf_release(&self->entry.text);
    buf_release(&self->came_from);
    buf_release(&self->filter);
    buf_release(&self->since);
    free(self->rows);
    free(self);
}

struct shown {
    const struct files *self;
    const struct session *s;
    bool narrow; // names and whether they hold IKE, no more
};

static uint8_t
cell(void *context, size_t row, size_t column, struct buf *out)
{
    const struct shown *shown = context;
    const struct folder_entry *e = entry_at(shown->self, shown->s, row);
    if (column == 0) {
        buf_add(out, str_of(e->name));
        if (e->is_folder && strcmp(e->name, "..") != 0)
            buf_add_char(out, '/');
        return e->unreadable ? LOOK_DIM : LOOK_PLAIN;
    }
    if (e->is_folder)
        return LOOK_PLAIN;
    switch (shown->narrow ? CELL_IKE : column) {
    case 1:
        text_count(e->file_count, out);
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
    if (e->file_count < 2) {
        if (e->looks[0])
            canvas_putf(c, a.x + 1, a.y + 1, a.w - 2, LOOK_DIM, _("Looks like: %s"), e->looks);
        return;
    }
    buf_addf(&text, "%s  =", e->name);
    for (size_t i = 0; i < e->file_count; i++)
        buf_addf(&text, "  %.*s", STR_ARG(figures_file(str_of(e->files[i]))));
    canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, buf_str(&text));
    canvas_put(c, a.x + 1, a.y + 1, a.w - 2, LOOK_DIM,
               str_of(_("read as one log, oldest first; Space reads only the newest file")));
    if (e->looks[0] && a.h > 2)
        canvas_putf(c, a.x + 1, a.y + 2, a.w - 2, LOOK_DIM, _("Looks like: %s"), e->looks);
    buf_release(&text);
}

static void
filter(struct files *self, const struct session *s)
{
    buf_set(&self->filter, buf_str(&self->entry.text));
    choose(self, s);
}

// The folder, and at the right what of it is shown and read.
static void
draw_head(const struct files *self, const struct folder *f, struct canvas *c, struct area a)
{
    struct buf text = {0};
    if (self->since.len)
        buf_addf(&text, _("only since %.*s   "), STR_ARG(buf_str(&self->since)));
    if (self->filter.len)
        buf_addf(&text, _("filter: %zu hidden"), f->count - self->list.count);
    int taken = canvas_columns(c, buf_str(&text));
    canvas_put_right(c, a.x + a.w - taken - 1, a.y, taken, LOOK_STRONG, buf_str(&text));
    buf_clear(&text);
    buf_addf(&text, _("Folder: %s"), f->path);
    canvas_put_ends(c, a.x + 1, a.y, a.w - taken - 4, LOOK_STRONG, buf_str(&text), (a.w - taken) / 2);
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
    if (self->entry.typing == TYPING_FILTER && !str_eq(buf_str(&self->filter), buf_str(&self->entry.text)))
        filter(self, s); // while one types
    draw_head(self, f, c, a);
    const struct column columns[] = {
        {_("Name"), 12, 60, COLUMN_NAME, 0}, {_("Files"), 5, 8, COLUMN_NUMBER, 4},
        {_("Size"), 7, 9, COLUMN_NUMBER, 3}, {_("From"), 12, 14, COLUMN_WORDS, 2},
        {_("To"), 12, 14, COLUMN_WORDS, 2},  {_("IKE?"), 4, 13, COLUMN_WORDS, 1},
    };
    const struct column few[] = {{_("Name"), 12, 60, COLUMN_NAME, 0}, {_("IKE?"), 4, 13, COLUMN_WORDS, 1}};
    const char *trouble = f->problem[0]   ? f->problem
                          : f->count <= 1 ? _("No readable file here; Enter on .. goes up")
                                          : NULL;
    int about = a.h > 12 ? 3 : 2;
    struct prose left = {0};
    if (trouble)
        prose_add(&left, c, a.w - 1, 1, 1, LOOK_SUSPECT, -1, str_of(trouble));
    else if (f->left_out)
        prose_addf(&left, c, a.w - 1, 1, 1, LOOK_SUSPECT, -1,
                   P_("%llu entry is not shown: no file, or one too many",
                      "%llu entries are not shown: no files, or too many", f->left_out),
                   (unsigned long long)f->left_out);
    int rows = (int)left.count < a.h / 3 ? (int)left.count : a.h / 3, below = about + rows;
    struct shown shown = {self, s, a.w < NARROW};
    list_table(&self->list, c, (struct area){a.x, a.y + 1, a.w, a.h - 1 - below},
               shown.narrow ? few : columns, shown.narrow ? 2 : 6, cell, &shown);
    struct area foot = {a.x, a.y + a.h - about, a.w, about};
    prose_put(&left, c, (struct area){a.x, foot.y - rows, a.w, rows});
    prose_release(&left);
    if (entry_at(self, s, self->list.at))
        draw_set(entry_at(self, s, self->list.at), c, foot);
}

static void
go_to(struct files *self, struct session *s, const char *path)
{
    self->list = (struct list){0};
    self->placed = false;
    buf_clear(&self->filter);
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
        buf_set(&self->came_from, str_of(left ? left + 1 : ""));
    }
    go_to(self, s, buf_cstr(&path));
    buf_release(&path);
    return handled();
}

static struct reply
read_set(const struct files *self, struct session *s, const struct folder_entry *e, bool only_newest)
{
    if (e->unreadable) {
        session_notice(s, _("%s: cannot be read: no permission, or damaged"), e->name);
        return handled();
    }
    size_t first = only_newest && e->file_count ? e->file_count - 1 : 0;
    struct str title = only_newest ? figures_file(str_of(e->files[e->file_count - 1])) : str_of(e->name);
    struct opening *o = opening_new(title, e->file_count - first);
    for (size_t i = first; i < e->file_count; i++)
        o->parts[i - first] = arena_str(&o->arena, str_of(e->files[i])).at;
    o->since = self->moment;
    session_open(s, o);
    return opens(&screen_tunnels);
}

// Completes a name to the longest beginning that all names of the folder which begin like it share, or a
// path.
static struct reply
complete(struct files *self, struct session *s)
{
    struct str typed = buf_str(&self->entry.text), longest = STR_NONE;
    if (self->entry.typing == TYPING_NAME && str_starts(typed, STR("/"))) {
        if (complete_path(&self->entry.text) == 0)
            session_notice(s, "%s", _("No file or folder begins so"));
        return handled();
    }
    for (size_t i = 0; self->entry.typing == TYPING_NAME && s->folder && i < s->folder->count; i++) {
        struct str name = str_of(s->folder->entries[i].name);
        if (!typed.len || !str_starts(name, typed))
            continue;
        if (!longest.at)
            longest = name;
        size_t shared = 0;
        while (shared < longest.len && shared < name.len && longest.at[shared] == name.at[shared])
            shared++;
        longest.len = shared;
    }
    if (longest.len > typed.len)
        buf_add(&self->entry.text, str_from(longest, typed.len));
    return handled();
}

// A notice says so when it is no time.
static void
take_since(struct files *self, struct session *s)
{
    int64_t moment = LINE_NO_TIME;
    if (self->entry.text.len && !since_read(buf_cstr(&self->entry.text), &moment)) {
        session_notice(s, _("\"%s\" is no time: write 2024-11-07, 2024-11-07 04:45, 30min, 2h or 1d"),
                       buf_cstr(&self->entry.text));
        return;
    }
    self->moment = moment;
    buf_set(&self->since, buf_str(&self->entry.text));
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct files *self = state;
    if (list_move(&self->list, what))
        return handled();
    if (what == ACT_BACK && (self->entry.typing || self->filter.len)) {
        if (self->entry.typing != TYPING_NAME && self->entry.typing != TYPING_SINCE)
            buf_clear(&self->filter);
        choose(self, s);
        self->entry.typing = TYPING_NOTHING;
        return handled();
    }
    if (what == ACT_SEARCH)
        entry_begin(&self->entry, TYPING_NAME, N_("Name, or a path that begins with / (Tab completes)"),
                    STR_NONE);
    if (what == ACT_FILTER)
        entry_begin(&self->entry, TYPING_FILTER, N_("Only names with"), buf_str(&self->filter));
    if (what == ACT_TIME)
        entry_begin(&self->entry, TYPING_SINCE,
                    N_("Only since (2024-11-07 04:45, 30min, 2h, 1d; empty: all)"), buf_str(&self->since));
    if (what == ACT_SEARCH || what == ACT_FILTER || what == ACT_TIME)
        return handled();
    if (what == ACT_COMPLETE)
        return complete(self, s);
    const struct folder_entry *e = entry_at(self, s, self->list.at);
    if ((what != ACT_GO && what != ACT_ONE) || !e)
        return (struct reply){.handled = what == ACT_GO || what == ACT_ONE};
    if (e->is_folder)
        return enter_folder(self, s, e->name);
    return read_set(self, s, e, what == ACT_ONE);
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct files *self = state;
    const struct folder_entry *e = entry_at(self, s, self->list.at);
    return what == ACT_ONE && (!e || e->file_count < 2) ? _("what is marked is no rotated set") : NULL;
}

// A path of a folder is entered, of a file read; a name is looked for from the marked row on.
static struct reply
entered(void *state, struct session *s)
{
    struct files *self = state;
    struct str text = buf_str(&self->entry.text);
    enum typing typing = self->entry.typing;
    self->entry.typing = TYPING_NOTHING;
    if (typing == TYPING_FILTER)
        filter(self, s);
    if (typing == TYPING_SINCE)
        take_since(self, s);
    if (typing != TYPING_NAME)
        return handled();
    if (text.len && text.at[0] == '/' && access(buf_cstr(&self->entry.text), F_OK) != 0) {
        session_notice(s, _("%s: cannot go there: %s"), buf_cstr(&self->entry.text), strerror(errno));
        return handled();
    }
    if (text.len && text.at[0] == '/') {
        go_to(self, s, buf_cstr(&self->entry.text));
        return handled();
    }
    size_t count = self->list.count;
    for (size_t i = 1; text.len && i <= count; i++) {
        size_t row = (self->list.at + i) % count;
        if (strcasestr(entry_at(self, s, row)->name, buf_cstr(&self->entry.text))) {
            self->list.at = row;
            return handled();
        }
    }
    if (text.len)
        session_notice(s, _("No name here holds \"%s\""), buf_cstr(&self->entry.text));
    return handled();
}

static void
next(void *state, struct session *s, struct buf *out)
{
    struct files *self = state;
    const struct folder_entry *e = entry_at(self, s, self->list.at);
    if (!e) {
        buf_add(out, str_of(_("Esc goes back")));
        return;
    }
    if (e->is_folder)
        buf_addf(out, _("Enter opens the folder %s"), e->name);
    else if (e->file_count > 1)
        buf_addf(out, _("Enter reads the %zu files of %s as one log"), e->file_count, e->name);
    else
        buf_addf(out, _("Enter reads %s"), e->name);
}

const struct screen_ops screen_files = {
    .id = SCREEN_FILES,
    .name = N_("File"),
    .rail = RAIL_SOURCE,
    .help =
        N_("Choose a log file. A log that was rotated (secure, secure.1, secure.2.gz) is one row and is read "
           "as one log, oldest file first. The last column says whether lines about IKE were seen at its "
           "beginning or end."),
    .open = open_files,
    .close = close_files,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .mark = list_click,
    .next = next,
    .news = news,
    .entry = offsetof(struct files, entry),
    .entered = entered,
};
