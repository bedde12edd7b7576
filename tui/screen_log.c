// The log itself, around the evidence of the tunnel that is looked at: which lines prove which checkpoint,
// what a line means, search and filter. The desk brings excerpts; the screen keeps only line numbers.
#include <stdlib.h>

#include "tui/evidence.h"
#include "tui/excerpt.h"
#include "tui/figures.h"
#include "tui/logrows.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { AROUND = 150, EDGE = 40, FOOT = 3, SIDE = 20 };

enum typing { TYPING_NOTHING, TYPING_SEARCH, TYPING_FILTER };

struct logview {
    struct logrows view; // the marked line, and what is drawn
    bool all, placed;
    uint64_t seen;  // lines there were when the end was last on the screen
    uint64_t lines; // there were when the last ask was made
    enum typing typing;
    struct entry entry;
    struct buf filter, sought;
    struct buf kept; // the filter before it is typed anew
    struct evidence evidence;
    unsigned serial; // of the last ask
    bool waiting;
    enum excerpt_way way; // of the last ask
};

static uint64_t
lines_there(const struct session *s)
{
    bool known = s->view && s->source >= 0 && (size_t)s->source < s->view->source_count;
    return known ? s->view->sources[s->source].lines : 0;
}

static void
ask(struct logview *self, struct session *s, enum excerpt_way way)
{
    struct excerpt_ask a = {.serial = ++self->serial,
                            .source = s->source,
                            .line = self->view.line,
                            .before = AROUND,
                            .after = AROUND,
                            .search = way};
    if (self->filter.len)
        memcpy(a.filter, self->filter.at, self->filter.len);
    else if (!self->all && self->evidence.count) {
        a.near = self->evidence.lines;
        a.near_count = self->evidence.count;
    }
    if (way != EXCERPT_AROUND && self->sought.len)
        memcpy(a.sought, self->sought.at, self->sought.len);
    self->waiting = true;
    self->way = way;
    self->lines = lines_there(s);
    s->desk.excerpt(s->desk.self, &a);
}

static void
ask_meaning(const struct logview *self, struct session *s)
{
    if (self->view.line &&
        (!s->meaning || s->meaning->line != self->view.line || s->meaning->source != s->source))
        s->desk.meaning(s->desk.self, s->source, self->view.line);
}

static void *
open_log(struct session *s)
{
    struct logview *self = mem_new(sizeof *self);
    excerpt_free(s->excerpt);
    s->excerpt = NULL;
    evidence_gather(&self->evidence, session_tunnel(s), s->source);
    self->all = self->evidence.count == 0;
    self->view.line = s->line ? s->line : self->evidence.count ? self->evidence.lines[0] : 1;
    ask(self, s, EXCERPT_AROUND);
    ask_meaning(self, s);
    return self;
}

static void
close_log(void *state)
{
    struct logview *self = state;
    buf_release(&self->entry.text);
    buf_release(&self->filter);
    buf_release(&self->sought);
    buf_release(&self->kept);
    evidence_release(&self->evidence);
    free(self);
}

// The excerpt at hand, when it is of this source.
static const struct excerpt *
lines_of(const struct session *s)
{
    return s->excerpt && s->excerpt->source == s->source && s->excerpt->count ? s->excerpt : NULL;
}

// The end of the log has moved: whoever is there moves along, everybody else keeps the place and hears how
// much is new.
static void
follow_end(struct logview *self, struct session *s)
{
    const struct excerpt *x = lines_of(s);
    uint64_t there = lines_there(s);
    bool at_end = x && x->last && self->view.line >= x->lines[x->count - 1].number;
    if (self->waiting || !x || s->progress.reading || there == self->lines) {
        self->seen = at_end || !self->seen ? (x ? x->total : 0) : self->seen;
        return;
    }
    if (at_end && s->following)
        self->view.line = UINT64_MAX;
    ask(self, s, EXCERPT_AROUND);
}

static void
news(void *state, struct session *s)
{
    struct logview *self = state;
    evidence_gather(&self->evidence, session_tunnel(s), s->source);
    follow_end(self, s);
    if (!s->excerpt || s->excerpt->serial != self->serial || !self->waiting)
        return;
    self->waiting = false;
    const struct excerpt *x = lines_of(s);
    if (self->way != EXCERPT_AROUND && !s->excerpt->found)
        session_notice(s, "\"%.*s\" %s%s", STR_ARG(buf_str(&self->sought)),
                       self->way == EXCERPT_FORWARD ? _("is not further down") : _("is not further up"),
                       self->filter.len ? _(" in the filtered lines")
                       : self->all      ? ""
                                        : _(" around the evidence; a shows all lines"));
    else if (x)
        self->view.line = x->lines[x->at].number;
    if (!x && self->filter.len)
        session_notice(s, _("No line holds \"%.*s\"; Esc takes the filter away"),
                       STR_ARG(buf_str(&self->filter)));
    ask_meaning(self, s);
}

