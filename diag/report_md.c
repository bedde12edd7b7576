#include "diag/ends_text.h"
#include "diag/line.h"
#include "diag/text.h"

// The report as Markdown, for a ticket or a wiki: the tunnels as a table, then one section for each that is
// reported. Everything from outside is escaped, and lines of a log stand in code, so that no text of theirs
// becomes markup.

enum { PROOFS_SHOWN = 6, HISTORY_SHOWN = 2 };

static const char *const state_shown[ST_COUNT] = {
    [ST_UNKNOWN] = "not known",       [ST_PASSED] = "ok",
    [ST_FAILED] = "**FAILED**",       [ST_SUSPECTED] = "**suspect**",
    [ST_NOT_REACHED] = "not reached", [ST_NOT_APPLICABLE] = "not applicable",
};
static const char *const tunnel_shown[TUNNEL_STATES] = {
    [TUNNEL_UNKNOWN] = "UNKNOWN",
    [TUNNEL_UP] = "UP",
    [TUNNEL_DEGRADED] = "UNSTABLE",
    [TUNNEL_DOWN] = "DOWN",
};
static const char *const place_shown[AT_COUNT] = {
    [AT_THIS_GATEWAY] = "here",
    [AT_PEER] = "at the peer",
    [AT_PATH] = "on the path",
    [AT_CLIENT] = "on the client",
};

// A text from outside in the flow of a paragraph or a cell: what Markdown could take for markup is escaped.
static void
put_text(struct page *p, struct str text, bool log)
{
    struct str clean = page_clean(p, text, log);
    for (size_t i = 0; i < clean.len; i++) {
        char c = clean.at[i];
        if (c == '\n')
            c = ' ';
        else if (strchr("\\`*_{}[]<>#|~!&", c))
            buf_add_char(&p->out, '\\');
        buf_add_char(&p->out, c);
    }
}

// The longest run of backticks in a text: a span of code is fenced by one more.
static size_t
backticks(struct str s)
{
    size_t most = 0, run = 0;
    for (size_t i = 0; i < s.len; i++) {
        run = s.at[i] == '`' ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most;
}

// A line of a log as code in one line; in a cell of a table a bar is escaped all the same.
static void
put_code(struct page *p, struct str text)
{
    struct str clean = page_clean(p, text, true);
    size_t fence = backticks(clean) + 1;
    for (size_t i = 0; i < fence; i++)
        buf_add_char(&p->out, '`');
    page_put(p, fence > 1 ? " " : "");
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.at[i] == '|')
            buf_add_char(&p->out, '\\');
        buf_add_char(&p->out, clean.at[i]);
    }
    page_put(p, fence > 1 ? " " : "");
    for (size_t i = 0; i < fence; i++)
        buf_add_char(&p->out, '`');
}

// Lines as a block of code, which an indentation makes.
static void
put_block(struct page *p, struct str text, const char *indent)
{
    struct buf kept = {0};
    buf_add(&kept, page_clean(p, str_trim(text), false));
    struct str rest = buf_str(&kept);
    page_end_line(p);
    while (rest.len) {
        size_t length = str_find(rest, STR("\n"));
        page_put(p, indent);
        page_put(p, "    ");
        buf_add(&p->out, (struct str){rest.at, length});
        page_end_line(p);
        rest = str_from(rest, length + 1);
    }
    page_end_line(p);
    buf_release(&kept);
}

static void
put_place(struct page *p, const struct proof *proof)
{
    struct str file = page_file(p, proof->source);
    struct buf kept = {0};
    buf_add(&kept, file);
    put_text(p, buf_str(&kept), true);
    buf_addf(&p->out, ":%llu", (unsigned long long)proof->line);
    buf_release(&kept);
}

static void
put_proof(struct page *p, const struct proof *proof)
{
    put_place(p, proof);
    buf_add_char(&p->out, ' ');
    put_code(p, str_from(proof->text, proof->body));
    if (proof->count > 1)
        buf_addf(&p->out, " (%llu %s)", (unsigned long long)proof->count, page_say(p, "times"));
}

