#include "diag/ends_text.h"
#include "diag/page.h"
#include "diag/report_table.h"
#include "diag/tally.h"
#include "diag/text.h"

// The text report: a table of all connections, then one stretch for each that is not well, then the counts.
// Meant to be pasted into a ticket and searched, so lines of a log are never broken and stand as FILE:LINE:
// TEXT.
enum {
    TITLE_WIDTH = 16,
    PROOFS_SHOWN = 4,
    HISTORY_SHOWN = 2,
    STEP_INDENT = LABEL_WIDTH + 2,
};

static const struct tunnel_view *
open_tunnel(const struct page *p, size_t row, struct arena *arena)
{
    return p->r->tunnel(p->r->self, p->r->view->rows[row].id, arena);
}

static bool
is_unwell(const struct tunnel_row *row)
{
    return row->verdict.checkpoint != CP_NONE || row->state == TUNNEL_DEGRADED;
}

// The one connection of a log, of which nobody can say how it stands: all that is known of it is told.
static bool
is_riddle(const struct view *v)
{
    return v->row_count == 1 && v->rows[0].state == TUNNEL_UNKNOWN;
}

// FILE:LINE: TEXT (7 times)
static void
add_proof(struct page *p, const struct proof *proof, bool with_text, struct buf *out)
{
    buf_add(out, page_file(p, proof->source));
    buf_addf(out, ":%llu", (unsigned long long)proof->line);
    if (!with_text)
        return;
    buf_add(out, STR(": "));
    buf_add(out, page_clean(p, str_from(proof->text, proof->body), true));
    if (proof->count > 1)
        buf_addf(out, " (%llu %s)", (unsigned long long)proof->count, page_say(p, "times"));
}

// How far a line stands from the one that decides.
static uint64_t
distance(const struct proof *proof, const struct proof *from)
{
    if (proof->deciding || proof->source != from->source)
        return proof->deciding ? 0 : UINT64_MAX;
    return proof->line > from->line ? proof->line - from->line : from->line - proof->line;
}

// Is it one of those that are shown? The deciding ones are, and what stands nearest to them.
static bool
is_shown(const struct rung *rung, size_t index, size_t most)
{
    const struct proof *from = view_deciding(rung->proofs, rung->proof_count);
    uint64_t mine = distance(&rung->proofs[index], from);
    size_t nearer = 0;
    for (size_t i = 0; i < rung->proof_count; i++) {
        uint64_t other = distance(&rung->proofs[i], from);
        nearer += other < mine || (other == mine && i < index);
    }
    return nearer < most;
}

// The lines behind a rung that is not passed: the deciding ones first. That one more is left out would take
// the place of that one.
static void
put_proofs(struct page *p, const struct rung *rung, size_t column)
{
    size_t shown = 0, most = rung->proof_count == PROOFS_SHOWN + 1 ? rung->proof_count : PROOFS_SHOWN;
    struct buf line = {0};
    for (int deciding = 1; deciding >= 0 && !(p->r->leave_out & REPORT_EVIDENCE); deciding--) {
        for (size_t i = 0; i < rung->proof_count; i++) {
            if (rung->proofs[i].deciding != (deciding == 1) || !is_shown(rung, i, most))
                continue;
            buf_clear(&line);
            add_proof(p, &rung->proofs[i], true, &line);
            if (shown++ || column + text_columns(buf_str(&line)) > PAGE_WIDTH) {
                page_end_line(p);
                page_put(p, "    ");
            }
            buf_add(&p->out, buf_str(&line));
        }
    }
    if (rung->proof_count > shown && !(p->r->leave_out & REPORT_EVIDENCE)) {
        page_end_line(p);
        page_put(p, "    ");
        page_count(p, rung->proof_count - shown, "more line belongs to it", "more lines belong to it");
    }
    buf_release(&line);
}

static const char *
rung_shown(const struct page *p, const struct rung *rung, enum paint *paint)
{
    switch (rung->state) {
    case ST_PASSED:
        *paint = PAINT_GOOD;
        return rung->basis == BASIS_IMPLIED ? page_say(p, "implied") : page_say(p, "ok");
    case ST_FAILED:
        *paint = PAINT_BAD;
        return page_say(p, "FAILED");
    case ST_SUSPECTED:
        *paint = PAINT_DOUBT;
        return page_say(p, "suspect");
    case ST_NOT_REACHED:
        *paint = PAINT_DIM;
        return page_say(p, "not reached");
    case ST_NOT_APPLICABLE:
        *paint = PAINT_DIM;
        return page_say(p, "not applicable");
    default:
        *paint = PAINT_DIM;
        return page_say(p, "not known");
    }
}

