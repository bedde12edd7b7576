#include "diag/line.h"
#include "diag/report.h"
#include "diag/text.h"

#include <stdlib.h>

// Written by hand and not through a tree of jansson's: a report of 100,000 tunnels is 500 MB of which no part
// needs to be held, and the tests read it back with jansson.
struct json {
    const struct report *r;
    struct err *e;
    struct buf out, clean;
    struct said *said; // SAID rows, by hash
    bool comma;        // a value stands in front of the next one
    bool failed;
};

// A text that was written before and how it stands in the report: the proof of one rung is mostly that of
// others too, and many tunnels fail alike.
struct said {
    struct buf both; // the text, then what was written
    size_t length;   // of the text
    bool log;
};

enum { FLUSH_AT = 256 * 1024, SAID = 1024, SAID_LONGEST = 512 };

static void
flush(struct json *j)
{
    if (!j->failed && j->out.len)
        j->failed = !j->r->write(j->r->self, buf_str(&j->out), j->e);
    buf_clear(&j->out);
}

static void
separate(struct json *j)
{
    if (j->comma)
        buf_add(&j->out, STR(", "));
    j->comma = true;
}

static void
open_with(struct json *j, char bracket)
{
    separate(j);
    buf_add_char(&j->out, bracket);
    j->comma = false;
}

static void
close_with(struct json *j, char bracket)
{
    buf_add_char(&j->out, bracket);
    j->comma = true;
}

// What needs no escapes.
static void
plain(struct json *j, struct str s)
{
    buf_add_char(&j->out, '"');
    buf_add(&j->out, s);
    buf_add_char(&j->out, '"');
}

// Text that is valid UTF-8 without control characters, but for the line ends of a pack's text.
static void
quote(struct json *j, struct str s)
{
    buf_add_char(&j->out, '"');
    for (size_t length; s.len; s = str_from(s, length)) {
        int32_t rune = 0;
        size_t raw = text_unquoted(s);
        length = raw ? raw : text_rune(s, &rune);
        if (raw || (rune >= 0x80 && !j->r->ascii))
            buf_add(&j->out, (struct str){s.at, length});
        else if (rune == '\n')
            buf_add(&j->out, STR("\\n"));
        else if (rune == '"' || rune == '\\')
            buf_addf(&j->out, "\\%c", (char)rune);
        else if (rune >= 0x10000)
            buf_addf(&j->out, "\\u%04x\\u%04x", 0xD800u + ((unsigned)(rune - 0x10000) >> 10),
                     0xDC00u + ((unsigned)rune & 0x3FF));
        else
            buf_addf(&j->out, "\\u%04x", rune < 0 ? 0xFFFDu : (unsigned)rune);
    }
    buf_add_char(&j->out, '"');
}

static void
key(struct json *j, struct str name)
{
    separate(j);
    if (text_unquoted(name) == name.len)
        plain(j, name);
    else
        quote(j, name);
    buf_add(&j->out, STR(": "));
    j->comma = false;
}

// A word of ours; NULL is null.
static void
word(struct json *j, const char *text)
{
    separate(j);
    if (!text) {
        buf_add(&j->out, STR("null"));
        return;
    }
    plain(j, str_of(text));
}

// May the text stand between quotes as it is, when it holds no secret?
static bool
is_plain(const struct json *j, struct str s)
{
    return redact_idle(j->r->redact) && text_unquoted(s) == s.len;
}

// A text from outside: log text, or the words of a pack with values in them. An empty one is null when it may
// be. One that holds a secret is cleaned every time, for the places are counted.
static void
text(struct json *j, struct str s, bool log)
{
    struct redact *r = j->r->redact;
    separate(j);
    if (!log && is_plain(j, s)) {
        plain(j, s);
        return;
    }
    struct said *said = s.len <= SAID_LONGEST ? &j->said[str_hash(s, log) % SAID] : NULL;
    if (said && said->both.len && said->log == log && str_eq((struct str){said->both.at, said->length}, s)) {
        buf_add(&j->out, str_from(buf_str(&said->both), said->length));
        return;
    }
    size_t before = j->out.len;
    uint64_t masked = redact_masked(r);
    buf_clear(&j->clean);
    if (log && is_plain(j, s)) { // what stands for a secret is plain as well
        plain(j, redact_text(r, s, log, &j->clean) ? buf_str(&j->clean) : s);
    } else {
        report_clean(j->r, s, log, &j->clean);
        quote(j, buf_str(&j->clean));
    }
    if (!said || redact_masked(r) != masked)
        return;
    buf_clear(&said->both);
    buf_add(&said->both, s);
    buf_add(&said->both, str_from(buf_str(&j->out), before));
    said->length = s.len;
    said->log = log;
}