// | 4 | Identity | **FAILED** | gw.log:1046 `text` |
static void
put_rung(struct page *p, const struct tunnel_view *t, const struct rung *rung)
{
    unsigned number = order_number(t->order, rung->checkpoint);
    bool wrong = rung->state == ST_FAILED || rung->state == ST_SUSPECTED;
    if (!number && !wrong && !(rung->checkpoint == CP_TRAFFIC && rung->state == ST_PASSED))
        return;
    if (number)
        buf_addf(&p->out, "| %u | ", number);
    else
        page_put(p, "| | ");
    put_text(p, view_title(p->r->view->knowledge, rung->checkpoint, t->row.auth), false);
    bool implied = rung->state == ST_PASSED && rung->basis == BASIS_IMPLIED;
    buf_addf(&p->out, " | %s | ", page_say(p, implied ? "implied" : state_shown[rung->state]));
    const struct proof *proof = view_deciding(rung->proofs, rung->proof_count);
    if (proof && !implied && rung->state != ST_NOT_REACHED) {
        if (wrong && !(p->r->leave_out & REPORT_EVIDENCE))
            put_proof(p, proof);
        else
            put_place(p, proof);
    }
    page_put(p, " |");
    page_end_line(p);
}

static void
put_ladder(struct page *p, const struct tunnel_view *t)
{
    page_end_line(p);
    buf_addf(&p->out, "| | %s | %s | %s |", page_say(p, "checkpoint"), page_say(p, "state"),
             page_say(p, "line"));
    page_end_line(p);
    page_put(p, "|---|---|---|---|");
    page_end_line(p);
    for (size_t i = 0; i < CP_COUNT; i++)
        put_rung(p, t, &t->ladder[i]);
}

// **label:** text. more
static void
put_paragraph(struct page *p, const char *label, struct str text, struct str more)
{
    page_end_line(p);
    buf_addf(&p->out, "**%s:** ", label);
    put_text(p, text, false);
    page_put(p, more.len ? ". " : "");
    put_text(p, more, false);
    page_end_line(p);
}

static void
put_evidence(struct page *p, const struct finding_view *f)
{
    size_t shown = 0, most = f->proof_count == PROOFS_SHOWN + 1 ? f->proof_count : PROOFS_SHOWN;
    for (size_t i = 0; i < f->proof_count && shown < most; i++, shown++) {
        if (shown == 0) {
            page_end_line(p);
            buf_addf(&p->out, "**%s:**", page_say(p, "Evidence"));
            page_end_line(p);
            page_end_line(p);
        }
        page_put(p, "- ");
        put_proof(p, &f->proofs[i]);
        page_end_line(p);
    }
    if (f->proof_count > shown) {
        page_put(p, "- ");
        page_count(p, f->proof_count - shown, "more line says so", "more lines say so");
        page_end_line(p);
    }
}

static void
put_steps(struct page *p, const struct finding_view *f)
{
    if (f->step_count) {
        page_end_line(p);
        buf_addf(&p->out, "**%s:**", page_say(p, "What to do"));
        page_end_line(p);
        page_end_line(p);
    }
    for (size_t i = 0; i < f->step_count; i++) {
        const struct step_view *step = &f->steps[i];
        buf_addf(&p->out, "%zu. %s: ", i + 1, page_say(p, place_shown[step->where]));
        put_text(p, step->act, false);
        if (step->weak)
            buf_addf(&p->out, " (%s)", page_say(p, "allows weaker cryptography"));
        page_end_line(p);
        if (str_trim(step->command).len)
            put_block(p, step->command, "   ");
        if (step->expect.len) {
            buf_addf(&p->out, "   %s: ", page_say(p, "Then you see"));
            put_text(p, step->expect, false);
            page_end_line(p);
        }
    }
}