// Of the states behind which lines stand, in this language.
static size_t
widest_state(const struct page *p)
{
    const char *const words[] = {page_say(p, "ok"), page_say(p, "implied"), page_say(p, "FAILED"),
                                 page_say(p, "suspect")};
    size_t widest = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t columns = text_columns(str_of(words[i]));
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

static void
put_rung(struct page *p, const struct tunnel_view *t, const struct rung *rung)
{
    unsigned number = order_number(t->order, rung->checkpoint);
    bool wrong = rung->state == ST_FAILED || rung->state == ST_SUSPECTED;
    if (!number && !wrong && !(rung->checkpoint == CP_TRAFFIC && rung->state == ST_PASSED))
        return;
    enum paint paint;
    const char *state = rung_shown(p, rung, &paint);
    if (number)
        buf_addf(&p->out, "  %u ", number);
    else
        page_put(p, "    ");
    struct str title = page_clean(p, view_title(p->r->view->knowledge, rung->checkpoint, t->row.auth), false);
    buf_add(&p->out, title);
    page_pad(p, text_columns(title), TITLE_WIDTH);
    page_paint(p, paint, str_of(state));
    if (rung->proof_count && (wrong || rung->state == ST_PASSED)) {
        size_t columns = widest_state(p) + 2;
        page_pad(p, text_columns(str_of(state)), columns);
        if (wrong)
            put_proofs(p, rung, 4 + TITLE_WIDTH + columns);
        else
            add_proof(p, view_deciding(rung->proofs, rung->proof_count), false, &p->out);
    }
    page_end_line(p);
}

static void
put_step(struct page *p, const struct step_view *step, size_t number, const char *label)
{
    static const char *const places[AT_COUNT] = {
        [AT_THIS_GATEWAY] = "here",
        [AT_PEER] = "at the peer",
        [AT_PATH] = "on the path",
        [AT_CLIENT] = "on the client",
    };
    struct buf text = {0};
    buf_addf(&text, "%zu %s: ", number,
             step->side == SIDE_A   ? page_say(p, "on A")
             : step->side == SIDE_B ? page_say(p, "on B")
                                    : page_say(p, places[step->where]));
    buf_add(&text, page_clean(p, step->act, false));
    if (step->weak)
        buf_addf(&text, " (%s)", page_say(p, "allows weaker cryptography"));
    size_t column = page_label(p, label);
    page_wrap(p, buf_str(&text), column, STEP_INDENT);
    page_end_line(p);
    buf_set(&text, page_clean(p, step->command, false));
    struct str rest = str_trim(buf_str(&text));
    while (rest.len) {
        const char *end = memchr(rest.at, '\n', rest.len);
        size_t length = end ? (size_t)(end - rest.at) : rest.len;
        page_pad(p, 0, STEP_INDENT + 2);
        buf_add(&p->out, (struct str){rest.at, length});
        page_end_line(p);
        rest = str_from(rest, length + 1);
    }
    if (step->expect.len) {
        page_pad(p, 0, STEP_INDENT);
        page_put(p, "-> ");
        page_wrap(p, page_clean(p, step->expect, false), STEP_INDENT + 3, STEP_INDENT + 3);
        page_end_line(p);
    }
    buf_release(&text);
}

static void
put_finding(struct page *p, const struct finding_view *f)
{
    page_paragraph(p, page_say(p, "why"), f->explanation);
    for (size_t i = 0; i < f->unknown_count; i++)
        page_paragraph(p, i ? "" : page_say(p, "unknown"), f->unknown[i]);
    for (size_t i = 0; i < f->alternative_count; i++) {
        struct buf text = {0};
        buf_add(&text, f->alternatives[i].cause);
        if (f->alternatives[i].tell_apart.len)
            buf_add(&text, STR(": "));
        buf_add(&text, f->alternatives[i].tell_apart);
        page_paragraph(p, page_say(p, "or else"), buf_str(&text));
        buf_release(&text);
    }
    for (size_t i = 0; i < f->step_count; i++)
        put_step(p, &f->steps[i], i + 1, i == 0 ? page_say(p, "next") : i == 1 ? page_say(p, "fix") : "");
}

// What to send to the other end, as lines that are not broken.
static void
put_request(struct page *p, const struct tunnel_view *t)
{
    struct buf text = {0};
    ends_request(p, t, &text);
    if (text.len) {
        page_paragraph(p, page_say(p, "ask"),
                       str_of(page_say(p, "What to send to the colleague at the other end:")));
        page_end_line(p);
    }
    for (struct str rest = buf_str(&text); rest.len;) {
        size_t end = str_find(rest, STR("\n"));
        page_pad(p, 0, 4);
        buf_add(&p->out, page_clean(p, (struct str){rest.at, end}, true));
        page_end_line(p);
        rest = str_from(rest, end + 1);
    }
    buf_release(&text);
}

// The findings besides the verdict's, one line each.
static void
put_other_findings(struct page *p, const struct tunnel_view *t, const struct finding_view *main)
{
    for (size_t i = 0; i < t->finding_count; i++) {
        const struct finding_view *f = &t->findings[i];
        if (f == main)
            continue;
        struct buf text = {0};
        if (t->both && t->both->same)
            buf_addf(&text, "%c: ", f->side == SIDE_B ? 'B' : 'A');
        buf_add(&text, page_clean(p, f->title, false));
        if (f->mended)
            buf_addf(&text, ", %s", page_say(p, "mended since"));
        if (f->proof_count) {
            buf_add(&text, STR(" ("));
            add_proof(p, &f->proofs[0], false, &text);
            buf_add_char(&text, ')');
        }
        size_t column = page_label(p, f->severity == SEV_NOTE ? page_say(p, "note") : page_say(p, "warning"));
        page_wrap(p, buf_str(&text), column, LABEL_WIDTH);
        page_end_line(p);
        buf_release(&text);
    }
}

static const char *
exchange_shown(const struct page *p, int ike)
{
    switch (ike) {
    case IKE_V1_MAIN:
        return page_say(p, "IKEv1 main mode");
    case IKE_V1_AGGRESSIVE:
        return page_say(p, "IKEv1 aggressive mode");
    case IKE_V1:
        return "IKEv1";
    case IKE_V2:
        return "IKEv2";
    default:
        return page_say(p, "IKE version not known");
    }
}

// IKEv1 main mode with 198.51.100.7, log of the initiator, 38 attempts
static void
put_heading(struct page *p, const struct tunnel_view *t)
{
    static const char *const roles[] = {
        [ROLE_INITIATOR] = "log of the initiator",
        [ROLE_RESPONDER] = "log of the responder",
        [ROLE_RESPONDER + 1] = "log of a gateway that starts and answers",
    };
    const struct tunnel_row *row = &t->row;
    struct buf text = {0};
    buf_add(&text, str_of(exchange_shown(p, row->ike)));
    if (row->peer.len) {
        buf_addf(&text, " %s ", page_say(p, "with"));
        buf_add(&text, page_clean(p, row->peer, true));
    }
    if (row->role > ROLE_UNKNOWN && (size_t)row->role < sizeof roles / sizeof *roles)
        buf_addf(&text, ", %s", page_say(p, roles[row->role]));
    buf_addf(&text, ", %llu %s", (unsigned long long)row->attempts,
             row->attempts == 1 ? page_say(p, "attempt") : page_say(p, "attempts"));
    page_put(p, "  ");
    page_wrap(p, buf_str(&text), 2, 2);
    page_end_line(p);
    buf_release(&text);
}

static void
put_tunnel(struct page *p, const struct tunnel_view *t)
{
    const struct finding_view *f = page_finding(t);
    struct buf title = {0};
    buf_add(&title, page_clean(p, t->row.name, true));
    buf_add(&title, STR(": "));
    if (f && t->both && (t->both->same || t->both->silent_other))
        buf_addf(&title, "%c: ", f->side == SIDE_B ? 'B' : 'A');
    if (f)
        buf_add(&title, page_clean(p, f->title, false));
    else if (t->row.verdict.checkpoint == CP_NONE)
        buf_add(&title, str_of(t->row.state == TUNNEL_UP ? page_say(p, "nothing is wrong")
                                                         : page_say(p, "no failure seen")));
    else
        buf_add(&title, str_of(page_say(p, "stuck, and no cause that is known here fits")));
    page_end_line(p);
    page_wrap(p, buf_str(&title), 0, 2);
    buf_release(&title);
    page_end_line(p);
    put_heading(p, t);
    if (t->both)
        ends_put(p, t);
    for (size_t i = 0; i < CP_COUNT && !(p->r->leave_out & REPORT_LADDER); i++)
        put_rung(p, t, &t->ladder[i]);
    if (f && !(p->r->leave_out & REPORT_FINDING))
        put_finding(p, f);
    put_other_findings(p, t, f);
    if (!(p->r->leave_out & REPORT_FINDING))
        put_request(p, t);
}

static void
put_lines(struct page *p, const struct proof *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        page_put(p, "  ");
        add_proof(p, &lines[i], true, &p->out);
        page_end_line(p);
    }
}

