// The checkpoints of one tunnel in the order of its exchange, and the lines that prove the marked one.
#include <stdlib.h>

#include "tui/figures.h"
#include "tui/list.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/valuename.h"
#include "tui/words.h"

enum { LEAST_SAYING = 8 };

struct ladder {
    struct list list;
    size_t rungs[CP_COUNT]; // indices into the ladder of those that are drawn
    enum checkpoint at;     // the marked one,
    bool chosen;            // by the user: else the mark goes where the tunnel is stuck, or a warning stands
};

// Contact and traffic are not among the documented checkpoints: they are drawn when they say something.
static bool
is_drawn(const struct rung *rung)
{
    if (rung->checkpoint == CP_CONTACT)
        return rung->state == ST_FAILED || rung->state == ST_SUSPECTED;
    if (rung->checkpoint == CP_TRAFFIC)
        return rung->state == ST_FAILED || rung->state == ST_SUSPECTED || rung->state == ST_PASSED;
    return true;
}

static const struct rung *
marked(const struct ladder *self, const struct tunnel_view *t)
{
    return t && self->list.at < self->list.count ? &t->ladder[self->rungs[self->list.at]] : NULL;
}

// Whether a finding names a cause at this checkpoint among those that fit as well.
static bool
suspects(const struct finding_view *f, enum checkpoint checkpoint)
{
    for (size_t i = 0; i < f->alternative_count; i++)
        if (cause_is_of(f->alternatives[i].cause, checkpoint))
            return true;
    return false;
}

// The finding about a rung; one refusal may cast suspicion on several rungs, and stands under the first.
static const struct finding_view *
finding_of(const struct tunnel_view *t, const struct rung *rung)
{
    for (size_t i = 0; i < t->finding_count; i++)
        if (t->findings[i].checkpoint == rung->checkpoint && !t->findings[i].mended)
            return &t->findings[i];
    for (size_t i = 0; rung->state == ST_SUSPECTED && i < t->finding_count; i++)
        if (!t->findings[i].mended && suspects(&t->findings[i], rung->checkpoint))
            return &t->findings[i];
    return NULL;
}

// Which values of a passed rung are worth a place in its row, the best first; names of the report.
static const char *const telling[CP_COUNT][2] = {
    [CP_IKE_VERSION] = {"ike"},
    [CP_P1_CIPHER] = {"chosen", "peer_proposed"},
    [CP_ID] = {"peer_id", "our_id"},
    [CP_SUBNETS] = {"our_subnets", "peer_subnets"},
    [CP_P2_CIPHER] = {"chosen", "peer_proposed"},
    [CP_UPDOWN] = {"spi_in", "spi_out"},
    [CP_TRAFFIC] = {"bytes_in", "bytes_out"},
};

static void
say_value(const struct rung *rung, const char *key, struct buf *out)
{
    for (size_t i = 0; key && i < rung->value_count; i++) {
        const struct value *v = &rung->values[i];
        if (!str_eq(v->key, str_of(key)))
            continue;
        buf_add(out, STR(", "));
        bool named = rung->checkpoint != CP_IKE_VERSION; // "IKEv2" needs no name
        if (named)
            valuename_add(v->key, out);
        for (size_t n = 0; n < v->count; n++) {
            buf_add(out, str_of(n ? " | " : named ? " " : ""));
            buf_add(out, v->text[n]);
        }
    }
}

static bool
is_stuck(const struct rung *rung)
{
    return rung->state == ST_FAILED || rung->state == ST_SUSPECTED;
}

// The finding about a rung that is not passed, or NULL.
static const struct finding_view *
explains(const struct tunnel_view *t, const struct rung *rung)
{
    const struct finding_view *f = finding_of(t, rung);
    return is_stuck(rung) || (f && f->severity == SEV_WARNING) ? f : NULL;
}

// Where the attempt that is shown is stuck; the verdict is of the last one.
static enum checkpoint
stuck_at(const struct tunnel_view *t)
{
    enum checkpoint first = CP_NONE;
    for (size_t i = CP_COUNT; i-- > 0;) {
        if (t->ladder[i].checkpoint == t->row.verdict.checkpoint && t->ladder[i].state != ST_NOT_REACHED)
            return t->ladder[i].checkpoint;
        if (is_stuck(&t->ladder[i]))
            first = t->ladder[i].checkpoint;
    }
    return first;
}