// "around the evidence: 41 lines, 141,898 hidden"
static void
say_shown(const struct logview *self, const struct excerpt *x, uint64_t lines, struct buf *out)
{
    if (self->filter.len)
        buf_addf(out, _("lines with \"%.*s\": "), STR_ARG(buf_str(&self->filter)));
    else if (!self->all)
        buf_add(out, str_of(_("around the evidence: ")));
    if (!x || x->shown == EXCERPT_UNKNOWN || x->shown == lines) {
        buf_add(out, str_of(self->filter.len && x && x->shown != lines ? _("some of ") : _("all of ")));
        figures_count(lines, out);
        buf_add(out, str_of(_(" lines")));
        return;
    }
    figures_count(x->shown, out);
    buf_add(out, str_of(_(" shown, ")));
    figures_count(lines > x->shown ? lines - x->shown : 0, out);
    buf_add(out, str_of(_(" hidden")));
}

static void
draw_head(struct logview *self, struct session *s, struct canvas *c, struct area a)
{
    struct buf text = {0}, right = {0};
    const struct excerpt *x = lines_of(s);
    uint64_t there = lines_there(s), lines = x ? x->total : s->progress.lines;
    size_t before = 0;
    for (size_t i = 0; i < self->evidence.count; i++)
        before += self->evidence.lines[i] <= self->view.line;
    say_shown(self, x, lines, &text);
    if (before)
        buf_addf(&text, _("   evidence %zu of %zu"), before, self->evidence.count);
    else if (self->evidence.count)
        buf_addf(&text, P_("   %zu line of evidence", "   %zu lines of evidence", self->evidence.count),
                 self->evidence.count);
    if (x && x->part)
        buf_addf(&text, "   %s:%llu", x->part, (unsigned long long)x->part_line);
    if (there > self->seen && self->seen)
        buf_addf(&right, _("+%llu new  "), (unsigned long long)(there - self->seen));
    buf_add(&right, str_of(s->following ? _("following") : ""));
    int columns = canvas_columns(c, buf_str(&right));
    canvas_put_right(c, a.x + a.w - columns - 1, a.y, columns, LOOK_STRONG, buf_str(&right));
    canvas_put(c, a.x + 1, a.y, a.w - 3 - columns, LOOK_STRONG, buf_str(&text));
    buf_release(&text);
    buf_release(&right);
}

static void
draw_meaning(const struct logview *self, const struct session *s, struct canvas *c, struct area a)
{
    const struct meaning *m = s->meaning;
    if (!m || m->line != self->view.line || m->source != s->source)
        return;
    struct buf text = {0};
    buf_add(&text, str_of(_("This line: ")));
    if (m->message.len) {
        buf_add(&text, m->note.len ? m->note : m->event);
        buf_addf(&text, "   (%.*s/%.*s)", STR_ARG(m->dialect), STR_ARG(m->message));
    } else {
        buf_add(&text, str_of(m->dialect.len ? _("no entry of the knowledge base fits it.")
                                             : _("not from an IKE daemon.")));
    }
    struct prose prose = {0};
    size_t top = 0;
    prose_add(&prose, c, a.w - 1, 1, 1, LOOK_PLAIN, -1, buf_str(&text));
    prose_draw(&prose, c, a, -1, false, &top);
    prose_release(&prose);
    buf_release(&text);
}

