// The log itself, around the evidence of the tunnel that is looked at: which lines prove which checkpoint,
// what a line means, search and filter. The desk brings excerpts; the screen keeps only line numbers.
#include <stdlib.h>

#include "diag/text.h"
#include "tui/evidence.h"
#include "tui/excerpt.h"
#include "tui/figures.h"
#include "tui/frame.h"
#include "tui/logrows.h"
#include "tui/meaning.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { AROUND = 150, EDGE = 40, FOOT = 3, SIDE = 20 };

enum typing { TYPING_NOTHING, TYPING_SEARCH, TYPING_FILTER };

enum arrival { ARRIVED, AT_FIRST_EVIDENCE, AT_LAST_EVIDENCE, AT_ATTEMPT };

struct logview {
    struct logrows view; // the marked line, and what is drawn
    bool all, placed;
    uint64_t seen;  // lines there were when the end was last on the screen
    uint64_t lines; // there were when the last ask was made
    struct entry entry;
    struct buf filter, sought;
    struct buf kept; // the filter before it is typed anew
    struct evidence evidence;
    unsigned serial; // of the last ask
    bool waiting;
    enum excerpt_way way; // of the last ask

    struct session *session; // borrowed
    struct looked home;      // what was looked at when the log was opened; e and [ lead elsewhere
    enum arrival arrival;    // where the mark goes when what is looked at has come
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
    self->session = s;
    self->home = session_looked(s);
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
    session_look_back(self->session, &self->home);
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
    if (self->waiting || s->progress.reading || there == self->lines) {
        self->seen = at_end || !self->seen ? (x ? x->total : 0) : self->seen;
        return;
    }
    if (!x || (at_end && s->following)) // of a log that was cut there may be no line at hand
        self->view.line = UINT64_MAX;
    self->placed = self->placed && x;
    ask(self, s, EXCERPT_AROUND);
}

static void
go_to(struct logview *self, struct session *s, uint64_t line)
{
    self->view.line = line;
    self->placed = false;
    ask(self, s, EXCERPT_AROUND);
    ask_meaning(self, s);
}

// The tunnel or the attempt that e or [ led to has come.
static void
arrive(struct logview *self, struct session *s, const struct tunnel_view *t)
{
    const struct attempt_row *attempt = t->attempt < t->attempt_count ? &t->attempts[t->attempt] : NULL;
    const struct evidence *e = &self->evidence;
    enum arrival arrival = self->arrival;
    self->arrival = ARRIVED;
    if (arrival == AT_ATTEMPT && attempt) {
        session_notice(s, _("Attempt %zu of %zu kept: L%llu to L%llu"), t->attempt + 1, t->attempt_count,
                       (unsigned long long)attempt->first_line, (unsigned long long)attempt->last_line);
        go_to(self, s, attempt->first_line);
    } else if (e->count) {
        session_notice(s, _("Evidence of %.*s"), STR_ARG(t->row.name));
        go_to(self, s, e->lines[arrival == AT_LAST_EVIDENCE ? e->count - 1 : 0]);
    } else {
        session_notice(s, _("No line here is evidence of %.*s"), STR_ARG(t->row.name));
    }
}

static void
news(void *state, struct session *s)
{
    struct logview *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    if (self->arrival && t)
        s->source = t->row.source;
    evidence_gather(&self->evidence, t, s->source);
    if (self->arrival && t)
        arrive(self, s, t);
    if (!self->all && !self->evidence.count) { // there is nothing to be around
        self->all = true;
        go_to(self, s, self->view.line);
    }
    follow_end(self, s);
    if (!s->excerpt || s->excerpt->serial != self->serial || !self->waiting)
        return;
    self->waiting = false;
    const struct excerpt *x = lines_of(s);
    if (self->way != EXCERPT_AROUND && !s->excerpt->found)
        session_notice(s, "\"%.*s\" %s%s", STR_ARG(buf_str(&self->sought)),
                       self->way == EXCERPT_FORWARD ? _("is not further down") : _("is not further up"),
                       self->filter.len               ? _(" in the filtered lines")
                       : !self->all                   ? _(" around the evidence; a shows all lines")
                       : self->way == EXCERPT_FORWARD ? _("; N searches upward")
                                                      : _("; n searches downward"));
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
        text_count(lines, out);
        buf_add(out, str_of(P_(" line", " lines", lines)));
        return;
    }
    text_count(x->shown, out);
    buf_add(out, str_of(_(" shown, ")));
    text_count(lines > x->shown ? lines - x->shown : 0, out);
    buf_add(out, str_of(_(" hidden")));
}

