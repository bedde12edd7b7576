// The report to be written: its format, what it holds, what it hides, where it goes, and what it will look
// like. Nothing is written before Enter, and no file that is there is replaced without a second Enter.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "diag/redact.h"
#include "diag/report.h"
#include "tui/complete.h"
#include "tui/copy.h"
#include "tui/figures.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum row { ROW_FORMAT, ROW_CONTENTS, ROW_HIDE, ROW_TO, ROW_COPY, ROW_COUNT };
enum { LABEL = 13, WHOLE_LOG = 0x100, PRIVATE_NETS = 0x1000, LEAST_PREVIEW = 4 };

// What can be chosen: one of the first row, any of the next two.
struct item {
    enum row row;
    unsigned value;
    const char *label;
};
static const struct item items[] = {
    {ROW_FORMAT, EXPORT_TEXT, N_("text")},
    {ROW_FORMAT, EXPORT_MARKDOWN, N_("Markdown")},
    {ROW_FORMAT, EXPORT_JSON, N_("JSON")},
    {ROW_FORMAT, EXPORT_SAMPLE, N_("sample of the log")},
    {ROW_CONTENTS, REPORT_LADDER, N_("ladder")},
    {ROW_CONTENTS, REPORT_FINDING, N_("finding")},
    {ROW_CONTENTS, REPORT_EVIDENCE, N_("evidence lines")},
    {ROW_CONTENTS, WHOLE_LOG, N_("whole log")},
    {ROW_HIDE, 1u << REDACT_ADDRESS, N_("addresses")},
    {ROW_HIDE, 1u << REDACT_HOST, N_("host names")},
    {ROW_HIDE, 1u << REDACT_ID | 1u << REDACT_USER, N_("identities")},
    {ROW_HIDE, 1u << REDACT_CONN, N_("connections")},
    {ROW_HIDE, PRIVATE_NETS, N_("private networks")},
    {ROW_TO, 0, NULL},
    {ROW_COPY, 0, N_("also to the clipboard")},
};
enum { ITEMS = sizeof items / sizeof *items, ITEM_TO = ITEMS - 2 };

struct paper {
    struct session *s; // for close
    size_t at;         // the marked item
    enum export_format format;
    unsigned contents, hide; // values of the items that are on
    bool copy, named;        // named: the user wrote the path
    struct entry entry;
    struct buf path;
    unsigned serial; // of the last ask
    bool waiting, writing, copying;
    bool consent; // the file that is there may be replaced
    bool done;
    int top;
};

static bool
is_on(const struct paper *self, size_t i)
{
    switch (items[i].row) {
    case ROW_FORMAT:
        return self->format == (enum export_format)items[i].value;
    case ROW_CONTENTS:
        return (self->contents & items[i].value) == items[i].value;
    case ROW_HIDE:
        return (self->hide & items[i].value) == items[i].value;
    default:
        return self->copy;
    }
}

// Why an item means nothing for the chosen format; NULL: it does.
static const char *
why_not(const struct paper *self, size_t i)
{
    if (items[i].row != ROW_CONTENTS)
        return NULL;
    if (self->format == EXPORT_SAMPLE)
        return _("A sample holds the lines around the evidence, nothing else");
    if (self->format == EXPORT_JSON)
        return _("The JSON report always holds all but the whole log");
    return NULL;
}

