// Both ends of a tunnel: the lines that prove where it stands, of both logs in one order of time, and below
// attribute by attribute what each end has, so that what breaks next is seen as well.
#include <stdlib.h>
#include <string.h>

#include "diag/stamp.h"
#include "tui/figures.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/unmerged.h"
#include "tui/words.h"

enum { LINES = 120, NARROW = 60, STAMP = 9, TITLE = 18, MARK = 5, SECOND = 1000000, YEARS = 1000000000 };

struct both {
    struct prose text;
    size_t top;
    int shown;
    bool differences;   // only attributes on which the ends differ
    bool to_table;      // which the next drawing shows
    size_t table;       // the row in which it begins
    bool swapped;       // B stands at the left
    struct entry entry; // how the clocks differ
};

// A line of one of the logs.
struct said_line {
    const struct proof *proof;
    bool decides; // the verdict
    int end;      // 0: A
    int64_t when; // in A's clock, LINE_NO_TIME: not comparable
    int place;    // in the order of the exchange
};

static void *
open_both(struct session *s)
{
    struct both *self = mem_new(sizeof *self);
    (void)s;
    return self;
}

static void
close_both(void *state)
{
    struct both *self = state;
    prose_release(&self->text);
    buf_release(&self->entry.text);
    free(self);
}

// Of the lines of one rung: who asks, who answers, and what came of it at the end that asked.
static int
turn_of(const struct tunnel_view *t, const struct proof *p, int end)
{
    bool own = (end != 0) == t->both->turned;
    int role = t->row.role;
    bool asks = own ? role == ROLE_INITIATOR : role == ROLE_RESPONDER;
    return !asks ? 1 : p->told ? 2 : 0;
}

static void
add_line(const struct tunnel_view *t, const struct proof *p, int rung, struct said_line *lines, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (lines[i].proof->source == p->source && lines[i].proof->line == p->line)
            return;
    if (*count == LINES)
        return;
    const struct clock_view *clock = &t->both->clock;
    int end = p->side == SIDE_B;
    bool comparable = clock->known && p->time != LINE_NO_TIME;
    lines[*count] = (struct said_line){
        .proof = p,
        .decides = p->deciding && rung < CP_COUNT && t->ladder[rung].checkpoint == t->row.verdict.checkpoint,
        .end = end,
        .when = comparable ? p->time - (end ? clock->offset : 0) : LINE_NO_TIME,
        .place = rung * 3 + turn_of(t, p, end)};
    ++*count;
}

// As they stand in the log of each end, A's first.
static int
in_log(const void *a, const void *b)
{
    const struct said_line *x = a, *y = b;
    if (x->end != y->end)
        return x->end - y->end;
    if (x->proof->source != y->proof->source)
        return x->when != y->when ? (x->when > y->when) - (x->when < y->when)
                                  : x->proof->source - y->proof->source;
    return (x->proof->line > y->proof->line) - (x->proof->line < y->proof->line);
}

static bool
whole_seconds(const struct said_line *lines, size_t count, int end)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].end == end && lines[i].proof->time % SECOND)
            return false;
    return true;
}

// Each log keeps its own order. Between the two the moments decide; within a second that one of them does not
// divide, the order of the exchange.
static void
put_in_time(struct said_line *lines, size_t count)
{
    struct said_line from[LINES];
    bool whole = whole_seconds(lines, count, 0) || whole_seconds(lines, count, 1);
    memcpy(from, lines, count * sizeof *lines);
    qsort(from, count, sizeof *from, in_log);
    size_t a = 0, b = 0;
    while (b < count && !from[b].end)
        b++;
    for (size_t i = 0, others = b; i < count; i++) {
        bool later = a < others && b < count &&
                     (whole && from[a].when / SECOND == from[b].when / SECOND ? from[b].place < from[a].place
                                                                              : from[b].when < from[a].when);
        lines[i] = from[a == others || later ? b++ : a++];
    }
}

// The lines of the ladder and of the first finding. Without a clock they stand in the order of the exchange.
static size_t
gather(const struct tunnel_view *t, struct said_line *lines)
{
    size_t count = 0;
    for (int i = 0; i < CP_COUNT; i++)
        for (size_t k = 0; k < t->ladder[i].proof_count; k++)
            add_line(t, &t->ladder[i].proofs[k], i, lines, &count);
    for (size_t k = 0; t->finding_count && k < t->findings[0].proof_count; k++)
        add_line(t, &t->findings[0].proofs[k], CP_COUNT, lines, &count);
    bool timed = true;
    for (size_t i = 0; i < count; i++)
        timed &= lines[i].when != LINE_NO_TIME;
    if (timed && count)
        put_in_time(lines, count);
    return count;
}