static void
choose(struct ladder *self, const struct tunnel_view *t)
{
    enum checkpoint stuck = stuck_at(t);
    self->list.count = 0;
    for (size_t i = 0; i < CP_COUNT; i++)
        if (is_drawn(&t->ladder[i]))
            self->rungs[self->list.count++] = i;
    for (size_t i = self->list.count; i-- > 0;) {
        const struct rung *rung = &t->ladder[self->rungs[i]];
        if (self->chosen       ? rung->checkpoint == self->at
            : stuck < CP_COUNT ? rung->checkpoint == stuck
                               : i + 1 == self->list.count || explains(t, rung))
            self->list.at = i;
    }
}

static void *
open_ladder(struct session *s)
{
    struct ladder *self = mem_new(sizeof *self);
    if (session_tunnel(s))
        choose(self, session_tunnel(s));
    return self;
}

static void
news(void *state, struct session *s)
{
    if (session_tunnel(s))
        choose(state, session_tunnel(s));
}

// What stands behind the mark: the finding where there is one, else the values that the log gave.
static void
say_rung(const struct tunnel_view *t, const struct rung *rung, struct buf *out)
{
    const struct finding_view *f = explains(t, rung);
    buf_add(out, str_of(figures_word(rung->state, rung->basis)));
    if (f) {
        buf_add(out, STR(": "));
        buf_add(out, f->title);
    } else if (rung->state == ST_PASSED) {
        say_value(rung, telling[rung->checkpoint][0], out);
        say_value(rung, telling[rung->checkpoint][1], out);
    }
}

static void
draw_head(const struct tunnel_view *t, struct canvas *c, struct area a)
{
    static const char *const roles[] = {N_("role unknown"), N_("this log: INITIATOR"),
                                        N_("this log: RESPONDER"), N_("this log: both roles")};
    const struct tunnel_row *row = &t->row;
    struct buf text = {0};
    buf_add(&text, row->name);
    if (row->peer.len && !str_eq(row->peer, row->name))
        buf_addf(&text, " -> %.*s", STR_ARG(row->peer));
    int role = row->role, ike = row->ike;
    if (t->attempt < t->attempt_count) {
        role = t->attempts[t->attempt].role;
        ike = t->attempts[t->attempt].ike;
    }
    buf_addf(&text, "  %s  %s", ike == IKE_UNKNOWN ? _("IKE version unknown") : figures_ike(ike, false),
             _(roles[role >= 0 && role <= 3 ? role : 0]));
    struct buf which = {0};
    unsigned serial = t->attempt < t->attempt_count ? t->attempts[t->attempt].serial : 0;
    if (serial)
        buf_addf(&which, _("attempt #%u"), serial);
    if (t->attempt_count > 1)
        buf_addf(&which, serial ? _(" (%zu of %zu)") : _("attempt %zu of %zu"), t->attempt + 1,
                 t->attempt_count);
    // Whose log it is matters more than which attempt.
    int columns = canvas_columns(c, buf_str(&which));
    bool both = canvas_columns(c, buf_str(&text)) + columns + 4 < a.w;
    if (both)
        canvas_put_right(c, a.x + a.w - columns - 1, a.y, columns, LOOK_PLAIN, buf_str(&which));
    canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, buf_str(&text));
    buf_release(&text);
    buf_release(&which);
}

static void
draw_rung(const struct ladder *self, const struct tunnel_view *t, const struct knowledge *k, size_t n,
          struct canvas *c, struct area a)
{
    const struct rung *rung = &t->ladder[self->rungs[n]];
    const struct proof *proof = view_deciding(rung->proofs, rung->proof_count);
    struct buf text = {0};
    int title = a.w >= 80 ? 17 : 16;
    uint8_t look = figures_look(rung->state, rung->basis);
    int x = a.x + 4;
    unsigned number = order_number(t->order, rung->checkpoint);
    if (number)
        canvas_putf(c, x, a.y, 2, LOOK_PLAIN, "%u", number);
    canvas_put(c, x + 2, a.y, title, number ? LOOK_PLAIN : LOOK_DIM,
               view_title(k, rung->checkpoint, t->row.auth));
    x += 2 + title;
    canvas_put(c, x, a.y, 4, look, figures_mark(rung->state, rung->basis));
    x += 5;
    int end = a.x + a.w - 1;
    bool narrow = end - 9 - x < LEAST_SAYING; // with a place of the usual length
    if (proof && rung->state != ST_NOT_REACHED && rung->basis != BASIS_IMPLIED)
        figures_line(proof, &text);
    else if (narrow && rung->basis == BASIS_IMPLIED)
        buf_add(&text, str_of(figures_word(rung->state, rung->basis)));
    int right = canvas_columns(c, buf_str(&text));
    canvas_put_right(c, end - right, a.y, right, LOOK_PLAIN, buf_str(&text));
    buf_clear(&text);
    say_rung(t, rung, &text);
    if (!narrow)
        canvas_put(c, x, a.y, end - right - (right > 0) - x, look, buf_str(&text));
    buf_release(&text);
    canvas_target(c, a, TARGET_ITEM, (int)n);
    if (n == self->list.at)
        canvas_chosen(c, a);
}