// ~/ikewalk-branch-12-20261122.txt; without the name of the connection when it is hidden.
static void
name_file(struct paper *self, const struct session *s)
{
    static const char *const endings[EXPORT_FORMATS] = {
        [EXPORT_TEXT] = "txt", [EXPORT_MARKDOWN] = "md", [EXPORT_JSON] = "json", [EXPORT_SAMPLE] = "log"};
    const struct tunnel_row *row = s->export_all ? NULL : session_row(s, s->tunnel);
    struct buf name = {0};
    time_t moment = (time_t)s->desk.now(s->desk.self);
    struct tm parts;
    char day[16] = "";
    if (self->named)
        return;
    if (localtime_r(&moment, &parts))
        strftime(day, sizeof day, "%Y%m%d", &parts);
    for (size_t i = 0; row && !(self->hide & 1u << REDACT_CONN) && i < row->name.len && i < 40; i++) {
        char c = row->name.at[i];
        bool plain =
            (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
        buf_add_char(&name, plain ? c : '-');
    }
    buf_clear(&self->path);
    buf_addf(&self->path, "~/ikewalk-%s-%s.%s", name.len ? buf_cstr(&name) : "report", day,
             endings[self->format]);
    buf_release(&name);
}

static void
say_before(const struct session *s, char *text, size_t room)
{
    const struct tunnel_view *t = session_tunnel(s);
    if (!t || s->export_all || !s->before.taken || s->before.stuck == t->row.verdict.checkpoint)
        return;
    bool was_up = s->before.stuck == CP_NONE, is_up = t->row.verdict.checkpoint == CP_NONE;
    struct str was = was_up ? STR_NONE : view_title(s->knowledge, s->before.stuck, t->row.auth);
    struct str is = is_up ? STR_NONE : view_title(s->knowledge, t->row.verdict.checkpoint, t->row.auth);
    snprintf(text, room, _("Before the last change: %s%.*s. Now: %s%.*s."), was_up ? _("up") : _("stuck at "),
             STR_ARG(was), is_up ? _("up") : _("stuck at "), STR_ARG(is));
}

// Asks for the preview, or for the file; text: the whole is wanted for the clipboard.
static void
ask(struct paper *self, struct session *s, bool file, bool text)
{
    struct export_ask a = {.serial = ++self->serial,
                           .format = self->format,
                           .leave_out = (REPORT_LADDER | REPORT_FINDING | REPORT_EVIDENCE) & ~self->contents,
                           .whole_log = self->contents & WHOLE_LOG,
                           .hide = self->hide & ~(unsigned)PRIVATE_NETS,
                           .kinds = self->hide & ~(unsigned)PRIVATE_NETS,
                           .subnets = self->hide & PRIVATE_NETS,
                           .tunnel = s->export_all ? TUNNEL_NONE : s->tunnel,
                           .replace = self->consent,
                           .whole_text = text,
                           .now = s->desk.now(s->desk.self)};
    if (self->hide & PRIVATE_NETS) {
        a.hide = true;
        a.kinds |= 1u << REDACT_ADDRESS;
    }
    say_before(s, a.before, sizeof a.before);
    if (file) {
        struct buf path = {0};
        complete_home(buf_str(&self->path), &path);
        snprintf(a.path, sizeof a.path, "%s", buf_cstr(&path));
        buf_release(&path);
    }
    self->writing = file;
    self->copying = text;
    self->waiting = true;
    s->desk.export(s->desk.self, &a);
}

static void *
open_export(struct session *s)
{
    struct paper *self = mem_new(sizeof *self);
    self->s = s;
    self->contents = REPORT_LADDER | REPORT_FINDING | REPORT_EVIDENCE;
    self->hide =
        1u << REDACT_ADDRESS | 1u << REDACT_HOST | 1u << REDACT_ID | 1u << REDACT_USER | 1u << REDACT_CONN;
    self->format = s->export_sample ? EXPORT_SAMPLE : EXPORT_TEXT;
    name_file(self, s);
    ask(self, s, false, false);
    return self;
}

static void
close_export(void *state)
{
    struct paper *self = state;
    if (self->waiting && self->writing) // gives it up
        ask(self, self->s, false, false);
    buf_release(&self->entry.text);
    buf_release(&self->path);
    free(self);
}

static const struct exported *
made(const struct paper *self, const struct session *s)
{
    return s->exported && s->exported->serial == self->serial && !self->waiting ? s->exported : NULL;
}

static void
copy(const struct exported *x, struct buf *told)
{
    struct err e = {0};
    if (!x->all)
        buf_addf(told, _("Too long for the clipboard (more than %d KB)"), COPY_MOST / 1024);
    else if (!copy_text(str_trim(buf_str(&x->text)), told, &e))
        buf_add(told, str_of(e.text));
}

// What became of the file.
static void
say_written(struct paper *self, struct session *s, const struct exported *x)
{
    struct buf told = {0};
    self->done = x->written;
    if (x->exists) {
        self->consent = true;
        buf_addf(&told, _("%s is there already. Enter replaces it"), buf_cstr(&self->path));
    } else if (!x->written) {
        buf_add(&told, str_of(x->problem));
    } else {
        buf_addf(&told, _("Written: %s, "), buf_cstr(&self->path));
        figures_bytes(x->bytes, &told);
        if (x->masked)
            buf_addf(&told, P_(", %llu secret masked", ", %llu secrets masked", x->masked),
                     (unsigned long long)x->masked);
        if (self->copying) {
            buf_add(&told, STR(". "));
            copy(x, &told);
        }
    }
    session_notice(s, "%s", buf_cstr(&told));
    buf_release(&told);
}

static void
news(void *state, struct session *s)
{
    struct paper *self = state;
    if (!self->waiting || !s->exported || s->exported->serial != self->serial)
        return;
    self->waiting = false;
    if (self->writing) {
        say_written(self, s, s->exported);
        if (!s->exported->written) // what it would be is still seen
            ask(self, s, false, false);
    } else if (self->copying) {
        struct buf told = {0};
        copy(s->exported, &told);
        session_notice(s, "%s", buf_cstr(&told));
        buf_release(&told);
    } else if (s->exported->problem[0]) {
        session_notice(s, "%s", s->exported->problem);
    }
}

static const char *const labels[ROW_COUNT] = {
    [ROW_FORMAT] = N_("Format"),
    [ROW_CONTENTS] = N_("Contents"),
    [ROW_HIDE] = N_("Hide"),
    [ROW_TO] = N_("File"),
    [ROW_COPY] = "",
};

// The text of an item: "[x] ladder".
static void
say_item(const struct paper *self, const struct session *s, size_t i, struct buf *out)
{
    if (items[i].row == ROW_TO) {
        buf_add(out, buf_str(&self->path));
        return;
    }
    bool one = items[i].row == ROW_FORMAT;
    buf_addf(out, "%c%c%c %s", one ? '(' : '[',
             !is_on(self, i) ? ' '
             : one           ? '*'
                             : 'x',
             one ? ')' : ']', _(items[i].label));
    const struct exported *x = made(self, s);
    if (items[i].row != ROW_COPY || !x)
        return;
    buf_add(out, str_of(x->all ? " (" : _(" (more than ")));
    figures_bytes(x->bytes, out);
    buf_add_char(out, ')');
}

// Draws the items from row `top` on, or only measures when c is NULL; returns the rows they take, and through
// place the row of the marked one.
static int
draw_items(const struct paper *self, const struct session *s, struct canvas *c, struct area a, bool show,
           int *place)
{
    int x = LABEL, y = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        struct buf text = {0};
        say_item(self, s, i, &text);
        int columns = canvas_columns(c, buf_str(&text));
        if (i && items[i].row != items[i - 1].row) {
            y++;
            x = LABEL;
        } else if (x > LABEL && x + columns + 1 > a.w) {
            y++;
            x = LABEL;
        }
        int row = a.y + y - self->top;
        if (show && row >= a.y && row < a.y + a.h) {
            bool first = !i || items[i].row != items[i - 1].row;
            if (first)
                canvas_put(c, a.x + 3, row, LABEL - 3, LOOK_PLAIN,
                           str_of(*labels[items[i].row] ? _(labels[items[i].row]) : ""));
            canvas_put(c, a.x + x, row, a.w - x - 1, why_not(self, i) ? LOOK_DIM : LOOK_PLAIN,
                       buf_str(&text));
            canvas_target(c, (struct area){a.x + x, row, columns, 1}, TARGET_ITEM, (int)i);
            if (i == self->at) {
                canvas_put(c, a.x + 1, row, 1, LOOK_STRONG, STR(">"));
                canvas_mark(c, (struct area){a.x + x, row, columns < a.w - x - 1 ? columns : a.w - x - 1, 1},
                            LOOK_REVERSED);
                canvas_cursor(c, a.x + x + (items[i].row == ROW_TO ? 0 : 1), row);
            }
        }
        if (i == self->at)
            *place = y;
        x += columns + 3;
        buf_release(&text);
    }
    return y + 1;
}