static void
put_clock(const struct clock_view *clock, struct buf *out)
{
    if (!clock->known) {
        buf_add(out, str_of(_("clocks: how they differ is not known, so lines stand in the order of the "
                              "exchange; z sets it")));
        return;
    }
    buf_add(out, str_of(_("clocks: B = A")));
    stamp_difference(clock->offset, out);
    if (clock->stated)
        buf_add(out, str_of(_(" (as you say; z changes it)")));
    else
        buf_addf(out,
                 P_(" (from %u pair of lines; z changes it)", " (from %u pairs of lines; z changes it)",
                    clock->pairs),
                 clock->pairs);
}

// Text of exactly so many columns, cut or filled with blanks.
static void
put_column(struct canvas *c, struct str text, int width, struct buf *out)
{
    struct canvas scratch = {.ascii = c->ascii, .redact = c->redact};
    canvas_size(&scratch, width > 0 ? width : 1, 1);
    int taken = canvas_put(&scratch, 0, 0, width, LOOK_PLAIN, text);
    for (int x = 0; x < taken; x++) {
        const struct cell *cell = canvas_at(&scratch, x, 0);
        if (cell->width)
            buf_add(out, (struct str){cell->text, cell->len});
    }
    for (; taken < width; taken++)
        buf_add_char(out, ' ');
    canvas_release(&scratch);
}

static struct str
words_of(const struct proof *p)
{
    return str_from(p->text, p->body < p->text.len ? p->body : 0);
}

static void
put_stamp(const struct said_line *line, struct buf *out)
{
    struct buf stamp = {0};
    if (line->when != LINE_NO_TIME)
        figures_stamp_near(line->when, line->when, &stamp);
    buf_add(out, buf_str(&stamp));
    for (size_t i = stamp.len; i < STAMP; i++)
        buf_add_char(out, ' ');
    buf_release(&stamp);
}

// Two columns, or where they do not fit one with the letter of the end in front.
static void
add_timeline(struct both *self, const struct tunnel_view *t, struct canvas *c, int w)
{
    struct said_line lines[LINES];
    size_t count = gather(t, lines);
    bool narrow = w < NARROW;
    int column = (w - 2 - STAMP) / 2;
    for (size_t i = 0; i < count; i++) {
        struct buf row = {0}, words = {0};
        const struct said_line *line = &lines[i];
        buf_add_char(&row, line->decides ? '*' : ' ');
        put_stamp(line, &row);
        buf_addf(&words, "L%llu ", (unsigned long long)line->proof->line);
        canvas_safe(c, words_of(line->proof), &words);
        bool right = (line->end != 0) != self->swapped;
        if (narrow)
            buf_addf(&row, "%c ", line->end ? 'B' : 'A');
        else if (right)
            put_column(c, STR_NONE, column, &row);
        put_column(c, buf_str(&words), narrow ? w - 4 - STAMP : column - 1, &row);
        prose_add(&self->text, c, w, 0, 0, line->decides ? LOOK_STRONG : LOOK_PLAIN, -1, buf_str(&row));
        buf_release(&row);
        buf_release(&words);
    }
}

// A word of the report as the screens have it.
static struct str
in_words(const struct compared *one, struct str text)
{
    for (int i = IKE_V1; one->checkpoint == CP_IKE_VERSION && i <= IKE_V2; i++)
        if (str_eq(text, str_of(fact_words[FACT_IKE][i])))
            return str_of(figures_ike(i, false));
    return text.len ? text : str_of(_("not known"));
}