static void
text_or_null(struct json *j, struct str s, bool log)
{
    if (s.len)
        text(j, s, log);
    else
        word(j, NULL);
}

static void
number(struct json *j, uint64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    separate(j);
    buf_add(&j->out, (struct str){digits + at, sizeof digits - at});
}

static void
truth(struct json *j, bool is)
{
    separate(j);
    buf_add(&j->out, is ? STR("true") : STR("false"));
}

static void
moment(struct json *j, int64_t time, bool year_known)
{
    char stamp[32];
    line_time_text(time, year_known, stamp);
    word(j, *stamp ? stamp : NULL);
}

// A key that needs no escapes, with the comma that may stand in front of it. Both have a length that the
// compiler knows.
#define KEY(j, name)                                                                                         \
    do {                                                                                                     \
        if ((j)->comma)                                                                                      \
            buf_add(&(j)->out, STR(", \"" name "\": "));                                                     \
        else                                                                                                 \
            buf_add(&(j)->out, STR("\"" name "\": "));                                                       \
        (j)->comma = false;                                                                                  \
    } while (0)

static void
put_values(struct json *j, const struct value *values, size_t count)
{
    KEY(j, "values");
    open_with(j, '{');
    for (size_t i = 0; i < count; i++) {
        key(j, values[i].key);
        if (values[i].count == 1) {
            text(j, values[i].text[0], true);
            continue;
        }
        open_with(j, '[');
        for (size_t k = 0; k < values[i].count; k++)
            text(j, values[i].text[k], true);
        close_with(j, ']');
    }
    close_with(j, '}');
}