// What a tunnel that is well overcame, with the line that proved it.
static void
put_history(struct page *p, const struct tunnel_view *t)
{
    for (size_t n = 0; n < HISTORY_SHOWN; n++) {
        const struct finding_view *f = page_mended(t, n);
        if (!f)
            return;
        struct buf text = {0};
        if (!n)
            page_end_line(p);
        buf_add(&text, page_clean(p, t->row.name, true));
        page_overcame(p, t, f, &text);
        buf_add(&text, page_clean(p, f->title, false));
        page_wrap(p, buf_str(&text), 0, 2);
        page_end_line(p);
        buf_release(&text);
        if (f->proof_count)
            put_lines(p, view_deciding(f->proofs, f->proof_count), 1);
    }
}

// Those that are unwell are told whole. A warning may be about a tunnel that looks well; to find it such a
// tunnel is opened, where there are few enough.
static void
put_tunnels(struct page *p)
{
    const struct view *v = p->r->view;
    for (size_t i = 0; !p->failed && i < v->row_count; i++) {
        bool told = p->r->only.len || p->r->only_id || is_unwell(&v->rows[i]) || is_riddle(v);
        if (!report_shows(p->r, &v->rows[i]) || (!told && !v->detailed))
            continue;
        struct arena arena = {0};
        const struct tunnel_view *t = open_tunnel(p, i, &arena);
        if (t && (told || page_finding(t)))
            put_tunnel(p, t);
        else if (t)
            put_history(p, t);
        arena_release(&arena);
    }
}