static void
add_compared(struct both *self, const struct tunnel_view *t, struct canvas *c, int w)
{
    static const char *const marks[] = {[AGREE_UNKNOWN] = "[  ]", [AGREE_YES] = "[ok]", [AGREE_NO] = "[XX]"};
    static const uint8_t looks[] = {
        [AGREE_UNKNOWN] = LOOK_DIM, [AGREE_YES] = LOOK_PLAIN, [AGREE_NO] = LOOK_FAILED};
    const struct both_view *b = t->both;
    int left = self->swapped, title = w < NARROW ? 16 : TITLE, column = (w - title - MARK - 3) / 2;
    size_t shown = 0;
    struct buf row = {0};
    buf_add_char(&row, ' ');
    put_column(c, str_of(_("Compared")), title, &row);
    put_column(c, self->swapped ? STR("B") : STR("A"), column, &row);
    put_column(c, self->swapped ? STR("A") : STR("B"), column, &row);
    prose_gap(&self->text);
    self->table = self->text.count;
    prose_add(&self->text, c, w, 0, 0, LOOK_STRONG, -1, buf_str(&row));
    for (size_t i = 0; i < b->compared_count; i++) {
        const struct compared *one = &b->compared[i];
        if (self->differences && one->agree == AGREE_YES)
            continue;
        shown++;
        buf_clear(&row);
        buf_add_char(&row, ' ');
        put_column(c, str_of(_(one->title.at)), title - 1, &row);
        for (int k = 0; k < 2; k++) {
            struct str text = one->side[k ? !left : left].text;
            buf_add_char(&row, ' ');
            put_column(c, in_words(one, text), column - 1, &row);
        }
        buf_addf(&row, " %s", marks[one->agree]);
        prose_add(&self->text, c, w, 0, 0, looks[one->agree], -1, buf_str(&row));
    }
    if (!shown)
        prose_add(&self->text, c, w - 1, 1, 1, LOOK_DIM, -1,
                  str_of(b->compared_count ? _("Nothing that both logs tell differs.")
                                           : _("The logs hold nothing that could be compared.")));
    buf_release(&row);
}

static void
add_strong(struct both *self, struct canvas *c, int w, struct buf *text)
{
    prose_add(&self->text, c, w - 1, 1, 1, LOOK_STRONG, -1, buf_str(text));
    buf_clear(text);
}

// The log of the other end, when nothing of it could be read.
static const struct source_view *
unread(const struct view *v, const struct tunnel_view *t)
{
    const struct source_view *other = unmerged_log(v, t);
    return other && other->problem.len && !other->lines ? other : NULL;
}

// Which log is which, and what its gateway does; below each other where both do not fit in a row.
static void
name_ends(struct both *self, const struct session *s, const struct tunnel_view *t, struct canvas *c, int w)
{
    struct buf text[2] = {{0}, {0}};
    const struct both_view *b = t->both;
    const int sources[2] = {t->row.source, b->source};
    const struct source_view *missing = unread(s->view, t), *other = unmerged_log(s->view, t);
    for (int end = 0; end < 2; end++) {
        bool letter_b = (end != 0) != b->turned;
        buf_addf(&text[end], "%c ", letter_b ? 'B' : 'A');
        if (sources[end] >= 0)
            buf_add(&text[end], figures_file(s->view->sources[sources[end]].name));
        else if (missing)
            buf_add(&text[end], figures_file(missing->name));
        else if (other)
            buf_addf(&text[end], "%.*s (%s)", STR_ARG(figures_file(other->name)), _("not in its log"));
        else
            buf_add(&text[end], str_of(_("not in its log")));
        int role = t->row.role;
        if (end)
            role = !b->same                 ? ROLE_UNKNOWN
                   : role == ROLE_INITIATOR ? ROLE_RESPONDER
                   : role == ROLE_RESPONDER ? ROLE_INITIATOR
                                            : ROLE_UNKNOWN;
        if (role == ROLE_INITIATOR || role == ROLE_RESPONDER)
            buf_addf(&text[end], " (%s)", role == ROLE_INITIATOR ? _("starts") : _("answers"));
    }
    int columns = canvas_columns(c, buf_str(&text[0])) + 3 + canvas_columns(c, buf_str(&text[1]));
    if (w < NARROW || columns > w - 2)
        add_strong(self, c, w, &text[0]);
    else
        buf_add(&text[0], STR("   "));
    buf_add(&text[0], buf_str(&text[1]));
    add_strong(self, c, w, &text[0]);
    buf_release(&text[0]);
    buf_release(&text[1]);
}