static void
draw_preview(const struct paper *self, const struct session *s, struct canvas *c, struct area a)
{
    const struct exported *x = s->exported;
    if (a.h < LEAST_PREVIEW)
        return;
    canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, str_of(_("Preview")));
    if (!x || x->serial != self->serial) {
        canvas_put(c, a.x + 3, a.y + 1, a.w - 4, LOOK_DIM, str_of(_("One moment ...")));
        return;
    }
    struct str rest = buf_str(&x->text);
    for (int y = a.y + 1; y < a.y + a.h - 2 && rest.len; y++) {
        size_t end = str_find(rest, STR("\n"));
        canvas_put(c, a.x + 3, y, a.w - 4, LOOK_PLAIN, (struct str){rest.at, end});
        rest = str_from(rest, end + 1);
    }
    struct prose note = {0};
    prose_add(&note, c, a.w - 1, 1, 1, LOOK_DIM, -1,
              str_of(_("The same name always gets the same stand-in. Secrets are masked in any case.")));
    int rows = note.count > 1 && a.h > 2 ? 2 : 1;
    prose_put(&note, c, (struct area){a.x, a.y + a.h - rows, a.w, rows});
    prose_release(&note);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct paper *self = state;
    const struct tunnel_row *row = s->export_all ? NULL : session_row(s, s->tunnel);
    bool roomy = a.h > 12;
    int place = 0;
    if (row)
        canvas_putf(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, _("Write a report about %.*s"),
                    STR_ARG(row->name));
    else
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, str_of(_("Write a report about all tunnels")));
    struct area list = {a.x, a.y + 1 + roomy, a.w, a.h - 1 - roomy};
    int rows = draw_items(self, s, c, list, false, &place);
    if (place < self->top)
        self->top = place;
    if (place >= self->top + list.h)
        self->top = place - list.h + 1;
    if (rows <= list.h)
        self->top = 0;
    draw_items(self, s, c, list, true, &place);
    int used = rows + roomy;
    draw_preview(self, s, c, (struct area){a.x, list.y + used, a.w, list.h - used});
}

