// All tunnels of what was read, worst first, and about the marked one a sentence.
#include <stdlib.h>

#include "diag/line.h"
#include "diag/tally.h"
#include "diag/text.h"
#include "tui/figures.h"
#include "tui/hindered.h"
#include "tui/list.h"
#include "tui/nothing.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/unmerged.h"
#include "tui/words.h"

enum { FOOT = 4 };

enum sort { SORT_WORST, SORT_NAME, SORT_LAST, SORT_TRIES, SORTS };
static const char *const sorted_by[SORTS] = {N_("the worst first"), N_("by name"), N_("the latest first"),
                                             N_("most tries first")};

struct tunnels {
    struct list list; // of rows
    enum sort sort;
    size_t *rows; // indices into the view's rows that the filter lets through
    size_t room;
    struct entry entry;
    struct buf filter, kept; // kept: what it was before one began to type
    bool moved;              // the user chose a row: the mark stays with its tunnel,
    uint32_t hidden;         // also while the filter hides all; TUNNEL_NONE: it does not
    struct prose nothing;    // what stands there when there is no tunnel,
    size_t top;              // its first row that is seen,
    int shown;               // and how many are
};

static bool
holds(struct str text, struct buf *needle)
{
    for (size_t i = 0; i + needle->len <= text.len; i++)
        if (strncasecmp(text.at + i, needle->at, needle->len) == 0)
            return true;
    return needle->len == 0;
}

static bool
lets_through(struct tunnels *self, const struct session *s, const struct tunnel_row *row)
{
    uint8_t look;
    if (!self->filter.len)
        return true;
    enum checkpoint stuck = row->verdict.checkpoint;
    return holds(row->name, &self->filter) || holds(row->peer, &self->filter) ||
           holds(figures_tunnel(row, &look), &self->filter) ||
           (stuck < CP_COUNT && holds(s->view->knowledge->checkpoint[stuck].title, &self->filter));
}

struct by {
    const struct view *view;
    enum sort sort;
};

// The view's own order, the worst first, decides where these are equal.
static int
compare(const void *a, const void *b, void *context)
{
    const struct by *by = context;
    size_t i = *(const size_t *)a, n = *(const size_t *)b;
    const struct tunnel_row *x = &by->view->rows[i], *y = &by->view->rows[n];
    int order = 0;
    if (by->sort == SORT_NAME)
        order = str_compare(x->name, y->name);
    else if (by->sort == SORT_LAST)
        order = (x->last < y->last) - (x->last > y->last);
    else if (by->sort == SORT_TRIES)
        order = (x->attempts < y->attempts) - (x->attempts > y->attempts);
    return order ? order : (i > n) - (i < n);
}

// Chooses the rows anew and keeps the mark on its tunnel.
static void
choose(struct tunnels *self, struct session *s)
{
    size_t count = s->view ? s->view->row_count : 0;
    if (count > self->room) {
        self->rows = mem_resize(self->rows, mem_product(count, sizeof *self->rows));
        self->room = count;
    }
    self->list.count = 0;
    size_t marked = self->list.at;
    for (size_t i = 0; i < count; i++)
        if (lets_through(self, s, &s->view->rows[i]))
            self->rows[self->list.count++] = i;
    if (self->sort != SORT_WORST && self->list.count)
        qsort_r(self->rows, self->list.count, sizeof *self->rows, compare, &(struct by){s->view, self->sort});
    uint32_t kept = s->tunnel == TUNNEL_NONE ? self->hidden : s->tunnel;
    for (size_t i = 0; (self->moved || self->hidden != TUNNEL_NONE) && i < self->list.count; i++)
        if (s->view->rows[self->rows[i]].id == kept)
            marked = i;
    self->list.at = marked < self->list.count ? marked : self->list.count ? self->list.count - 1 : 0;
}

// The rows are those of the view that came last: while a log is read anew there is none.
static const struct tunnel_row *
marked_row(const struct tunnels *self, const struct session *s)
{
    return s->view && self->list.at < self->list.count ? &s->view->rows[self->rows[self->list.at]] : NULL;
}