// gw.log: 1,204 lines, 877 understood, 4 not understood, 323 of other programs
static void
put_source(struct page *p, size_t index)
{
    const struct source_view *s = &p->r->view->sources[index];
    struct buf problem = {0};
    report_problem(p->r, index, &problem);
    buf_add(&p->out, page_file(p, (int)index));
    page_put(p, ": ");
    page_count(p, s->lines, "line", "lines");
    page_put(p, ", ");
    text_count(s->recognised, &p->out);
    buf_addf(&p->out, " %s, ", page_say(p, "understood"));
    text_count(s->not_understood, &p->out);
    buf_addf(&p->out, " %s, ", page_say(p, "not understood"));
    text_count(s->other, &p->out);
    buf_addf(&p->out, " %s", page_say(p, "of other programs"));
    if (s->before) {
        page_put(p, ", ");
        text_count(s->before, &p->out);
        buf_addf(&p->out, " %s", page_say(p, "before the time asked for"));
    }
    page_end_line(p);
    if (problem.len) {
        page_put(p, "  ");
        page_paint(p, PAINT_BAD, str_of(page_say(p, "problem")));
        page_put(p, ": ");
        page_wrap(p, page_clean(p, buf_str(&problem), true), 11, 2);
        page_end_line(p);
    }
    buf_release(&problem);
}

// What a gateway says of its connections, line by line with its meaning.
static void
put_stated(struct page *p, const struct source_view *s)
{
    for (size_t i = 0; i < s->stated_count; i++) {
        put_lines(p, &s->stated[i].line, 1);
        page_put(p, "    ");
        page_wrap(p, page_clean(p, s->stated[i].means, false), 4, 4);
        page_end_line(p);
    }
}

