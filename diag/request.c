#include "diag/request.h"

#include "diag/command.h"
#include "diag/envelope.h"
#include "diag/stamp.h"
#include "diag/text.h"

enum { WORDS = 6, WIDTH = 76, MINUTE = 60, LONGEST = 15 * MINUTE };

// In whose clock the time is told.
enum clock_of { CLOCK_OURS, CLOCK_UTC, CLOCK_THEIRS };

struct window {
    bool known, year_known;
    int64_t first, last;
    enum clock_of clock;
    struct str zone; // as our log writes it, empty: UTC or not known
};

static const struct finding_view *
finding_of(const struct tunnel_view *t)
{
    for (size_t i = 0; t->row.verdict.finding && i < t->finding_count; i++)
        if (t->findings[i].rule == t->row.verdict.finding)
            return &t->findings[i];
    return NULL;
}

static const struct step_view *
step_of(const struct finding_view *f)
{
    for (size_t i = 0; f && i < f->step_count; i++)
        if (f->steps[i].other_log)
            return &f->steps[i];
    return NULL;
}

bool
request_fits(const struct tunnel_view *t)
{
    return (!t->both || (!t->both->same && !t->both->silent_other)) && finding_of(t);
}

bool
request_helps(const struct tunnel_view *t)
{
    return request_fits(t) && step_of(finding_of(t));
}

static struct str
show_log(const struct knowledge *k, int dialect, int ike)
{
    const struct wording *w = command_wording(k, dialect, command_named(k, STR(REQUEST_COMMAND)));
    if (!w)
        return STR_NONE;
    return (ike == IKE_V2 && w->v2.len) || !w->v1.len ? w->v2 : w->v1;
}

bool
request_knows(const struct knowledge *k, int dialect)
{
    return show_log(k, dialect, IKE_UNKNOWN).len > 0;
}

// --- when

static const struct proof *
deciding(const struct tunnel_view *t)
{
    const struct proof *found = NULL;
    for (int i = 0; i < CP_COUNT; i++)
        for (size_t n = 0; n < t->ladder[i].proof_count; n++) {
            const struct proof *p = &t->ladder[i].proofs[n];
            bool here = t->ladder[i].checkpoint == t->row.verdict.checkpoint;
            if (p->time != LINE_NO_TIME && (!found || here))
                found = p;
            if (here && p->deciding && p->time != LINE_NO_TIME)
                return p;
        }
    return found;
}

// The attempt that counts, with what two clocks may differ; of a long one the time of the line that decides.
static struct window
window_of(const struct tunnel_view *t)
{
    struct window w = {0};
    const struct proof *p = deciding(t);
    if (!p)
        return w;
    struct str stamp = envelope_stamp(p->text);
    const struct clock_view *clock = t->both ? &t->both->clock : NULL;
    int64_t near = 5 * MINUTE * STAMP_SECOND, minute = MINUTE * STAMP_SECOND;
    w = (struct window){.known = true, .year_known = p->year_known, .first = p->time, .last = p->last_time};
    if (t->attempt < t->attempt_count) {
        const struct attempt_row *a = &t->attempts[t->attempt];
        if (a->first != LINE_NO_TIME && a->last - a->first <= LONGEST * STAMP_SECOND && a->first <= p->time) {
            w.first = a->first;
            w.last = a->last;
        }
    }
    if (w.last < w.first || w.last - w.first > LONGEST * STAMP_SECOND)
        w.last = w.first;
    if (clock && clock->known) {
        int64_t ahead = t->both->turned ? -clock->offset : clock->offset;
        w.first += ahead;
        w.last += ahead;
        w.clock = CLOCK_THEIRS;
        near = minute + clock->spread;
    } else if (stamp_zone(stamp, &w.zone)) {
        w.clock = CLOCK_UTC;
        near = 2 * minute;
    }
    w.first = (w.first - near) / minute * minute;
    w.last = (w.last + near + minute - 1) / minute * minute;
    return w;
}