static void
look(struct tunnels *self, struct session *s)
{
    const struct tunnel_row *row = marked_row(self, s);
    if (row) {
        self->hidden = TUNNEL_NONE;
        session_look(s, row->id, -1);
    } else if (self->filter.len && s->view && s->tunnel != TUNNEL_NONE) {
        self->hidden = s->tunnel;
        session_look(s, TUNNEL_NONE, -1); // the panes show none either
    }
}

static void *
open_tunnels(struct session *s)
{
    struct tunnels *self = mem_new(sizeof *self);
    self->hidden = TUNNEL_NONE;
    self->moved = s->wanted.len > 0; // the tunnel of before is looked for
    choose(self, s);
    look(self, s);
    return self;
}

static void
close_tunnels(void *state)
{
    struct tunnels *self = state;
    free(self->rows);
    prose_release(&self->nothing);
    buf_release(&self->entry.text);
    buf_release(&self->filter);
    buf_release(&self->kept);
    free(self);
}

static void
news(void *state, struct session *s)
{
    struct tunnels *self = state;
    choose(self, s);
    bool awaited = s->wanted.len && s->progress.reading;
    if (!awaited && (!self->moved || self->hidden != TUNNEL_NONE))
        look(self, s); // else a screen above may look at a tunnel of its own choice
}

static void
put_traffic(const struct tunnel_row *row, struct buf *out)
{
    const struct str counts[] = {row->bytes_in, row->bytes_out};
    for (int i = 0; i < 2; i++) {
        uint64_t bytes;
        buf_add(out, i ? STR(" / ") : STR(""));
        if (str_number(counts[i], &bytes))
            figures_bytes(bytes, out);
        else
            buf_add(out, counts[i].len ? counts[i] : STR("?"));
    }
}

enum field {
    CELL_NAME,
    CELL_PEER,
    CELL_IKE,
    CELL_STATE,
    CELL_STUCK,
    CELL_LAST,
    CELL_TRIES,
    CELL_ROLE,
    CELL_ID,
    CELL_NAT,
    CELL_TRAFFIC
};

struct cells {
    const struct tunnels *self;
    const struct session *s;
    int64_t last; // of the log
    enum field shown[LIST_COLUMNS];
};

static uint8_t
cell(void *context, size_t index, size_t column, struct buf *out)
{
    static const char *const roles[] = {"?", N_("starts"), N_("answers"), N_("both")};
    static const char *const nats[] = {"?", N_("none"), N_("here"), N_("there"), N_("both"), N_("yes")};
    const struct cells *cells = context;
    const struct view *v = cells->s->view;
    const struct tunnel_row *row = &v->rows[cells->self->rows[index]];
    uint8_t shown = LOOK_PLAIN;
    switch (cells->shown[column]) {
    case CELL_NAME:
        buf_add(out, row->name);
        break;
    case CELL_PEER:
        buf_add(out, row->peer.len ? row->peer : STR("?"));
        break;
    case CELL_IKE:
        buf_add(out, str_of(figures_ike(row->ike, true)));
        break;
    case CELL_STATE:
        buf_add(out, figures_tunnel(row, &shown));
        break;
    case CELL_STUCK:
        if (row->verdict.checkpoint < CP_COUNT)
            figures_rung(v->knowledge, row->order, row->verdict.checkpoint, row->auth, out);
        else
            buf_add_char(out, '-');
        if (row->verdict.checkpoint < CP_COUNT && row->rekey)
            buf_add(out, str_of(_(", rekey")));
        break;
    case CELL_LAST:
        figures_stamp_near(row->last, cells->last, out);
        break;
    case CELL_TRIES:
        text_count(row->attempts, out);
        break;
    case CELL_ROLE:
        buf_add(out, str_of(_(roles[row->role & 3])));
        break;
    case CELL_ID:
        buf_add(out, row->our_id.len ? row->our_id : STR("?"));
        break;
    case CELL_NAT:
        buf_add(out, str_of(_(nats[row->nat >= 0 && row->nat <= NAT_SOME ? row->nat : 0])));
        break;
    case CELL_TRAFFIC:
        put_traffic(row, out);
    }
    return shown;
}