static void
draw_head(struct logview *self, struct session *s, struct canvas *c, struct area a)
{
    struct buf text = {0}, right = {0};
    const struct excerpt *x = self->waiting ? lines_of(s) : s->excerpt; // the filter may hide all
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
    if (s->following && session_grows(s) && c->w < FRAME_RAIL_WIDTH) // else it stands beside the rail
        buf_add(&right, str_of(_("following")));
    if (s->view && s->view->source_count > 1 && s->source >= 0 && (size_t)s->source < s->view->source_count) {
        const struct source_view *source = &s->view->sources[s->source];
        buf_addf(&right, "%s%c: ", right.len ? "  " : "", source->end ? 'B' : 'A');
        buf_add(&right, figures_file(source->name));
    }
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
    meaning_tell(m, &text);
    struct prose prose = {0};
    prose_add(&prose, c, a.w - 1, 1, 1, LOOK_PLAIN, -1, buf_str(&text));
    prose_put(&prose, c, a);
    prose_release(&prose);
    buf_release(&text);
}

static void
set_filter(struct logview *self, struct session *s, struct str text)
{
    if (str_eq(buf_str(&self->filter), text))
        return;
    buf_set(&self->filter, text);
    self->placed = false;
    ask(self, s, EXCERPT_AROUND);
}

// The marked line comes to the middle, near the end of the log as far down as fills the rows.
static size_t
lines_above(const struct excerpt *x, size_t at, size_t rows)
{
    size_t below = x->count - at; // with the line itself
    return below > rows / 2 ? rows / 2 : rows > below ? rows - below : 0;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct logview *self = state;
    if (self->entry.typing == TYPING_FILTER) // it filters while one types
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
        size_t above = self->placed ? 0 : lines_above(x, at, (size_t)body.h);
        self->view.top = x->lines[at > above ? at - above : 0].number;
        self->placed = !self->waiting; // the lines that were asked for are placed anew
    }
    struct area all = {a.x, body.y, a.w, body.h};
    while (!logrows_draw(&self->view, s, x, &self->evidence, buf_str(&self->sought), c, body)) {
        size_t first = logrows_index(x, self->view.top);
        if (first >= at || x->lines[at].number != self->view.line)
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
    size_t here = x ? logrows_index(x, self->view.line) : 0, at = here;
    if (!act_move(what, x ? x->count - 1 : 0, (size_t)self->view.rows, &at))
        return false;
    if (!x)
        return true;
    if (what == ACT_FIRST || what == ACT_LAST) { // there may be more lines by now than the excerpt knows
        self->view.line = what == ACT_FIRST ? 1 : UINT64_MAX;
        self->placed = false;
        ask(self, s, EXCERPT_AROUND);
        return true;
    }
    if (what == ACT_UP || what == ACT_DOWN)
        at = logrows_step(&self->view, x, &self->evidence, here, what == ACT_DOWN);
    move_to(self, s, x, at);
    return true;
}

// The tunnel before or behind the one that is looked at, in the order of the list; NULL: there is none. Only
// a log that was opened from that list leads to others.
static const struct tunnel_row *
beside(const struct session *s, bool forward)
{
    const struct tunnel_row *here = session_row(s, s->tunnel);
    bool listed = s->reached & 1u << RAIL_TUNNELS && !(s->reached & 1u << RAIL_RECHECK);
    if (!here || !listed)
        return NULL;
    const struct tunnel_row *rows = s->view->rows;
    if (forward ? here + 1 == rows + s->view->row_count : here == rows)
        return NULL;
    return forward ? here + 1 : here - 1;
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
    const struct tunnel_row *other = to ? NULL : beside(s, forward);
    if (to) {
        go_to(self, s, to);
    } else if (other) {
        self->arrival = forward ? AT_FIRST_EVIDENCE : AT_LAST_EVIDENCE;
        session_look(s, other->id, -1);
    } else {
        session_notice(s, "%s",
                       !self->evidence.count ? _("No line here is evidence of the tunnel")
                       : forward             ? _("This is the last line of evidence")
                                             : _("This is the first line of evidence"));
    }
}

static void
to_attempt(struct logview *self, struct session *s, int by)
{
    const struct tunnel_view *t = session_tunnel(s);
    int to = t ? (int)t->attempt + by : -1;
    if (to < 0 || to >= (int)t->attempt_count) {
        session_notice(s, "%s",
                       by < 0 ? _("This is the oldest attempt that is kept whole")
                              : _("This is the newest attempt"));
        return;
    }
    self->arrival = AT_ATTEMPT;
    session_look(s, s->tunnel, to);
}

static void
search(struct logview *self, struct session *s, enum excerpt_way way)
{
    ask(self, s, way);
    self->placed = false;
}

