// The start screen: where are the log lines? Below the kinds of sources stand the logs that were read lately.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diag/arena.h"
#include "diag/text.h"
#include "tui/list.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

static const struct choice {
    const char *name, *about, *next;
    const struct screen_ops *screen; // NULL: reads at once
    const char *source;              // this
} choices[] = {
    {N_("Open a log file"), N_("one file, or a rotated set (.1 .gz .xz .zst .bz2)"),
     N_("Enter lets you choose a file"), &screen_files, NULL},
    {N_("A gateway over SSH"), N_("by a profile, or user@host"), N_("Enter lists the gateways"),
     &screen_gateways, NULL},
    {N_("Paste text"), N_("out of a mail, ticket or web console"), N_("Enter waits for what you paste"),
     &screen_paste, NULL},
    {N_("A sample log"), N_("one per fault class, and healthy ones"), N_("Enter lists the sample logs"),
     &screen_samples, NULL},
    {N_("A lesson"), N_("guided walkthroughs with questions, and practice"), N_("Enter lists the lessons"),
     &screen_lessons, NULL},
    {N_("This machine's journal"), N_("what IKE daemons log to systemd"), N_("Enter reads the journal"), NULL,
     "journal:"},
};
enum { CHOICES = sizeof choices / sizeof *choices };

enum { MARGIN = 3, GAP = 3, NAME_MOST = 34, LEAST_ABOUT = 20 };

struct start {
    struct list list; // of choices, then of recent logs
    int top;          // the first line that is seen
};
LIST_BEGINS(struct start);

static const struct recent *
recent(const struct session *s, size_t row)
{
    size_t count = s->recents ? s->recents->count : 0;
    return row >= CHOICES && row - CHOICES < count ? &s->recents->at[row - CHOICES] : NULL;
}

static void
news(void *state, struct session *s)
{
    struct start *self = state;
    self->list.count = CHOICES + (s->recents ? s->recents->count : 0);
}

static void *
open_source(struct session *s)
{
    struct start *self = mem_new(sizeof *self);
    news(self, s);
    return self;
}

// "today 09:14", "yesterday 17:02", "22 Nov 09:14".
static void
say_when(int64_t when, struct buf *out)
{
    time_t then = (time_t)when, now = time(NULL);
    struct tm day, today, before;
    char text[64];
    time_t yesterday = now - 86400;
    if (!localtime_r(&then, &day) || !localtime_r(&now, &today) || !localtime_r(&yesterday, &before))
        return;
    bool is_today = day.tm_year == today.tm_year && day.tm_yday == today.tm_yday;
    bool is_before = day.tm_year == before.tm_year && day.tm_yday == before.tm_yday;
    if (is_today || is_before)
        buf_addf(out, "%s ", is_today ? _("today") : _("yesterday"));
    if (strftime(text, sizeof text, is_today || is_before ? "%H:%M" : "%d %b %H:%M", &day))
        buf_add(out, str_of(text));
}

static void
say_found(const struct recent *r, struct buf *out)
{
    struct buf down = {0}, tunnels = {0};
    text_count(r->down, &down);
    text_count(r->tunnels, &tunnels);
    if (r->down)
        buf_addf(out, P_("%s of %s tunnel down", "%s of %s tunnels down", r->tunnels), buf_cstr(&down),
                 buf_cstr(&tunnels));
    else
        buf_addf(out, P_("%s tunnel, not down", "%s tunnels, none down", r->tunnels), buf_cstr(&tunnels));
    buf_release(&down);
    buf_release(&tunnels);
}

static bool
has_namesake(const struct session *s, const struct recent *r)
{
    for (size_t i = 0; i < s->recents->count; i++)
        if (&s->recents->at[i] != r && strcmp(s->recents->at[i].title, r->title) == 0)
            return true;
    return false;
}

static uint8_t
put_name(void *session, size_t row, size_t column, struct buf *out)
{
    (void)column;
    buf_add(out, str_of(row < CHOICES ? _(choices[row].name) : recent(session, row)->title));
    return LOOK_PLAIN;
}

// Logs of one name, as those of several gateways are, are told apart by their folder.
static void
put_folder(const struct session *s, const struct recent *r, struct buf *out)
{
    const char *path = r->parts[r->count - 1], *end = strrchr(path, '/'), *begin = end;
    if (*path != '/' || !has_namesake(s, r))
        return;
    while (begin > path && begin[-1] != '/')
        begin--;
    buf_addf(out, _("   in %.*s"), (int)(end - begin), begin);
}

static void
put_about(const struct session *s, size_t row, struct buf *out)
{
    if (row < CHOICES) {
        buf_add(out, str_of(_(choices[row].about)));
        return;
    }
    size_t begun = out->len;
    say_when(recent(s, row)->when, out);
    do
        buf_add_char(out, ' ');
    while (out->len - begun < 18);
    say_found(recent(s, row), out);
    put_folder(s, recent(s, row), out);
}