// "2026-11-07 04:45:00 UTC"; a year that the log does not tell is left for the reader to fill in.
static void
put_moment(const struct window *w, int64_t time, bool zone, struct buf *out)
{
    char text[32];
    stamp_text(time, w->year_known, text);
    struct str rest = str_of(text);
    if (!w->year_known) {
        buf_add(out, STR("YEAR"));
        rest = str_from(rest, 1);
    }
    size_t t = str_find(rest, STR("T"));
    buf_add(out, (struct str){rest.at, t});
    buf_add_char(out, ' ');
    buf_add(out, str_from(rest, t + 1));
    if (zone && w->clock == CLOCK_UTC)
        buf_add(out, STR(" UTC"));
}

// --- text

// Words in lines of at most WIDTH columns.
static void
put_words(struct str text, size_t indent, struct buf *out)
{
    text_wrap(text, indent, indent, WIDTH, out);
    buf_add_char(out, '\n');
}

static void
put_safe(const char *label, struct str text, struct buf *out)
{
    struct buf safe = {0};
    enum { LABEL = 16 };
    text_safe(text, &safe);
    buf_addf(out, "%-*s", LABEL, label);
    put_words(buf_str(&safe), LABEL, out);
    buf_release(&safe);
}

static struct str
value_of(const struct tunnel_view *t, const char *key)
{
    for (int i = 0; i < CP_COUNT; i++)
        for (size_t n = 0; n < t->ladder[i].value_count; n++)
            if (str_eq(t->ladder[i].values[n].key, str_of(key)))
                return t->ladder[i].values[n].text[0];
    return STR_NONE;
}

static struct str
our_address(const struct tunnel_view *t)
{
    return t->row.local.len ? t->row.local : value_of(t, "our_address");
}

// Words of the packs, or where they are in another language by now the id that stands for them.
static struct str
in_english(const struct knowledge *k, struct str words, struct str id)
{
    return k->translated ? id : words;
}

static void
put_what(const struct knowledge *k, const struct tunnel_view *t, const struct finding_view *f,
         struct buf *out)
{
    static const char *const roles[] = {
        [ROLE_INITIATOR] = ", started from our side", [ROLE_RESPONDER] = ", started from your side"};
    struct buf text = {0};
    struct str own = our_address(t), id = value_of(t, "our_id");
    int role = t->row.role;
    buf_add(&text, t->row.name);
    buf_add(&text, t->row.ike == IKE_V2 ? STR(", IKEv2") : t->row.ike ? STR(", IKEv1") : STR_NONE);
    if (role == ROLE_INITIATOR || role == ROLE_RESPONDER)
        buf_add(&text, str_of(roles[role]));
    put_safe("Tunnel:", buf_str(&text), out);
    buf_clear(&text);
    buf_addf(&text, "%.*s%s%.*s", STR_ARG(own), own.len && id.len ? ", identity " : "", STR_ARG(id));
    if (text.len)
        put_safe("Our gateway:", buf_str(&text), out);
    if (t->row.peer.len)
        put_safe("Your gateway:", t->row.peer, out);
    buf_clear(&text);
    buf_addf(&text, "%s %.*s", certainty_word[f->certainty], STR_ARG(f->rule->cause));
    put_safe("Our log says:", in_english(k, f->title, buf_str(&text)), out);
    buf_release(&text);
}

static void
put_time(const struct tunnel_view *t, const struct window *w, struct buf *out)
{
    struct buf text = {0};
    if (!w->known) {
        put_safe("Time:", STR("our log has no times. Please take the log of the last attempt."), out);
        return;
    }
    put_moment(w, w->first, false, &text);
    buf_add(&text, STR(" to "));
    put_moment(w, w->last, true, &text);
    if (w->clock == CLOCK_THEIRS) {
        int64_t offset = t->both->clock.offset;
        struct buf differs = {0};
        stamp_difference(t->both->turned ? -offset : offset, &differs);
        buf_addf(&text, " by the clock of your gateway (ours%.*s%s).", STR_ARG(buf_str(&differs)),
                 t->both->clock.stated ? "" : ", as both logs show");
        buf_release(&differs);
    } else if (w->clock == CLOCK_UTC) {
        buf_add(&text, STR("."));
        if (w->zone.len)
            buf_addf(&text, " Our log writes times at UTC%.*s.", STR_ARG(w->zone));
        buf_add(&text, STR(" The zone of your gateway is not known here: its log may be ahead or behind."));
    } else {
        buf_add(&text, STR(" by the clock of our gateway. Its zone does not stand in our log, and yours is "
                           "not known here: please shift it where they differ."));
    }
    if (!w->year_known)
        buf_add(&text, STR(" The year does not stand in our log."));
    put_safe("Time:", buf_str(&text), out);
    buf_release(&text);
}