static void
put_evidence(struct json *j, const struct proof *proofs, size_t count)
{
    KEY(j, "evidence");
    open_with(j, '[');
    for (size_t i = 0; i < count; i++) {
        open_with(j, '{');
        KEY(j, "source");
        number(j, (uint64_t)proofs[i].source);
        KEY(j, "line");
        number(j, proofs[i].line);
        KEY(j, "text");
        text(j, str_from(proofs[i].text, proofs[i].body), true);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_source(struct json *j, size_t index)
{
    const struct source_view *s = &j->r->view->sources[index];
    open_with(j, '{');
    KEY(j, "name");
    text(j, redact_file(j->r->redact, s->name), true);
    KEY(j, "kind");
    text(j, s->kind, true);
    KEY(j, "dialects");
    open_with(j, '[');
    for (size_t i = 0; i < s->dialect_count; i++)
        text(j, s->dialects[i], false);
    close_with(j, ']');
    KEY(j, "lines");
    number(j, s->lines);
    KEY(j, "bytes");
    number(j, s->bytes);
    KEY(j, "recognised");
    number(j, s->recognised);
    KEY(j, "not_understood");
    number(j, s->not_understood);
    KEY(j, "first");
    moment(j, s->first, s->year_known);
    KEY(j, "last");
    moment(j, s->last, s->year_known);
    KEY(j, "complete");
    truth(j, s->complete);
    KEY(j, "problem");
    struct buf problem = {0};
    report_problem(j->r, index, &problem);
    text_or_null(j, buf_str(&problem), true);
    buf_release(&problem);
    close_with(j, '}');
}

static void
put_verdict(struct json *j, const struct tunnel_view *t)
{
    const struct verdict *v = &t->row.verdict;
    const struct finding_view *f = NULL;
    for (size_t i = 0; v->finding && !f && i < t->finding_count; i++)
        if (t->findings[i].rule == v->finding)
            f = &t->findings[i];
    KEY(j, "verdict");
    open_with(j, '{');
    KEY(j, "checkpoint");
    word(j, checkpoint_word[v->checkpoint]);
    KEY(j, "state");
    word(j, state_word[v->state]);
    KEY(j, "cause");
    text_or_null(j, v->finding ? v->finding->cause : STR_NONE, false);
    KEY(j, "certainty");
    word(j, certainty_word[v->certainty]);
    KEY(j, "alternatives");
    open_with(j, '[');
    for (size_t i = 0; f && i < f->alternative_count; i++)
        text(j, f->alternatives[i].cause, false);
    close_with(j, ']');
    KEY(j, "finding");
    text_or_null(j, v->finding ? v->finding->id : STR_NONE, false);
    close_with(j, '}');
}

static void
put_rung(struct json *j, const struct rung *rung)
{
    open_with(j, '{');
    KEY(j, "checkpoint");
    word(j, checkpoint_word[rung->checkpoint]);
    KEY(j, "state");
    word(j, state_word[rung->state]);
    KEY(j, "basis");
    word(j, basis_word[rung->basis]);
    put_values(j, rung->values, rung->value_count);
    put_evidence(j, rung->proofs, rung->proof_count);
    close_with(j, '}');
}

static void
put_advice(struct json *j, const struct finding_view *f)
{
    KEY(j, "alternatives");
    open_with(j, '[');
    for (size_t i = 0; i < f->alternative_count; i++) {
        open_with(j, '{');
        KEY(j, "cause");
        text(j, f->alternatives[i].cause, false);
        KEY(j, "tell_apart");
        text_or_null(j, f->alternatives[i].tell_apart, false);
        close_with(j, '}');
    }
    close_with(j, ']');
    KEY(j, "steps");
    open_with(j, '[');
    for (size_t i = 0; i < f->step_count; i++) {
        open_with(j, '{');
        KEY(j, "where");
        word(j, where_word[f->steps[i].where]);
        KEY(j, "do");
        text(j, f->steps[i].act, false);
        KEY(j, "command");
        text_or_null(j, f->steps[i].command, false);
        KEY(j, "expect");
        text_or_null(j, f->steps[i].expect, false);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_finding(struct json *j, const struct finding_view *f)
{
    open_with(j, '{');
    KEY(j, "id");
    text(j, f->rule->id, false);
    KEY(j, "checkpoint");
    word(j, checkpoint_word[f->checkpoint]);
    KEY(j, "cause");
    text(j, f->rule->cause, false);
    KEY(j, "severity");
    word(j, severity_word[f->severity]);
    KEY(j, "certainty");
    word(j, certainty_word[f->certainty]);
    KEY(j, "title");
    text(j, f->title, false);
    KEY(j, "explanation");
    text(j, f->explanation, false);
    KEY(j, "unknown");
    open_with(j, '[');
    for (size_t i = 0; i < f->unknown_count; i++)
        text(j, f->unknown[i], false);
    close_with(j, ']');
    put_values(j, f->values, f->value_count);
    put_evidence(j, f->proofs, f->proof_count);
    put_advice(j, f);
    close_with(j, '}');
}

static void
put_tunnel(struct json *j, const struct tunnel_view *t)
{
    const struct tunnel_row *row = &t->row;
    const char *role = row->role > ROLE_RESPONDER ? "both" : fact_words[FACT_ROLE][row->role];
    struct str dialect = row->dialect >= 0 ? j->r->view->knowledge->dialects[row->dialect].id : STR_NONE;
    open_with(j, '{');
    KEY(j, "name");
    text(j, row->name, true);
    KEY(j, "dialect");
    text_or_null(j, dialect, false);
    KEY(j, "source");
    number(j, (uint64_t)row->source);
    KEY(j, "local");
    text_or_null(j, row->local, true);
    KEY(j, "peer");
    text_or_null(j, row->peer, true);
    KEY(j, "ike");
    word(j, fact_words[FACT_IKE][row->ike]);
    KEY(j, "role");
    word(j, role);
    KEY(j, "order");
    text(j, t->order ? t->order->id : STR("unknown"), false);
    KEY(j, "order_basis");
    word(j, t->order_seen ? "seen" : "assumed");
    KEY(j, "state");
    word(j, tunnel_state_word[row->state]);
    KEY(j, "attempts");
    number(j, row->attempts);
    put_verdict(j, t);
    KEY(j, "ladder");
    open_with(j, '[');
    for (size_t i = 0; i < CP_COUNT; i++)
        put_rung(j, &t->ladder[i]);
    close_with(j, ']');
    KEY(j, "findings");
    open_with(j, '[');
    for (size_t i = 0; i < t->finding_count; i++)
        put_finding(j, &t->findings[i]);
    close_with(j, ']');
    close_with(j, '}');
}

static void
put_tunnels(struct json *j)
{
    const struct report *r = j->r;
    KEY(j, "tunnels");
    open_with(j, '[');
    struct arena arena = {0};
    for (size_t i = 0; !j->failed && i < r->view->row_count; i++) {
        if (r->soon && i + VIEW_SOON < r->view->row_count)
            r->soon(r->self, r->view->rows[i + VIEW_SOON].id);
        const struct tunnel_view *t =
            report_shows(r, &r->view->rows[i]) ? r->tunnel(r->self, r->view->rows[i].id, &arena) : NULL;
        if (t) {
            if (j->comma)
                buf_add(&j->out, STR(","));
            j->comma = false;
            buf_add(&j->out, STR("\n "));
            put_tunnel(j, t);
        }
        arena_clear(&arena);
        if (j->out.len >= FLUSH_AT)
            flush(j);
    }
    arena_release(&arena);
    close_with(j, ']');
}

// Of the first tunnel of the report, or of a capture that came alone. Checks that nothing is known of are
// left out.
static void
put_checks(struct json *j, const struct path *p, struct arena *arena)
{
    struct path_view v;
    path_judge(p, arena, &v);
    for (size_t i = 0; i < v.check_count; i++) {
        const struct path_check_view *c = &v.checks[i];
        if (c->state == ST_UNKNOWN || c->state == ST_NOT_APPLICABLE)
            continue;
        open_with(j, '{');
        KEY(j, "id");
        text(j, c->check->id, false);
        KEY(j, "state");
        word(j, state_word[c->state]);
        put_values(j, c->values, c->value_count);
        put_evidence(j, c->proofs, c->proof_count);
        close_with(j, '}');
    }
}

static void
put_encapsulation(struct json *j)
{
    const struct report *r = j->r;
    const struct portmap *map = &r->view->knowledge->portmap;
    struct arena arena = {0};
    const struct tunnel_view *t = NULL;
    for (size_t i = 0; !t && i < r->view->row_count; i++)
        if (report_shows(r, &r->view->rows[i]))
            t = r->tunnel(r->self, r->view->rows[i].id, &arena);
    KEY(j, "encapsulation");
    open_with(j, '{');
    KEY(j, "checks");
    open_with(j, '[');
    if (r->path && map->family_count) {
        struct path p = {.map = map};
        r->path(r->self, t, &arena, &p);
        bool known = false;
        for (size_t i = 0; i < map->fact_count; i++)
            known |= p.at[i].text.len > 0;
        if (known)
            put_checks(j, &p, &arena);
    }
    close_with(j, ']');
    close_with(j, '}');
    arena_release(&arena);
}

static void
put_compared(struct json *j, const struct compared *rows, size_t count)
{
    static const char *const words[] = {
        [AGREE_UNKNOWN] = "unknown", [AGREE_YES] = "agree", [AGREE_NO] = "differ"};
    static const char *const ends[] = {"a", "b"};
    open_with(j, '[');
    for (size_t i = 0; i < count; i++) {
        open_with(j, '{');
        KEY(j, "attribute");
        text(j, rows[i].title, false);
        KEY(j, "checkpoint");
        word(j, checkpoint_word[rows[i].checkpoint]);
        KEY(j, "result");
        word(j, words[rows[i].agree]);
        for (int end = 0; end < 2; end++) {
            const struct compared_side *side = &rows[i].side[end];
            key(j, str_of(ends[end]));
            if (!side->text.len) {
                word(j, NULL);
                continue;
            }
            open_with(j, '{');
            KEY(j, "value");
            text(j, side->text, true);
            KEY(j, "source");
            if (side->source < 0)
                word(j, NULL);
            else
                number(j, (uint64_t)side->source);
            KEY(j, "line");
            if (side->source < 0)
                word(j, NULL);
            else
                number(j, side->line);
            close_with(j, '}');
        }
        close_with(j, '}');
    }
    close_with(j, ']');
}

// Only where the configurations of both ends were read: nothing else has it.
static void
put_predicted(struct json *j)
{
    const struct view *v = j->r->view;
    if (!v->predicted_count)
        return;
    KEY(j, "predicted");
    open_with(j, '[');
    for (size_t i = 0; i < v->predicted_count; i++) {
        open_with(j, '{');
        KEY(j, "a");
        text(j, v->predicted[i].name[0], true);
        KEY(j, "b");
        text(j, v->predicted[i].name[1], true);
        KEY(j, "checkpoint");
        word(j, v->predicted[i].checkpoint == CP_NONE ? "none" : checkpoint_word[v->predicted[i].checkpoint]);
        KEY(j, "compared");
        put_compared(j, v->predicted[i].compared, v->predicted[i].compared_count);
        close_with(j, '}');
    }
    close_with(j, ']');
}

bool
report_json(const struct report *r, struct err *e)
{
    struct json j = {.r = r, .e = e, .said = mem_new(SAID * sizeof(struct said))};
    report_learn(r);
    open_with(&j, '{');
    KEY(&j, "schema");
    word(&j, "ikewalk-report/1");
    KEY(&j, "version");
    word(&j, r->version);
    KEY(&j, "sources");
    open_with(&j, '[');
    for (size_t i = 0; i < r->view->source_count; i++)
        put_source(&j, i);
    close_with(&j, ']');
    put_tunnels(&j);
    put_encapsulation(&j);
    put_predicted(&j);
    close_with(&j, '}');
    buf_add_char(&j.out, '\n');
    flush(&j);
    buf_release(&j.out);
    buf_release(&j.clean);
    for (size_t i = 0; i < SAID; i++)
        buf_release(&j.said[i].both);
    free(j.said);
    return !j.failed;
}