// The choices and the recent logs have columns of their own, so that a long name cuts no explanation.
static int
name_width(struct session *s, struct canvas *c, size_t from, size_t to)
{
    int widest = 0;
    struct buf text = {0};
    for (size_t i = from; i < to; i++) {
        buf_clear(&text);
        put_name(s, i, 0, &text);
        int width = canvas_columns(c, buf_str(&text));
        widest = width > widest ? width : widest;
    }
    buf_release(&text);
    return widest > NAME_MOST ? NAME_MOST : widest;
}

static void
draw_row(const struct start *self, struct session *s, struct canvas *c, struct area a, size_t row, int names)
{
    struct buf text = {0};
    int x = a.x + MARGIN, end = a.x + a.w - 1;
    c->own = row < CHOICES;
    list_name(&self->list, c, (struct area){x, a.y, names < end - x ? names : end - x, 1}, LOOK_PLAIN,
              put_name, s, row, 0);
    x += names + GAP;
    put_about(s, row, &text);
    if (end - x >= LEAST_ABOUT)
        canvas_put(c, x, a.y, end - x, LOOK_DIM, buf_str(&text));
    c->own = false;
    buf_release(&text);
    canvas_target(c, a, TARGET_ITEM, (int)row);
    if (row == self->list.at)
        canvas_chosen(c, a);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct start *self = state;
    // Line 0 is the question; a blank line and a heading stand before the recent logs.
    int airy = a.h >= CHOICES + 6, first = 1 + airy, before = first + CHOICES + airy;
    int choice_names = name_width(s, c, 0, CHOICES), log_names = name_width(s, c, CHOICES, self->list.count);
    bool some = self->list.count > CHOICES;
    int promise = a.h > CHOICES + 2 ? 1 + airy : 0, room = a.h - promise;
    int at =
        self->list.at < CHOICES ? first + (int)self->list.at : before + 1 + (int)(self->list.at - CHOICES);
    if (at >= self->top + room)
        self->top = at - room + 1;
    if (at < self->top || at == first)
        self->top = at == first ? 0 : at;
    self->list.shown = (size_t)(room > 1 ? room : 1);
    for (int line = self->top; line < self->top + room; line++) {
        struct area here = {a.x, a.y + line - self->top, a.w, 1};
        size_t recents = self->list.count - CHOICES;
        if (line == 0)
            canvas_put(c, a.x + 1, here.y, a.w - 2, LOOK_STRONG, str_of(_("Where are the log lines?")));
        else if (line == before && some)
            canvas_put(c, a.x + 1, here.y, a.w - 2, LOOK_STRONG, str_of(_("Recent")));
        else if (line >= first && line < first + CHOICES)
            draw_row(self, s, c, here, (size_t)(line - first), choice_names);
        else if (line > before && (size_t)(line - before - 1) < recents)
            draw_row(self, s, c, here, CHOICES + (size_t)(line - before - 1), log_names);
    }
    if (s->progress.problem[0] && promise)
        canvas_put(c, a.x + 1, a.y + a.h - 1, a.w - 2, LOOK_FAILED, str_of(s->progress.problem));
    else if (promise)
        canvas_put(c, a.x + 1, a.y + a.h - 1, a.w - 2, LOOK_PLAIN,
                   str_of(_("ikewalk only reads. It changes nothing on a gateway.")));
}

static struct reply
open_recent(struct session *s, const struct recent *r)
{
    struct opening *o = opening_new(str_of(r->title), r->count);
    for (size_t i = 0; i < r->count; i++)
        o->parts[i] = arena_str(&o->arena, str_of(r->parts[i])).at;
    o->apart = r->apart;
    const struct screen_ops *first = opening_is_gateway(o) ? &screen_gateway : &screen_tunnels;
    session_open(s, o);
    return opens(first);
}

static struct reply
read_source(struct session *s, const char *source)
{
    struct opening *o = opening_new((struct str){source, strcspn(source, ":")}, 1); // "journal:"
    o->parts[0] = arena_str(&o->arena, str_of(source)).at;
    session_open(s, o);
    return opens(&screen_tunnels);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct start *self = state;
    if (list_move(&self->list, what))
        return handled();
    if (what == ACT_PATH)
        return opens(&screen_path);
    if (what != ACT_GO)
        return (struct reply){0};
    const struct recent *r = recent(s, self->list.at);
    if (r)
        return open_recent(s, r);
    const struct choice *chosen = &choices[self->list.at];
    return chosen->screen ? opens(chosen->screen) : read_source(s, chosen->source);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct start *self = state;
    const struct recent *r = recent(s, self->list.at);
    if (r)
        buf_addf(out, _("Enter reads %s again"), r->title);
    else
        buf_add(out, str_of(_(choices[self->list.at].next)));
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    (void)state;
    buf_add(out, s->title.len ? buf_str(&s->title) : str_of(_("Source")));
}

const struct screen_ops screen_source = {
    .id = SCREEN_SOURCE,
    .rail = RAIL_SOURCE,
    .help =
        N_("Choose where the log lines are. ikewalk reads them, finds the tunnels in them, and walks you to "
           "the checkpoint where a tunnel is stuck. Enter goes on, Esc goes back."),
    .open = open_source,
    .close = free,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .next = next,
    .news = news,
    .crumb = crumb,
};