static void
put_request(struct page *p, const struct tunnel_view *t)
{
    struct buf text = {0};
    ends_request(p, t, &text);
    if (text.len) {
        page_end_line(p);
        buf_addf(&p->out, "**%s:**", page_say(p, "What to send to the colleague at the other end"));
        page_end_line(p);
        put_block(p, buf_str(&text), "");
    }
    buf_release(&text);
}

static void
put_finding(struct page *p, const struct finding_view *f)
{
    if (!(p->r->leave_out & REPORT_FINDING)) {
        put_paragraph(p, page_say(p, "Why"), f->explanation, STR_NONE);
        for (size_t i = 0; i < f->unknown_count; i++)
            put_paragraph(p, page_say(p, "Cannot be told"), f->unknown[i], STR_NONE);
    }
    if (!(p->r->leave_out & REPORT_EVIDENCE))
        put_evidence(p, f);
    if (p->r->leave_out & REPORT_FINDING)
        return;
    for (size_t i = 0; i < f->alternative_count; i++)
        put_paragraph(p, page_say(p, "Or else"), f->alternatives[i].cause, f->alternatives[i].tell_apart);
    put_steps(p, f);
}

static void
put_tunnel(struct page *p, const struct tunnel_view *t)
{
    const struct finding_view *f = page_finding(t);
    page_end_line(p);
    page_put(p, "## ");
    put_text(p, t->row.name, true);
    page_put(p, ": ");
    if (f)
        put_text(p, f->title, false);
    else if (t->row.verdict.checkpoint != CP_NONE)
        page_put(p, page_say(p, "stuck, and no cause that is known here fits"));
    else
        page_put(p, t->row.state == TUNNEL_UP ? page_say(p, "nothing is wrong")
                                              : page_say(p, "no failure seen"));
    page_end_line(p);
    if (!(p->r->leave_out & REPORT_LADDER))
        put_ladder(p, t);
    if (f)
        put_finding(p, f);
    if (f && !(p->r->leave_out & REPORT_FINDING))
        put_request(p, t);
}

// What a tunnel that is well overcame.
static void
put_history(struct page *p, const struct tunnel_view *t)
{
    for (size_t n = 0; n < HISTORY_SHOWN; n++) {
        const struct finding_view *f = page_mended(t, n);
        if (!f)
            return;
        page_end_line(p);
        put_text(p, t->row.name, true);
        page_overcame(p, t, f, &p->out);
        put_text(p, f->title, false);
        page_end_line(p);
        if (f->proof_count) {
            page_end_line(p);
            page_put(p, "- ");
            put_proof(p, view_deciding(f->proofs, f->proof_count));
            page_end_line(p);
        }
    }
}

static void
put_row(struct page *p, const struct tunnel_row *row)
{
    page_put(p, "| ");
    put_text(p, row->name, true);
    page_put(p, " | ");
    put_text(p, row->peer.len ? row->peer : STR("?"), true);
    buf_addf(&p->out, " | %s | %s | ",
             row->ike == IKE_UNKNOWN ? "?"
             : row->ike == IKE_V2    ? "IKEv2"
                                     : "IKEv1",
             page_say(p, tunnel_shown[row->state]));
    if (row->verdict.checkpoint != CP_NONE)
        put_text(p, view_title(p->r->view->knowledge, row->verdict.checkpoint, row->auth), false);
    page_put(p, " |");
    page_end_line(p);
}

static void
put_table(struct page *p)
{
    const struct view *v = p->r->view;
    buf_addf(&p->out, "| %s | %s | IKE | %s | %s |", page_say(p, "tunnel"), page_say(p, "peer"),
             page_say(p, "state"), page_say(p, "stuck at"));
    page_end_line(p);
    page_put(p, "|---|---|---|---|---|");
    page_end_line(p);
    for (size_t i = 0; !p->failed && i < v->row_count; i++)
        if (report_shows(p->r, &v->rows[i]))
            put_row(p, &v->rows[i]);
}