// Why the marked rung has no line of its own.
static void
say_no_proof(const struct rung *rung, struct str title, struct buf *out)
{
    buf_add(out, title);
    if (rung->state == ST_NOT_REACHED)
        buf_add(out, str_of(_(" was not reached: an earlier checkpoint is not passed.")));
    else if (rung->basis == BASIS_IMPLIED)
        buf_add(out, str_of(_(": no line says so, but a later checkpoint was reached, so it is passed.")));
    else
        buf_add(out, str_of(_(": this log says nothing about it.")));
}

// names: columns of the widest number of a line, so that the words begin below each other.
static void
draw_proof(const struct proof *p, struct canvas *c, int x, int y, int end, int names)
{
    struct buf text = {0};
    buf_add(&text, p->deciding ? STR("*") : STR(" "));
    figures_line(p, &text);
    canvas_put(c, x, y, end - x, LOOK_DIM, buf_str(&text));
    x += 1 + names + 2;
    buf_clear(&text);
    figures_times(p, &text);
    int room = end - x - canvas_columns(c, buf_str(&text)); // how often it came is not cut with a long line
    x += canvas_put(c, x, y, room, LOOK_PLAIN, str_from(p->text, p->body));
    canvas_put(c, x, y, end - x, LOOK_PLAIN, buf_str(&text));
    buf_release(&text);
}

static int
widest_line(const struct proof *proofs, size_t count, struct canvas *c)
{
    struct buf text = {0};
    int widest = 0;
    for (size_t i = 0; i < count; i++) {
        buf_clear(&text);
        figures_line(&proofs[i], &text);
        int columns = canvas_columns(c, buf_str(&text));
        widest = columns > widest ? columns : widest;
    }
    buf_release(&text);
    return widest;
}

// What else the failure could be taken for, and why it is not, or may be; else the question of the
// checkpoint.
static void
say_why_not(const struct tunnel_view *t, const struct knowledge *k, const struct rung *rung, struct buf *out)
{
    const struct finding_view *f = explains(t, rung);
    for (size_t i = 0; f && i < f->alternative_count; i++) {
        const struct alternative *other = &f->alternatives[i];
        for (int c = 0; c < CP_COUNT; c++) {
            if (c == (int)rung->checkpoint || !cause_is_of(other->cause, (enum checkpoint)c))
                continue;
            struct buf rung_name = {0};
            figures_rung(k, t->order, (enum checkpoint)c, t->row.auth, &rung_name);
            buf_addf(out, _("It is %s instead when this holds: %.*s"), buf_cstr(&rung_name),
                     STR_ARG(other->tell_apart));
            buf_release(&rung_name);
            return;
        }
    }
    unsigned number = order_number(t->order, rung->checkpoint);
    bool before = rung->state == ST_FAILED;
    for (const struct rung *r = t->ladder; r < rung; r++)
        before &= r->state == ST_PASSED;
    if (before && number > 1)
        buf_addf(out, _("Why here? All before %u is passed, and the line marked * ends it."), number);
    else if (before)
        buf_add(out, str_of(_("Why here? Nothing comes before it, and the line marked * ends it.")));
    else
        buf_add(out, k->checkpoint[rung->checkpoint].question);
}

// Below the head: that an SA still stands, else how the attempts ended.
static void
draw_history(const struct tunnel_view *t, const struct knowledge *k, struct canvas *c, struct area a)
{
    struct buf text = {0};
    bool stands = t->row.state == TUNNEL_DEGRADED && t->row.rekey;
    if (stands)
        buf_add(
            &text,
            str_of(_("An SA still stands and may carry traffic: what fails below is its renewal (re-key).")));
    else
        figures_history(k, t, &text);
    canvas_put(c, a.x + 1, a.y, a.w - 2, stands ? LOOK_SUSPECT : LOOK_DIM, buf_str(&text));
    buf_release(&text);
}