static void
set_filter(struct logview *self, struct session *s, struct str text)
{
    if (str_eq(buf_str(&self->filter), text))
        return;
    buf_clear(&self->filter);
    buf_add(&self->filter, text);
    self->placed = false;
    ask(self, s, EXCERPT_AROUND);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct logview *self = state;
    if (self->typing == TYPING_FILTER) // it filters while one types
        set_filter(self, s, buf_str(&self->entry.text));
    const struct excerpt *x = lines_of(s);
    draw_head(self, s, c, a);
    if (!x) {
        canvas_put(c, a.x + 1, a.y + 1, a.w - 2, LOOK_PLAIN,
                   str_of(self->waiting ? _("One moment ...") : _("No lines.")));
        return;
    }
    int foot = a.h > 12 ? FOOT : 0;
    struct area body = {a.x, a.y + 1, a.w, a.h - 1 - foot};
    size_t at = logrows_index(x, self->view.line);
    if (!self->waiting)
        self->view.line = x->lines[at].number;
    if (!self->placed || self->view.line < self->view.top) {
        size_t above = self->placed ? 0 : (size_t)(body.h / 2);
        self->view.top = x->lines[at > above ? at - above : 0].number;
        self->placed = true;
    }
    struct area all = {a.x, body.y, a.w, body.h};
    while (!logrows_draw(&self->view, s, x, &self->evidence, buf_str(&self->sought), c, body)) {
        size_t first = logrows_index(x, self->view.top);
        if (first >= at)
            break;
        self->view.top = x->lines[at - first > (size_t)body.h ? at - (size_t)body.h : first + 1].number;
        canvas_fill(c, all, LOOK_PLAIN, ' ');
    }
    if (foot)
        draw_meaning(self, s, c, (struct area){a.x, a.y + a.h - foot + 1, a.w, foot - 1});
}

static void
move_to(struct logview *self, struct session *s, const struct excerpt *x, size_t at)
{
    self->view.line = x->lines[at].number;
    bool near_start = at < EDGE && !x->first, near_end = at + EDGE >= x->count && !x->last;
    if ((near_start || near_end) && !self->waiting)
        ask(self, s, EXCERPT_AROUND);
    ask_meaning(self, s);
}

static bool
move(struct logview *self, struct session *s, enum act what)
{
    const struct excerpt *x = lines_of(s);
    if (what != ACT_UP && what != ACT_DOWN && what != ACT_PAGE_UP && what != ACT_PAGE_DOWN &&
        what != ACT_FIRST && what != ACT_LAST)
        return false;
    if (!x)
        return true;
    size_t at = logrows_index(x, self->view.line), last = x->count - 1,
           page = self->view.rows > 1 ? (size_t)self->view.rows - 1 : 1;
    switch (what) {
    case ACT_UP:
    case ACT_DOWN:
        at = logrows_step(&self->view, x, &self->evidence, at, what == ACT_DOWN);
        break;
    case ACT_PAGE_UP:
        at = at > page ? at - page : 0;
        break;
    case ACT_PAGE_DOWN:
        at = at + page < last ? at + page : last;
        break;
    case ACT_FIRST:
    case ACT_LAST:
        self->view.line =
            what == ACT_FIRST ? 1 : UINT64_MAX; // there may be more lines by now than the excerpt knows
        self->placed = false;
        ask(self, s, EXCERPT_AROUND);
        return true;
    default:
        break;
    }
    move_to(self, s, x, at);
    return true;
}

static void
go_to(struct logview *self, struct session *s, uint64_t line)
{
    self->view.line = line;
    self->placed = false;
    ask(self, s, EXCERPT_AROUND);
    ask_meaning(self, s);
}

static void
to_evidence(struct logview *self, struct session *s, bool forward)
{
    uint64_t to = 0;
    for (size_t i = 0; i < self->evidence.count; i++) {
        uint64_t line = self->evidence.lines[i];
        if (forward ? line > self->view.line && !to : line < self->view.line)
            to = line;
    }
    if (to)
        go_to(self, s, to);
    else
        session_notice(s, "%s",
                       !self->evidence.count ? _("No line here is evidence of the tunnel")
                       : forward             ? _("This is the last line of evidence")
                                             : _("This is the first line of evidence"));
}

static void
search(struct logview *self, struct session *s, enum excerpt_way way)
{
    if (!self->sought.len) {
        session_notice(s, "%s", _("Nothing was searched for yet; / does"));
        return;
    }
    ask(self, s, way);
    self->placed = false;
}

static void
start_typing(struct logview *self, enum typing typing)
{
    self->typing = typing;
    self->entry.prompt = typing == TYPING_SEARCH ? N_("Search") : N_("Only lines with");
    buf_clear(&self->entry.text);
    if (typing != TYPING_FILTER)
        return;
    buf_add(&self->entry.text, buf_str(&self->filter));
    buf_clear(&self->kept);
    buf_add(&self->kept, buf_str(&self->filter));
}