// What stands in place of a table when no connection was seen.
static void
put_nothing(struct page *p, uint64_t recognised)
{
    const struct view *v = p->r->view;
    size_t stated = 0;
    bool before = false, capture = false, read = v->source_count == 0;
    for (size_t i = 0; i < v->source_count; i++) {
        read |= v->sources[i].lines || !v->sources[i].problem.len;
        stated += v->sources[i].stated_count;
        before |= v->sources[i].before > 0;
    }
    const char *none = v->predicted_count || stated ? page_say(p, "No negotiation was seen.")
                       : recognised                 ? page_say(p, "No connection was seen.")
                       : !read                      ? page_say(p, "No source could be read.")
                       : before
                           ? page_say(p, "Nothing after the time asked for was recognised as IKE or IPsec.")
                           : page_say(p, "Nothing in the sources was recognised as IKE or IPsec.");
    page_put(p, none);
    page_end_line(p);
    for (size_t i = 0; i < v->source_count; i++) {
        put_stated(p, &v->sources[i]);
        put_lines(p, v->sources[i].hindered, v->sources[i].hindered_count);
        put_lines(p, v->sources[i].samples, v->sources[i].sample_count);
        capture |= str_eq(v->sources[i].kind, STR("capture"));
    }
    if (capture) {
        const char *way =
            page_say(p, "ikewalk encap --capture FILE says what a packet capture alone shows of the path.");
        page_wrap(p, str_of(way), 0, 0);
        page_end_line(p);
    }
    if (stated) {
        const char *limit = page_say(
            p, "This is how it stands. Why something does not stand, only the log of the daemon tells.");
        page_wrap(p, str_of(limit), 0, 0);
        page_end_line(p);
    }
}

static void
put_counts(struct page *p)
{
    static const struct {
        enum tunnel_state state;
        const char *word;
    } kinds[] = {
        {TUNNEL_UP, "up"},
        {TUNNEL_DEGRADED, "unstable"},
        {TUNNEL_DOWN, "down"},
        {TUNNEL_UNKNOWN, "unknown"},
    };
    const struct view *v = p->r->view;
    const char *plain = page_say(p, "DOWN"), *silent = page_say(p, "NO REPLY");
    const char *unknown = page_say(p, "UNKNOWN");
    struct tally tally = {0};
    uint64_t lines = 0;
    for (size_t i = 0; i < v->row_count; i++)
        if (report_shows(p->r, &v->rows[i]))
            tally_add(&tally, &v->rows[i], plain, silent, unknown);
    for (size_t i = 0; i < v->source_count; i++)
        lines += v->sources[i].lines;
    page_count(p, tally.all, "connection", "connections");
    const char *before = ": ";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!tally.state[kinds[i].state])
            continue;
        page_put(p, before);
        text_count(tally.state[kinds[i].state], &p->out);
        buf_addf(&p->out, " %s", page_say(p, kinds[i].word));
        tally_words(&tally, kinds[i].state, &p->out);
        before = ", ";
    }
    page_put(p, ". ");
    page_count(p, lines, "line", "lines");
    if (p->r->seconds >= 0) {
        // Not %f: its decimal point goes with the language of the machine.
        unsigned long long hundredths = (unsigned long long)(p->r->seconds * 100 + 0.5);
        buf_addf(&p->out, " %s %llu.%02llu s", page_say(p, "in"), hundredths / 100, hundredths % 100);
    }
    page_put(p, ".");
    page_end_line(p);
}

static void
put_hidden(struct page *p)
{
    uint64_t masked = redact_masked(p->r->redact);
    if (masked) {
        page_count(p, masked, "place that looked like a secret is masked.",
                   "places that looked like secrets are masked.");
        page_end_line(p);
    }
    if (redact_names(p->r->redact)) {
        page_put(p, page_say(p, "Names are hidden: the same name always has the same stand-in."));
        page_end_line(p);
    }
}

bool
report_text(const struct report *r, struct err *e)
{
    struct page p = {.r = r, .e = e};
    uint64_t recognised = 0;
    report_learn(r);
    for (size_t i = 0; i < r->view->source_count; i++)
        recognised += r->view->sources[i].recognised;
    if (r->view->row_count)
        report_table(&p);
    else
        put_nothing(&p, recognised);
    put_tunnels(&p);
    ends_put_predicted(&p);
    page_end_line(&p);
    for (size_t i = 0; i < r->view->source_count; i++)
        put_source(&p, i);
    put_hidden(&p);
    put_counts(&p);
    return page_finish(&p);
}