// Which columns there is room for, and how wide they may be; returns their number.
static size_t
columns_for(int width, const struct view *v, struct column columns[LIST_COLUMNS],
            enum field shown[LIST_COLUMNS])
{
    const struct {
        int from; // the least width of the screen
        struct column column;
    } all[] = {
        [CELL_NAME] = {0, {_("Connection"), 10, 30, COLUMN_NAME, 0}},
        [CELL_PEER] = {60, {_("Peer"), 7, 39, COLUMN_NAME, 5}},
        [CELL_IKE] = {60, {_("IKE"), 3, 4, COLUMN_WORDS, 4}},
        [CELL_STATE] = {0, {_("State"), 16, 16, COLUMN_WORDS, 0}},
        [CELL_STUCK] = {0, {_("Stuck at"), 10, 24, COLUMN_WORDS, 0}},
        [CELL_LAST] = {60, {_("Last"), 8, 14, COLUMN_WORDS, 6}},
        [CELL_TRIES] = {80, {_("Tries"), 5, 9, COLUMN_NUMBER, 7}},
        [CELL_ROLE] = {90, {_("Role"), 4, 9, COLUMN_WORDS, 8}},
        [CELL_ID] = {90, {_("Our ID"), 8, 30, COLUMN_NAME, 9}},
        [CELL_NAT] = {90, {_("NAT"), 4, 8, COLUMN_WORDS, 10}},
        [CELL_TRAFFIC] = {90, {_("Traffic in/out"), 8, 24, COLUMN_WORDS, 11}},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool asked = i == CELL_ID || i == CELL_TRAFFIC;
        if (width < all[i].from || (asked && !v->detailed))
            continue;
        columns[count] = all[i].column;
        shown[count++] = (enum field)i;
    }
    return count;
}

// "125 tunnels: 40 down (3 WAITING), 85 up; 100,503 hidden by the filter"
static void
say_states(const struct tunnels *self, const struct view *v, struct buf *out)
{
    struct tally tally = {0};
    const char *const words[TUNNEL_STATES] = {_("unknown"), _("up"), _("unstable"), _("down")};
    const char *plain = _("DOWN"), *silent = _("NO REPLY"), *unknown = _("UNKNOWN"), *sign = ": ";
    for (size_t i = 0; i < self->list.count; i++)
        tally_add(&tally, &v->rows[self->rows[i]], plain, silent, unknown);
    text_count(tally.all, out);
    buf_add(out, str_of(P_(" tunnel", " tunnels", tally.all)));
    for (int i = TUNNEL_DOWN; i >= 0; i--) {
        if (!tally.state[i])
            continue;
        buf_add(out, str_of(sign));
        text_count(tally.state[i], out);
        buf_addf(out, " %s", words[i]);
        tally_words(&tally, (enum tunnel_state)i, out);
        sign = ", ";
    }
    if (!self->filter.len)
        return;
    buf_add(out, STR("; "));
    text_count(v->row_count - self->list.count, out);
    buf_add(out, str_of(_(" hidden by the filter")));
}

static void
draw_sum(const struct tunnels *self, const struct session *s, struct canvas *c, struct area a)
{
    int64_t first, last;
    const struct view *v = s->view;
    struct buf left = {0}, right = {0};
    figures_span(v, &first, &last);
    if (s->progress.newest)
        buf_add(&left, str_of(_("At the end of the log: ")));
    say_states(self, v, &left);
    if (s->opened && s->opened->since != LINE_NO_TIME) {
        buf_add(&left, str_of(_("; only since ")));
        figures_stamp(s->opened->since, &left);
    }
    if (self->sort != SORT_WORST)
        buf_addf(&left, "; %s", _(sorted_by[self->sort]));
    if (v->forgotten) {
        buf_add(&left, STR("   "));
        text_count(v->forgotten, &left);
        buf_add(&left, str_of(P_(" healthy one forgotten", " healthy ones forgotten", v->forgotten)));
    }
    text_count(session_lines(s), &right);
    buf_add(&right, str_of(P_(" line  ", " lines  ", session_lines(s))));
    figures_stamp(first, &right);
    buf_add(&right, first != last ? STR(" - ") : STR(""));
    figures_stamp(first != last ? last : LINE_NO_TIME, &right);
    int taken = canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, buf_str(&left));
    if (canvas_columns(c, buf_str(&right)) <= a.w - taken - 4)
        canvas_put_right(c, a.x + taken + 3, a.y, a.w - taken - 4, LOOK_PLAIN, buf_str(&right));
    buf_release(&left);
    buf_release(&right);
}