// --- how the log is shown there

static void
put_value(const struct tunnel_view *t, const struct window *w, struct str name, struct buf *out)
{
    bool from = str_eq(name, STR("from"));
    struct str own = our_address(t);
    if (str_eq(name, STR("peer")))
        buf_add(out, own.len ? own : STR("ADDRESS-OF-OUR-GATEWAY"));
    else if (w->known)
        put_moment(w, from ? w->first : w->last, true, out);
    else
        buf_add(out, from ? STR("FROM") : STR("TO"));
}

static void
put_command(const struct tunnel_view *t, const struct window *w, struct str text, struct buf *out)
{
    struct buf filled = {0}, safe = {0};
    while (text.len) {
        size_t hole = str_find(text, STR("${"));
        buf_add(&filled, (struct str){text.at, hole});
        text = str_from(text, hole);
        size_t close = str_find(text, STR("}"));
        if (close < text.len)
            put_value(t, w, (struct str){text.at + 2, close - 2}, &filled);
        text = str_from(text, close + 1);
    }
    for (struct str rest = str_trim(buf_str(&filled)); rest.len;) {
        size_t end = str_find(rest, STR("\n"));
        buf_clear(&safe);
        text_safe((struct str){rest.at, end}, &safe);
        buf_addf(out, "    %s\n", buf_cstr(&safe));
        rest = str_from(rest, end + 1);
    }
    buf_release(&filled);
    buf_release(&safe);
}

static void
put_commands(const struct knowledge *k, const struct tunnel_view *t, const struct window *w, int dialect,
             struct buf *out)
{
    if (request_knows(k, dialect)) {
        buf_add(out, STR("\nOn your gateway, please run (this only reads):\n\n"));
        put_command(t, w, show_log(k, dialect, t->row.ike), out);
        return;
    }
    buf_add(out, STR("\nOn your gateway, please run what fits it (this only reads):\n\n"));
    for (size_t d = 0; d < k->dialect_count; d++) {
        struct str text = show_log(k, (int)d, t->row.ike);
        if (!text.len)
            continue;
        buf_addf(out, "  %.*s\n", STR_ARG(k->dialects[d].title));
        put_command(t, w, text, out);
    }
}

// --- which lines tell

static bool
of_role(const struct when_list *when, int role)
{
    for (size_t i = 0; i < when->count; i++) {
        const struct when *w = &when->at[i];
        if (w->fact == FACT_NOTIFY ||
            (w->fact == FACT_ROLE && w->test == TEST_IS && role && w->value != role))
            return false;
    }
    return true;
}

// Does what a line sets fit an attempt of this version and kind of authentication, at an end in this role?
static bool
fits(const struct setting *settings, size_t count, const struct tunnel_view *t, int role)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting *s = &settings[i];
        if ((s->fact == FACT_ROLE && role && s->word != role) ||
            (s->fact == FACT_AUTH && t->row.auth && s->word != (int)t->row.auth) ||
            (s->fact == FACT_IKE && t->row.ike && (s->word == IKE_V2) != (t->row.ike == IKE_V2)))
            return false;
    }
    return true;
}

// Does the message say by itself, at an end in this role, that the checkpoint failed?
static bool
tells(const struct knowledge *k, const struct message *m, enum checkpoint c, const struct tunnel_view *t,
      int role)
{
    const struct event *e = m->event < 0 ? NULL : &k->events[m->event];
    if (!e || e->loads || e->repeats || e->ends == END_TIMEOUT || e->ends == END_LOST ||
        !fits(m->settings, m->setting_count, t, role) || !fits(e->settings, e->setting_count, t, role))
        return false;
    for (size_t i = 0; i < e->statement_count; i++)
        if (e->statements[i].state == ST_FAILED && e->statements[i].checkpoints & 1u << c &&
            of_role(&e->statements[i].when, role))
            return true;
    return false;
}