// The first line to be shown: the deciding line is among them, and what was measured behind it.
static size_t
first_shown(const struct rung *rung, size_t rows)
{
    for (size_t i = 0; i < rung->proof_count; i++) {
        if (!rung->proofs[i].deciding)
            continue;
        size_t last = i + (rung->basis == BASIS_MEASURED && rows > 1 && i + 1 < rung->proof_count);
        return last >= rows ? last - rows + 1 : 0;
    }
    return 0;
}

// The heading and, as many as there are rows for, the lines that prove the rung; returns the rows it took.
static int
draw_lines(const struct tunnel_view *t, const struct rung *rung, struct str title, struct canvas *c,
           struct area a)
{
    struct buf text = {0};
    if (rung->proof_count == 0) {
        say_no_proof(rung, title, &text);
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, buf_str(&text));
        buf_release(&text);
        return 1;
    }
    const struct finding_view *f = explains(t, rung);
    size_t rows = a.h > 1 ? (size_t)a.h - 1 : 0, shown = rung->proof_count < rows ? rung->proof_count : rows;
    if (shown < rung->proof_count)
        buf_addf(&text, _("%zu of %zu lines"), shown, rung->proof_count);
    else
        buf_addf(&text, P_("%zu line", "%zu lines", rung->proof_count), rung->proof_count);
    int columns = canvas_columns(c, buf_str(&text));
    canvas_put_right(c, a.x + a.w - columns - 1, a.y, columns, LOOK_DIM, buf_str(&text));
    buf_clear(&text);
    buf_addf(&text, _("Evidence: %.*s"), STR_ARG(f ? f->title : title));
    canvas_put(c, a.x + 1, a.y, a.w - columns - 4, LOOK_STRONG, buf_str(&text));
    buf_release(&text);
    const struct proof *first = rung->proofs + first_shown(rung, rows);
    int names = widest_line(first, shown, c);
    for (size_t i = 0; i < shown; i++)
        draw_proof(&first[i], c, a.x + 2, a.y + 1 + (int)i, a.x + a.w - 1, names);
    return 1 + (int)shown;
}

// What the lines leave free is the question's; two rows it has in any case where there are some.
static void
draw_evidence(const struct ladder *self, const struct tunnel_view *t, const struct knowledge *k,
              struct canvas *c, struct area a)
{
    const struct rung *rung = marked(self, t);
    struct prose question = {0};
    struct buf text = {0};
    say_why_not(t, k, rung, &text);
    prose_add(&question, c, a.w - 1, 1, 1, LOOK_DIM, -1, buf_str(&text));
    int gap = 1, least = a.h <= 5 ? 0 : a.h > 6 && question.count > 1 ? 2 : 1;
    int taken = draw_lines(t, rung, k->checkpoint[rung->checkpoint].title, c,
                           (struct area){a.x, a.y, a.w, least ? a.h - gap - least : a.h});
    int height = (int)question.count < a.h - gap - taken ? (int)question.count : a.h - gap - taken;
    if (least)
        prose_put(&question, c, (struct area){a.x, a.y + a.h - height, a.w, height});
    prose_release(&question);
    buf_release(&text);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct ladder *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    if (!t) {
        bool hidden = c->aside && s->tunnel == TUNNEL_NONE && !s->wanted.len; // by the filter of the list
        canvas_put(c, a.x + 1, a.y, a.w - 2, hidden ? LOOK_DIM : LOOK_PLAIN,
                   str_of(hidden ? _("no tunnel is shown") : session_missing(s)));
        return;
    }
    bool head = a.h >= 9, gap = a.h > 12;
    int y = a.y + head + gap;
    if (head)
        draw_head(t, c, a);
    if (gap)
        draw_history(t, s->knowledge, c, (struct area){a.x, a.y + 1, a.w, 1});
    int rows = a.y + a.h - y;
    list_fit(&self->list, self->list.count, rows);
    int top = y;
    for (size_t i = self->list.top; i < self->list.count && y < a.y + a.h; i++)
        draw_rung(self, t, s->knowledge, i, c, (struct area){a.x, y++, a.w, 1});
    list_edges(&self->list, c, (struct area){a.x, top, a.w, y - top});
    y += gap;
    if (y < a.y + a.h && self->list.count)
        draw_evidence(self, t, s->knowledge, c, (struct area){a.x, y, a.w, a.y + a.h - y});
}

static void
look(void *state, struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    const struct rung *rung = marked(state, t);
    const struct finding_view *f = rung ? finding_of(t, rung) : NULL;
    s->rule = f ? f->rule : NULL;
    if (rung)
        s->checkpoint = rung->checkpoint;
}