static struct reply
explain(struct session *s, uint64_t line)
{
    const struct meaning *m = s->meaning;
    if (!m || m->line != line)
        return (struct reply){.handled = true};
    buf_clear(&s->box_title);
    buf_addf(&s->box_title, "L%llu", (unsigned long long)line);
    buf_clear(&s->box_text);
    struct buf *out = &s->box_text;
    buf_add(out, m->text);
    buf_add(out, STR("\n\n"));
    if (!m->dialect.len)
        buf_add(out, str_of(_("This line is not from an IKE daemon that is known here.")));
    else if (!m->message.len)
        buf_add(out, str_of(_("No entry of the knowledge base fits this line, so it was not used.")));
    if (m->note.len)
        buf_addf(out, "%.*s\n", STR_ARG(m->note));
    if (m->event.len)
        buf_addf(out, "%.*s\n", STR_ARG(m->event));
    for (size_t i = 0; i < m->value_count; i++) {
        buf_addf(out, "\n%.*s: ", STR_ARG(m->values[i].key));
        buf_add(out, m->values[i].text[0]);
    }
    if (m->message.len)
        buf_addf(out, _("\n\nknowledge: %.*s, %.*s"), STR_ARG(m->dialect), STR_ARG(m->message));
    return (struct reply){.handled = true, .push = &screen_box};
}

static void
back(struct logview *self, struct session *s)
{
    enum typing typing = self->typing;
    self->typing = TYPING_NOTHING;
    if (typing != TYPING_SEARCH)
        set_filter(self, s, typing == TYPING_FILTER ? buf_str(&self->kept) : STR_NONE);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct logview *self = state;
    struct reply done = {.handled = true};
    if (move(self, s, what))
        return done;
    switch (what) {
    case ACT_GO:
        return explain(s, self->view.line);
    case ACT_BACK:
        if (!self->typing && !self->filter.len)
            return (struct reply){0};
        back(self, s);
        return done;
    case ACT_EVIDENCE:
    case ACT_EVIDENCE_BACK:
        to_evidence(self, s, what == ACT_EVIDENCE);
        return done;
    case ACT_SEARCH:
        start_typing(self, TYPING_SEARCH);
        return done;
    case ACT_FILTER:
        start_typing(self, TYPING_FILTER);
        return done;
    case ACT_AGAIN:
        search(self, s, EXCERPT_FORWARD);
        return done;
    case ACT_AGAIN_BACK:
        search(self, s, EXCERPT_BACKWARD);
        return done;
    case ACT_ALL:
        self->all = !self->all || !self->evidence.count;
        self->placed = false;
        ask(self, s, EXCERPT_AROUND);
        return done;
    case ACT_FOLD:
        self->view.unfolded = !self->view.unfolded;
        return done;
    case ACT_WRAP:
        self->view.wrap = !self->view.wrap;
        return done;
    case ACT_LEFT:
        self->view.side = self->view.side > SIDE ? self->view.side - SIDE : 0;
        return done;
    case ACT_RIGHT:
        self->view.side += self->view.side < EXCERPT_LINE ? SIDE : 0;
        return done;
    default:
        return (struct reply){0};
    }
}

static struct entry *
entry(void *state)
{
    struct logview *self = state;
    return self->typing ? &self->entry : NULL;
}

static struct reply
entered(void *state, struct session *s)
{
    struct logview *self = state;
    enum typing typing = self->typing;
    self->typing = TYPING_NOTHING;
    if (typing == TYPING_SEARCH && self->entry.text.len) {
        buf_clear(&self->sought);
        buf_add(&self->sought, buf_str(&self->entry.text));
        search(self, s, EXCERPT_FORWARD);
    } else if (typing == TYPING_FILTER) {
        set_filter(self, s, buf_str(&self->entry.text));
    }
    return (struct reply){.handled = true};
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct logview *self = state;
    if (lines_of(s) && self->view.line != UINT64_MAX)
        buf_addf(out, _("Enter explains line %llu"), (unsigned long long)self->view.line);
    else
        buf_add(out, str_of(_("Esc goes back")));
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    (void)state;
    (void)s;
    buf_add(out, str_of(_("Log")));
}

const struct screen_ops screen_log = {
    .id = SCREEN_LOG,
    .rail = RAIL_COUNT,
    .help = N_("The log as it was read; control characters are shown as codes. A number in front of a line "
               "names the "
               "checkpoint that the line speaks of, * the line that decides it."),
    .open = open_log,
    .close = close_log,
    .draw = draw,
    .act = act,
    .next = next,
    .crumb = crumb,
    .news = news,
    .entry = entry,
    .entered = entered,
};