static void
change(struct paper *self, struct session *s)
{
    self->done = self->consent = false;
    name_file(self, s);
    ask(self, s, false, false);
}

// Space: switches the marked item, or opens the path for typing.
static void
switch_item(struct paper *self, struct session *s)
{
    const struct item *item = &items[self->at];
    const char *reason = why_not(self, self->at);
    if (reason) {
        session_notice(s, "%s", reason);
        return;
    }
    switch (item->row) {
    case ROW_FORMAT:
        if (self->format == (enum export_format)item->value) // chosen already: the next one
            self->at = item->value + 1 < EXPORT_FORMATS ? self->at + 1 : self->at - (EXPORT_FORMATS - 1);
        self->format = (enum export_format)items[self->at].value;
        break;
    case ROW_CONTENTS:
        self->contents ^= item->value;
        break;
    case ROW_HIDE:
        self->hide = is_on(self, self->at) ? self->hide & ~item->value : self->hide | item->value;
        break;
    case ROW_TO:
        entry_begin(&self->entry, true, N_("Write to"), buf_str(&self->path));
        return;
    default:
        self->copy = !self->copy;
        self->done = false;
        return;
    }
    change(self, s);
}

// Up and down go by rows, Tab and the sides by items.
static void
go_row(struct paper *self, int by)
{
    int row = (int)items[self->at].row + by;
    if (row < 0 || row >= ROW_COUNT)
        return;
    self->at = 0;
    while ((int)items[self->at].row != row)
        self->at++;
}

static struct reply
write_it(struct paper *self, struct session *s)
{
    if (self->done)
        return closes();
    if (!self->waiting || !self->writing)
        ask(self, s, true, self->copy);
    return handled();
}

static bool
move(struct paper *self, enum act what)
{
    switch (what) {
    case ACT_UP:
    case ACT_DOWN:
        go_row(self, what == ACT_UP ? -1 : 1);
        return true;
    case ACT_FIELD:
    case ACT_RIGHT:
        self->at = (self->at + 1) % ITEMS;
        return true;
    case ACT_LEFT:
        self->at = (self->at + ITEMS - 1) % ITEMS;
        return true;
    case ACT_FIRST:
        self->at = 0;
        return true;
    case ACT_LAST:
        self->at = ITEMS - 1;
        return true;
    default:
        return false;
    }
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct paper *self = state;
    if (self->entry.typing) {
        if (what == ACT_COMPLETE && complete_path(&self->entry.text) == 0)
            session_notice(s, "%s", _("No file or folder begins so"));
        self->entry.typing = what != ACT_BACK;
        return handled();
    }
    if (move(self, what))
        return handled();
    switch (what) {
    case ACT_GO:
        return write_it(self, s);
    case ACT_TICK:
        switch_item(self, s);
        return handled();
    case ACT_COPY:
        ask(self, s, false, true);
        return handled();
    default:
        return (struct reply){0};
    }
}

static bool
mark(void *state, struct session *s, int item)
{
    struct paper *self = state;
    self->at = (size_t)item < ITEMS ? (size_t)item : self->at;
    switch_item(self, s);
    return true;
}

static struct reply
entered(void *state, struct session *s)
{
    struct paper *self = state;
    self->entry.typing = false;
    if (!str_trim(buf_str(&self->entry.text)).len)
        return handled();
    buf_set(&self->path, str_trim(buf_str(&self->entry.text)));
    self->named = true;
    self->done = self->consent = false;
    (void)s;
    return handled();
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct paper *self = state;
    (void)s;
    if (self->waiting && self->writing)
        buf_add(out, str_of(_("it is being written; Esc gives it up")));
    else if (self->done)
        buf_add(out, str_of(_("it is written. Enter goes back")));
    else if (self->consent)
        buf_add(out, str_of(_("Enter replaces the file that is there")));
    else if (self->at == ITEM_TO)
        buf_add(out, str_of(_("Enter writes the file; Space changes its name")));
    else
        buf_add(out, str_of(_("Enter writes the file; Space switches what is marked")));
}

const struct screen_ops screen_export = {
    .id = SCREEN_EXPORT,
    .name = N_("Export"),
    .rail = RAIL_COUNT,
    .help =
        N_("Writes what is known into a file: a report as text, Markdown or JSON, or a small sample of the "
           "log for a vendor or a ticket. Names are hidden behind stand-ins as chosen; secrets are masked "
           "always. The file appears whole or not at all."),
    .open = open_export,
    .close = close_export,
    .draw = draw,
    .act = act,
    .mark = mark,
    .next = next,
    .news = news,
    .entry = offsetof(struct paper, entry),
    .entered = entered,
};