// What the marked tunnel suffers from, and what could not be read.
static void
add_foot(struct tunnels *self, struct session *s, struct canvas *c, int w, struct prose *text)
{
    const struct tunnel_row *row = marked_row(self, s);
    const struct tunnel_view *t = session_tunnel(s);
    struct buf sentence = {0};
    bool told = w < c->w; // by the pane of the finding
    hindered_mention(s->view, c, w - 2, text);
    unmerged_mention(s, t, c, w - 2, text);
    if (row && t && t->finding_count &&
        (row->verdict.checkpoint < CP_COUNT || t->findings[0].severity == SEV_WARNING)) {
        if (!told)
            buf_addf(&sentence, "%.*s: %.*s", STR_ARG(row->name), STR_ARG(t->findings[0].title));
    } else if (row && row->state == TUNNEL_UP) {
        figures_up(row, t, &sentence);
    }
    if (sentence.len)
        prose_add(text, c, w - 2, 1, 1, LOOK_PLAIN, -1, buf_str(&sentence));
    buf_clear(&sentence);
    if (row && t)
        figures_history(s->view->knowledge, t, &sentence);
    if (sentence.len)
        prose_addf(text, c, w - 2, 1, 1, LOOK_PLAIN, -1, "%.*s.", STR_ARG(buf_str(&sentence)));
    if (s->progress.problem[0])
        prose_add(text, c, w - 2, 1, 1, LOOK_SUSPECT, -1, str_of(s->progress.problem));
    for (size_t i = 0; i < s->view->source_count; i++)
        if (s->view->sources[i].problem.len && !s->progress.problem[0] &&
            (!i || !str_eq(s->view->sources[i].problem, s->view->sources[i - 1].problem)))
            problem_mention(&s->view->sources[i], c, w - 2, text);
    for (size_t i = 0; i < s->view->source_count; i++) {
        buf_clear(&sentence);
        figures_cut(&s->view->sources[i], &sentence);
        if (sentence.len)
            prose_add(text, c, w - 2, 1, 1, LOOK_SUSPECT, -1, buf_str(&sentence));
    }
    buf_release(&sentence);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct tunnels *self = state;
    if (self->entry.typing && s->view && !str_eq(buf_str(&self->filter), buf_str(&self->entry.text))) {
        buf_set(&self->filter, buf_str(&self->entry.text)); // it filters while one types
        choose(self, s);
        look(self, s);
    }
    if (!s->view || (s->view->row_count == 0 && (s->progress.reading || !s->view->source_count))) {
        nothing_yet(s, c, a);
        return;
    }
    if (s->view->row_count == 0) {
        self->shown = a.h;
        prose_clear(&self->nothing);
        nothing_say(s, c, a.w - 1, &self->nothing);
        prose_draw(&self->nothing, c, a, -1, false, &self->top);
        return;
    }
    struct column columns[LIST_COLUMNS];
    int64_t first;
    struct cells cells = {.self = self, .s = s};
    figures_span(s->view, &first, &cells.last);
    size_t count = columns_for(a.w, s->view, columns, cells.shown);
    int foot = a.h > 12 ? FOOT : a.h > 8 ? 2 : 1, gap = a.h > 12;
    struct prose text = {0};
    draw_sum(self, s, c, a);
    add_foot(self, s, c, a.w, &text);
    int room = a.h - 3 - gap - (int)self->list.count; // a short list leaves some
    foot = room > foot && (int)text.count > foot ? (int)text.count < room ? (int)text.count : room : foot;
    list_table(&self->list, c, (struct area){a.x, a.y + 1 + gap, a.w, a.h - 2 - gap - foot}, columns, count,
               cell, &cells);
    prose_put(&text, c, (struct area){a.x, a.y + a.h - foot, a.w, foot});
    prose_release(&text);
}

// The log opens at the evidence of the marked tunnel; where there is none, at what keeps the daemon from
// working.
static void
show_log(const struct tunnels *self, struct session *s)
{
    const struct tunnel_row *row = marked_row(self, s);
    s->line = 0;
    s->source = row ? row->source : 0;
    if (!row && s->view)
        hindered_place(s->view, &s->source, &s->line);
}