static void
back(struct logview *self, struct session *s)
{
    enum typing typing = self->entry.typing;
    self->entry.typing = TYPING_NOTHING;
    if (typing != TYPING_SEARCH)
        set_filter(self, s, typing == TYPING_FILTER ? buf_str(&self->kept) : STR_NONE);
}

static struct reply
explain(const struct logview *self, struct session *s)
{
    const struct meaning *m = s->meaning;
    if (!m || m->line != self->view.line || m->source != s->source)
        return handled();
    meaning_tell_all(m, session_box(s, STR_NONE));
    figures_line(&(struct proof){.line = m->line}, &s->box_title);
    return opens(&screen_box);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct logview *self = state;
    if (move(self, s, what))
        return handled();
    switch (what) {
    case ACT_GO:
        return explain(self, s);
    case ACT_BACK:
        if (!self->entry.typing && !self->filter.len)
            return (struct reply){0};
        back(self, s);
        return handled();
    case ACT_EVIDENCE:
    case ACT_EVIDENCE_BACK:
        to_evidence(self, s, what == ACT_EVIDENCE);
        return handled();
    case ACT_EARLIER:
    case ACT_LATER:
        to_attempt(self, s, what == ACT_LATER ? 1 : -1);
        return handled();
    case ACT_SEARCH:
        entry_begin(&self->entry, TYPING_SEARCH, N_("Search"), STR_NONE);
        return handled();
    case ACT_FILTER:
        entry_begin(&self->entry, TYPING_FILTER, N_("Only lines with"), buf_str(&self->filter));
        buf_set(&self->kept, buf_str(&self->filter));
        return handled();
    case ACT_AGAIN:
        search(self, s, EXCERPT_FORWARD);
        return handled();
    case ACT_AGAIN_BACK:
        search(self, s, EXCERPT_BACKWARD);
        return handled();
    case ACT_ALL:
        self->all = !self->all || !self->evidence.count;
        self->placed = false;
        ask(self, s, EXCERPT_AROUND);
        return handled();
    case ACT_FOLD:
        self->view.unfolded = !self->view.unfolded;
        session_notice(s, "%s",
                       self->view.unfolded ? _("Each line is shown") : _("Lines that repeat are folded"));
        return handled();
    case ACT_WRAP:
        self->view.wrap = !self->view.wrap;
        return handled();
    case ACT_LEFT:
        self->view.side = self->view.side > SIDE ? self->view.side - SIDE : 0;
        return handled();
    case ACT_RIGHT:
        self->view.side += self->view.side < EXCERPT_LINE ? SIDE : 0;
        return handled();
    default:
        return (struct reply){0};
    }
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct logview *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    switch (what) {
    case ACT_EVIDENCE:
    case ACT_EVIDENCE_BACK:
        return self->evidence.count || beside(s, what == ACT_EVIDENCE)
                   ? NULL
                   : _("no line here is evidence of a tunnel");
    case ACT_EARLIER:
    case ACT_LATER:
        return t && t->attempt_count > 1 ? NULL : _("only one attempt is kept whole");
    case ACT_AGAIN:
    case ACT_AGAIN_BACK:
        return self->sought.len ? NULL : _("nothing was searched for yet; / does");
    case ACT_GO:
        return lines_of(s) ? NULL : _("no line is shown");
    case ACT_ALL:
        return self->filter.len ? _("the filter looks at all lines; Esc takes it away") : NULL;
    default:
        return NULL;
    }
}

static struct reply
entered(void *state, struct session *s)
{
    struct logview *self = state;
    enum typing typing = self->entry.typing;
    self->entry.typing = TYPING_NOTHING;
    if (typing == TYPING_SEARCH && self->entry.text.len) {
        buf_set(&self->sought, buf_str(&self->entry.text));
        search(self, s, EXCERPT_FORWARD);
    } else if (typing == TYPING_FILTER) {
        set_filter(self, s, buf_str(&self->entry.text));
    }
    return handled();
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct logview *self = state;
    if (lines_of(s) && self->view.line != UINT64_MAX)
        buf_addf(out, _("Enter explains line %llu"), (unsigned long long)self->view.line);
    else
        buf_add(out, str_of(self->filter.len ? _("Esc takes the filter away") : _("Esc goes back")));
}

const struct screen_ops screen_log = {
    .id = SCREEN_LOG,
    .name = N_("Log"),
    .rail = RAIL_COUNT,
    .help =
        N_("The log as it was read; control characters are shown as codes. A number in front of a line "
           "names the checkpoint that the line speaks of, - one without a number, * the line that decides "
           "it."),
    .open = open_log,
    .close = close_log,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .next = next,
    .news = news,
    .entry = offsetof(struct logview, entry),
    .entered = entered,
};