// In place of the table: what a gateway says of its connections, line by line with its meaning, and what
// hinders its daemon.
static void
put_nothing(struct page *p)
{
    const struct view *v = p->r->view;
    size_t stated = 0;
    for (size_t i = 0; i < v->source_count; i++)
        stated += v->sources[i].stated_count;
    page_put(p, stated || v->predicted_count ? page_say(p, "No negotiation was seen.")
                                             : page_say(p, "No connection was seen."));
    page_end_line(p);
    page_end_line(p);
    for (size_t i = 0; i < v->source_count; i++) {
        const struct source_view *s = &v->sources[i];
        for (size_t n = 0; n < s->stated_count; n++) {
            page_put(p, "- ");
            put_proof(p, &s->stated[n].line);
            page_put(p, ": ");
            put_text(p, s->stated[n].means, false);
            page_end_line(p);
        }
        for (size_t n = 0; n < s->hindered_count; n++) {
            page_put(p, "- ");
            put_proof(p, &s->hindered[n]);
            page_end_line(p);
        }
    }
    if (!stated)
        return;
    page_end_line(p);
    page_put(
        p, page_say(
               p, "This is how it stands. Why something does not stand, only the log of the daemon tells."));
    page_end_line(p);
}

// What was read, what of it was not, and what is hidden.
static void
put_end(struct page *p)
{
    page_end_line(p);
    page_put(p, "---");
    page_end_line(p);
    page_end_line(p);
    for (size_t i = 0; i < p->r->view->source_count; i++) {
        const struct source_view *s = &p->r->view->sources[i];
        struct buf problem = {0}, name = {0};
        report_problem(p->r, i, &problem);
        buf_add(&name, page_file(p, (int)i));
        page_put(p, "- ");
        put_text(p, buf_str(&name), true);
        page_put(p, ": ");
        page_count(p, s->lines, "line", "lines");
        if (s->before) {
            page_put(p, ", ");
            text_count(s->before, &p->out);
            buf_addf(&p->out, " %s", page_say(p, "before the time asked for"));
        }
        if (problem.len) {
            buf_addf(&p->out, ", **%s**: ", page_say(p, "problem"));
            put_text(p, buf_str(&problem), true);
        }
        page_end_line(p);
        buf_release(&problem);
        buf_release(&name);
    }
    uint64_t masked = redact_masked(p->r->redact);
    if (masked) {
        page_put(p, "- ");
        page_count(p, masked, "place that looked like a secret is masked.",
                   "places that looked like secrets are masked.");
        page_end_line(p);
    }
    if (redact_names(p->r->redact)) {
        buf_addf(&p->out, "- %s",
                 page_say(p, "Names are hidden: the same name always has the same stand-in."));
        page_end_line(p);
    }
}

bool
report_md(const struct report *r, struct err *e)
{
    struct page p = {.r = r, .e = e};
    report_learn(r);
    if (r->view->row_count)
        put_table(&p);
    else
        put_nothing(&p);
    for (size_t i = 0; !p.failed && i < r->view->row_count; i++) {
        const struct tunnel_row *row = &r->view->rows[i];
        bool unwell = row->verdict.checkpoint != CP_NONE || row->state == TUNNEL_DEGRADED;
        bool told = r->only.len || r->only_id || unwell;
        if (!report_shows(r, row) || (!told && !r->view->detailed))
            continue;
        struct arena arena = {0};
        const struct tunnel_view *t = r->tunnel(r->self, row->id, &arena);
        if (t && (told || page_finding(t)))
            put_tunnel(&p, t);
        else if (t)
            put_history(&p, t);
        arena_release(&arena);
    }
    if (r->view->predicted_count) {
        page_put(&p, "```text");
        ends_put_predicted(&p);
        page_put(&p, "```");
        page_end_line(&p);
    }
    put_end(&p);
    return page_finish(&p);
}