// A template as a person reads it: what changes from line to line is "...".
static void
put_shape(struct str text, struct buf *out)
{
    struct buf line = {0};
    while (text.len) {
        size_t hole = str_find(text, STR("${"));
        buf_add(&line, (struct str){text.at, hole});
        text = str_from(text, hole);
        if (text.len)
            buf_add(&line, STR("..."));
        text = str_from(text, str_find(text, STR("}")) + 1);
    }
    buf_add(out, STR("    "));
    for (size_t i = 0, dots = 0; i < line.len; i++) { // holes that touch are one
        dots = line.at[i] == '.' ? dots + 1 : 0;
        if (dots <= 3)
            buf_add_char(out, line.at[i]);
    }
    buf_add_char(out, '\n');
    buf_release(&line);
}

// The first wording of each message whose event tells; each event once before any comes twice.
static void
put_lines(const struct knowledge *k, const struct tunnel_view *t, int dialect, enum checkpoint c,
          struct buf *out)
{
    const struct dialect *d = &k->dialects[dialect];
    int role = t->row.role == ROLE_INITIATOR   ? ROLE_RESPONDER
               : t->row.role == ROLE_RESPONDER ? ROLE_INITIATOR
                                               : ROLE_UNKNOWN;
    int shown[WORDS], events[WORDS];
    size_t count = 0;
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < d->template_count && count < WORDS; i++) {
            int message = d->templates[i].message, event = k->messages[message].event;
            bool known = !tells(k, &k->messages[message], c, t, role);
            for (size_t n = 0; n < count; n++)
                known |= shown[n] == message || (!again && events[n] == event);
            if (known)
                continue;
            if (!count)
                buf_addf(out, "  %.*s\n",
                         STR_ARG(in_english(k, view_title(k, c, t->row.auth), str_of(checkpoint_word[c]))));
            shown[count] = message;
            events[count++] = event;
            put_shape(d->templates[i].text, out);
        }
}

static unsigned
checkpoints_of(const struct finding_view *f)
{
    unsigned set = 1u << f->checkpoint;
    for (size_t i = 0; i < f->alternative_count; i++) {
        struct str cause = f->alternatives[i].cause;
        int c = word_index(checkpoint_word, CP_COUNT, (struct str){cause.at, str_find(cause, STR("."))});
        if (c >= 0)
            set |= 1u << c;
    }
    return set & ~(1u << CP_CONTACT | 1u << CP_TRAFFIC);
}

static void
put_wanted(const struct knowledge *k, const struct tunnel_view *t, const struct finding_view *f, int dialect,
           struct buf *out)
{
    struct buf lines = {0}, safe = {0};
    unsigned set = checkpoints_of(f);
    const struct step_view *step = step_of(f);
    if (step && step->expect.len && !k->translated) {
        text_safe(step->expect, &safe);
        buf_add(out, STR("\nWhat would tell:\n  "));
        put_words(buf_str(&safe), 2, out);
    }
    for (int i = 0; i < CP_COUNT && request_knows(k, dialect); i++)
        if (set & 1u << t->order->rung[i])
            put_lines(k, t, dialect, t->order->rung[i], &lines);
    if (lines.len) {
        buf_add(out, STR("\nLines of this kind (... stands for anything):\n"));
        buf_add(out, buf_str(&lines));
    }
    buf_release(&lines);
    buf_release(&safe);
}

void
request_text(const struct knowledge *k, const struct tunnel_view *t, int dialect, struct buf *out)
{
    const struct finding_view *f = finding_of(t);
    if (!f)
        return;
    const struct window w = window_of(t);
    buf_add(out, STR("Please send us what your VPN gateway logged about one tunnel.\n\n"));
    put_what(k, t, f, out);
    put_time(t, &w, out);
    put_commands(k, t, &w, dialect, out);
    put_wanted(k, t, f, dialect, out);
    buf_add_char(out, '\n');
    put_words(STR("If nothing of us stands in your log of that time, please say so: then our packets do not "
                  "reach it."),
              0, out);
    put_words(STR("Please send no pre-shared key, password or private key; none is needed."), 0, out);
}