static void
add_head(struct both *self, const struct session *s, const struct tunnel_view *t, struct canvas *c, int w)
{
    struct buf text = {0};
    const struct both_view *b = t->both;
    const struct source_view *missing = unread(s->view, t);
    name_ends(self, s, t, c, w);
    put_clock(&b->clock, &text);
    if (!missing)
        prose_add(&self->text, c, w - 1, 1, 1, LOOK_DIM, -1, buf_str(&text));
    if (missing)
        prose_add(&self->text, c, w - 1, 1, 1, LOOK_FAILED, -1, missing->problem);
    else if (unmerged_why(s->view, t))
        prose_add(&self->text, c, w - 1, 1, 1, LOOK_SUSPECT, -1, str_of(unmerged_why(s->view, t)));
    if (t->finding_count && t->row.verdict.checkpoint != CP_NONE) {
        struct str title = t->findings[0].title;
        char letter = t->findings[0].side == SIDE_B ? 'B' : 'A', own[] = {letter, ':', ' ', '\0'};
        buf_clear(&text);
        if (t->findings[0].side != SIDE_NONE)
            buf_addf(&text, _("%c's log tells it: "), letter);
        buf_add(&text, str_from(title, text.len && str_starts(title, str_of(own)) ? strlen(own) : 0));
        prose_add(&self->text, c, w - 1, 1, 1, LOOK_PLAIN, -1, buf_str(&text));
    }
    prose_gap(&self->text);
    buf_release(&text);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct both *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    prose_clear(&self->text);
    if (!t || !t->both) {
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN,
                   str_of(s->progress.reading ? _("Reading the log of the other end ...")
                                              : _("Only one end is at hand. Esc goes back.")));
        return;
    }
    add_head(self, s, t, c, a.w);
    add_timeline(self, t, c, a.w);
    add_compared(self, t, c, a.w);
    self->shown = a.h;
    if (self->to_table && self->table >= self->top + (size_t)(a.h > 0 ? a.h - 1 : 0))
        self->top = self->table;
    self->to_table = false;
    prose_draw(&self->text, c, a, -1, false, &self->top);
}

// The log that holds the line which decides.
static struct reply
show_log(struct session *s, const struct tunnel_view *t)
{
    const struct finding_view *f = t && t->finding_count ? &t->findings[0] : NULL;
    const struct proof *p = f ? view_deciding(f->proofs, f->proof_count) : NULL;
    if (p)
        s->source = p->source;
    s->line = p ? p->line : 0;
    return opens(&screen_log);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct both *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    if (what == ACT_BACK && self->entry.typing) {
        self->entry.typing = false;
        return handled();
    }
    if (prose_move(&self->text, what, self->shown, &self->top))
        return handled();
    switch (what) {
    case ACT_GO:
        if (!t || !t->finding_count)
            return handled();
        s->rule = t->findings[0].rule;
        s->checkpoint = t->findings[0].checkpoint;
        return opens(&screen_finding);
    case ACT_DIFFER:
        self->differences = !self->differences;
        self->to_table = true;
        return handled();
    case ACT_SWAP:
        self->swapped = !self->swapped;
        return handled();
    case ACT_CLOCK:
        entry_begin(&self->entry, true,
                    N_("B's clock is ahead of A's by how many seconds? (-3.2; empty: estimate it)"),
                    STR_NONE);
        return handled();
    case ACT_REQUEST:
        return opens(&screen_request);
    case ACT_LOG:
        return show_log(s, t);
    default:
        return (struct reply){0};
    }
}

static struct reply
entered(void *state, struct session *s)
{
    struct both *self = state;
    char *end, *text = self->entry.text.at;
    for (size_t i = 0; i < self->entry.text.len; i++)
        if (text[i] == ',') // as many languages have it
            text[i] = '.';
    double seconds = strtod(buf_cstr(&self->entry.text), &end);
    self->entry.typing = false;
    if (*end || seconds > YEARS || seconds < -YEARS || seconds != seconds)
        session_notice(s, _("\"%s\" is no number of seconds: write 3.2 or -60"), buf_cstr(&self->entry.text));
    else
        s->desk.clock(s->desk.self, self->entry.text.len > 0, (int64_t)(seconds * SECOND));
    return handled();
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct tunnel_view *t = session_tunnel(s);
    (void)state;
    if (what == ACT_GO && t && !t->finding_count)
        return _("nothing is wrong with this tunnel");
    return NULL;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct tunnel_view *t = session_tunnel(s);
    bool paired = t && t->both && t->both->by != PAIRED_NOT;
    (void)state;
    buf_add(out, str_of(!t || !t->finding_count ? _("Esc goes back")
                        : paired                ? _("Enter opens the finding, with the values of both sides")
                                                : _("Enter explains the failure and the fix")));
}

const struct screen_ops screen_both = {
    .id = SCREEN_BOTH,
    .name = N_("Both ends"),
    .rail = RAIL_LADDER,
    .help = N_(
        "Both logs in one order of time: what A says stands at the left, what B says at the right, and * "
        "marks the line that decides. Below, attribute by attribute, what each end has: what is marked [XX] "
        "breaks now, or next."),
    .open = open_both,
    .close = close_both,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .next = next,
    .entry = offsetof(struct both, entry),
    .entered = entered,
};