static struct reply
show_log(const struct ladder *self, struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    const struct rung *rung = marked(self, t);
    const struct proof *p = rung ? view_deciding(rung->proofs, rung->proof_count) : NULL;
    s->source = p ? p->source : t ? t->row.source : 0;
    s->line = p ? p->line : 0;
    return opens(t ? &screen_log : NULL);
}

static struct reply
show_order(struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    struct buf *text = session_box(s, str_of(_("Why this order?")));
    buf_add(text, t->order->title);
    buf_add(text,
            str_of(t->order_seen ? _("\n\nThis log shows that the exchange follows this order.")
                                 : _("\n\nThis log does not show which order the exchange follows; this "
                                     "is the usual one.")));
    buf_add(text, str_of(_("\n\nThe first checkpoint that is not passed is where to work; the ones after it "
                           "say nothing yet.")));
    return opens(&screen_box);
}

static void
other_attempt(struct ladder *self, struct session *s, int by)
{
    const struct tunnel_view *t = session_tunnel(s);
    if (!t)
        return;
    int to = (int)t->attempt + by;
    if (to < 0 || to >= (int)t->attempt_count) {
        session_notice(s, "%s",
                       by < 0 ? _("This is the oldest attempt that is kept whole")
                              : _("This is the newest attempt"));
        return;
    }
    self->chosen = false;
    session_look(s, s->tunnel, to);
}

// The mark stays at the checkpoint where the user put it, wherever the row of that one comes to stand.
static void
choose_here(struct ladder *self, const struct tunnel_view *t)
{
    const struct rung *rung = marked(self, t);
    self->chosen = rung != NULL;
    if (rung)
        self->at = rung->checkpoint;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct ladder *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    const struct rung *rung = marked(self, t);
    if (list_move(&self->list, what)) {
        choose_here(self, t);
        return handled();
    }
    switch (what) {
    case ACT_GO:
        if (!rung)
            return handled();
        look(self, s);
        return opens(&screen_finding);
    case ACT_EVIDENCE:
    case ACT_EVIDENCE_BACK:
    case ACT_LOG:
        return show_log(self, s);
    case ACT_ORDER:
        return show_order(s);
    case ACT_PATH:
        return opens(&screen_path);
    case ACT_BOTH:
        s->adding_both = !session_both(s);
        return opens(session_both(s) ? &screen_both : &screen_other);
    case ACT_RECHECK:
        return opens(t ? &screen_recheck : NULL);
    case ACT_EARLIER:
        other_attempt(self, s, -1);
        return handled();
    case ACT_LATER:
        other_attempt(self, s, 1);
        return handled();
    default:
        return (struct reply){0};
    }
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct tunnel_view *t = session_tunnel(s);
    (void)state;
    if ((what == ACT_EARLIER || what == ACT_LATER) && (!t || t->attempt_count < 2))
        return _("only one attempt is kept whole");
    return what == ACT_ORDER && (!t || !t->order) ? _("its order is not known yet") : NULL;
}

static bool
mark(void *state, struct session *s, int item)
{
    struct ladder *self = state;
    if (!list_mark(&self->list, item))
        return false;
    choose_here(self, session_tunnel(s));
    return true;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct tunnel_view *t = session_tunnel(s);
    const struct rung *rung = marked(state, t);
    if (!rung) {
        buf_add(out, str_of(_("Esc goes back to the tunnels")));
        return;
    }
    if (is_stuck(rung))
        buf_add(out, str_of(_("Enter explains the failure and the fix")));
    else if (t->row.verdict.checkpoint == CP_NONE)
        buf_add(out, str_of(_("Enter says what is known about this tunnel")));
    else
        buf_add(out, str_of(_("Enter explains this checkpoint")));
}

static void
crumb(void *state, struct session *s, struct buf *out)
{
    const struct tunnel_row *row = session_row(s, s->tunnel);
    (void)state;
    if (row)
        buf_add(out, row->name);
}

const struct screen_ops screen_ladder = {
    .id = SCREEN_LADDER,
    .rail = RAIL_LADDER,
    .help = N_(
        "A tunnel passes the checkpoints in this order. The first one that is not passed is where to work; "
        "the ones after it say nothing. L1046 at the end of a row is the line that proves it.\n"
        "[ok] passed  [~k] implied: a later checkpoint was reached  [XX] failed  "
        "[?\?] suspect: it fits here, but this log cannot prove it  [--] not reached  [  ] not known"),
    .open = open_ladder,
    .close = free,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .mark = mark,
    .next = next,
    .crumb = crumb,
    .news = news,
    .look = look,
};