// The filter is what it was before, and the mark where it was.
static void
take_filter_back(struct tunnels *self, struct session *s)
{
    if (!self->entry.typing)
        buf_clear(&self->kept);
    self->entry.typing = false;
    buf_set(&self->filter, buf_str(&self->kept));
    choose(self, s);
    look(self, s);
}

// Enter where no tunnel is shown.
static struct reply
lead_on(struct tunnels *self, struct session *s)
{
    if (self->filter.len) {
        take_filter_back(self, s);
        return handled();
    }
    return nothing_go(s);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct tunnels *self = state;
    if (s->view && !s->view->row_count && prose_move(&self->nothing, what, self->shown, &self->top))
        return handled();
    if (list_move(&self->list, what)) {
        self->moved = true;
        look(self, s);
        return handled();
    }
    switch (what) {
    case ACT_GO:
        if (!marked_row(self, s))
            return lead_on(self, s);
        self->moved = true;
        look(self, s);
        return opens(&screen_ladder);
    case ACT_LOG:
        self->moved = true;
        show_log(self, s);
        return opens(s->view ? &screen_log : NULL);
    case ACT_BOTH:
    case ACT_PATH:
        self->moved = true;
        look(self, s);
        return opens(what == ACT_PATH ? &screen_path : &screen_other);
    case ACT_SORT:
        self->sort = (self->sort + 1) % SORTS;
        self->moved = true; // the mark stays with its tunnel
        choose(self, s);
        session_notice(s, _("Sorted: %s"), _(sorted_by[self->sort]));
        return handled();
    case ACT_FORMAT:
        return opens(&screen_format);
    case ACT_FILTER:
        buf_set(&self->kept, buf_str(&self->filter));
        entry_begin(&self->entry, true, N_("Only tunnels with"), buf_str(&self->filter));
        return handled();
    case ACT_BACK:
        if (!self->entry.typing && !self->filter.len)
            return (struct reply){0};
        take_filter_back(self, s);
        return handled();
    default:
        return (struct reply){0};
    }
}

static struct reply
entered(void *state, struct session *s)
{
    struct tunnels *self = state;
    self->entry.typing = false;
    buf_set(&self->filter, buf_str(&self->entry.text));
    choose(self, s);
    look(self, s);
    return handled();
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct tunnels *self = state;
    switch (what) {
    case ACT_GO:
        return marked_row(self, s) || (s->view && !s->progress.reading) ? NULL : _("no tunnel is shown");
    case ACT_PATH:
        return marked_row(self, s) || nothing_but_capture(s) ? NULL : _("no tunnel is shown");
    case ACT_SORT:
    case ACT_FILTER:
        return s->view && s->view->row_count ? NULL : _("no tunnel is known");
    case ACT_LOG:
    case ACT_EXPORT:
    case ACT_FORMAT:
        return !s->view || s->progress.reading || session_lines(s) ? NULL : _("no line was read");
    default:
        return NULL;
    }
}

static bool
mark(void *state, struct session *s, int item)
{
    struct tunnels *self = state;
    if (!list_mark(&self->list, item))
        return false;
    self->moved = true;
    look(self, s);
    return true;
}

static bool
detour(void *state, struct session *s)
{
    return !marked_row(state, s);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    struct tunnels *self = state;
    const struct tunnel_row *row = marked_row(self, s);
    if (row) {
        buf_add(out, str_of(_("Enter walks the checkpoints of ")));
        buf_add(out, row->name);
    } else if (s->progress.reading) {
        buf_add(out, str_of(_("wait for the first tunnel, or Esc stops reading")));
    } else {
        buf_add(out, str_of(self->filter.len ? _("Enter takes the filter away") : nothing_next(s)));
    }
}

const struct screen_ops screen_tunnels = {
    .id = SCREEN_TUNNELS,
    .name = N_("Tunnels"),
    .rail = RAIL_TUNNELS,
    .help =
        N_("Every tunnel that the log speaks of, the worst first. State says how it stands at the end of the "
           "log, and the column behind it names the checkpoint where it is stuck."),
    .open = open_tunnels,
    .close = close_tunnels,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .mark = mark,
    .next = next,
    .detour = detour,
    .news = news,
    .entry = offsetof(struct tunnels, entry),
    .entered = entered,
};
