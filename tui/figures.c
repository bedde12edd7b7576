#include "tui/figures.h"

#include <string.h>
#include <time.h>

#include "diag/line.h"
#include "diag/text.h"
#include "tui/theme.h"
#include "tui/words.h"

void
figures_bytes(uint64_t n, struct buf *out)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    double size = (double)n;
    size_t unit = 0;
    while (size >= 1000 && unit + 1 < sizeof units / sizeof *units) {
        size /= 1000;
        unit++;
    }
    buf_addf(out, unit && size < 100 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static bool
split_time(int64_t time, struct tm *parts)
{
    time_t seconds = (time_t)(time / 1000000);
    return time != LINE_NO_TIME && gmtime_r(&seconds, parts);
}

void
figures_stamp(int64_t time, struct buf *out)
{
    struct tm parts;
    char text[64];
    if (split_time(time, &parts) && strftime(text, sizeof text, "%d %b %H:%M", &parts))
        buf_add(out, str_of(text));
}

void
figures_stamp_near(int64_t time, int64_t near, struct buf *out)
{
    const int64_t day = INT64_C(86400) * 1000000;
    struct tm parts;
    char text[64];
    if (time / day != near / day)
        figures_stamp(time, out);
    else if (split_time(time, &parts) && strftime(text, sizeof text, "%H:%M:%S", &parts))
        buf_add(out, str_of(text));
}

struct str
figures_mark(enum state state, enum basis basis)
{
    static const char *const marks[ST_COUNT] = {
        [ST_UNKNOWN] = "[  ]",    [ST_PASSED] = "[ok]",      [ST_FAILED] = "[XX]",
        [ST_SUSPECTED] = "[?\?]", [ST_NOT_REACHED] = "[--]", [ST_NOT_APPLICABLE] = "[  ]",
    };
    return str_of(state == ST_PASSED && basis == BASIS_IMPLIED ? "[~k]" : marks[state]);
}

uint8_t
figures_look(enum state state, enum basis basis)
{
    static const uint8_t looks[ST_COUNT] = {
        [ST_PASSED] = LOOK_PASSED,
        [ST_FAILED] = LOOK_FAILED,
        [ST_SUSPECTED] = LOOK_SUSPECT,
        [ST_NOT_REACHED] = LOOK_NOT_REACHED,
    };
    return state == ST_PASSED && basis == BASIS_IMPLIED ? LOOK_IMPLIED : looks[state];
}

const char *
figures_word(enum state state, enum basis basis)
{
    static const char *const words[ST_COUNT] = {
        [ST_UNKNOWN] = N_("not known"),       [ST_PASSED] = N_("passed"),
        [ST_FAILED] = N_("failed"),           [ST_SUSPECTED] = N_("suspect"),
        [ST_NOT_REACHED] = N_("not reached"), [ST_NOT_APPLICABLE] = N_("not applicable"),
    };
    return state == ST_PASSED && basis == BASIS_IMPLIED ? _("implied") : _(words[state]);
}

const char *
figures_ike(int ike, bool brief)
{
    static const char *const full[] = {"?", "IKEv1", N_("IKEv1 main"), N_("IKEv1 aggressive"), "IKEv2"};
    static const char *const short_one[] = {"?", "v1", "v1", "v1", "v2"};
    if (ike < 0 || ike > IKE_V2)
        ike = IKE_UNKNOWN;
    return brief ? short_one[ike] : _(full[ike]);
}

struct str
figures_tunnel(const struct tunnel_row *row, uint8_t *look)
{
    switch (row->state) {
    case TUNNEL_UP:
        *look = LOOK_PASSED;
        return str_of(_("UP"));
    case TUNNEL_DEGRADED:
        *look = LOOK_SUSPECT;
        return str_of(_("UNSTABLE"));
    case TUNNEL_DOWN:
        *look = LOOK_FAILED;
        return view_word(row, _("DOWN"), _("NO REPLY"));
    default:
        *look = LOOK_PLAIN;
        return view_word(row, _("UNKNOWN"), _("UNKNOWN"));
    }
}

void
figures_rung(const struct knowledge *k, const struct order *order, enum checkpoint checkpoint, int auth,
             struct buf *out)
{
    unsigned number = order_number(order, checkpoint);
    if (number)
        buf_addf(out, "%u ", number);
    buf_add(out, view_title(k, checkpoint, auth));
}

void
figures_up(const struct tunnel_row *row, const struct tunnel_view *t, struct buf *out)
{
    const struct finding_view *past = NULL;
    for (size_t i = 0; t && i < t->finding_count && !past; i++)
        if (t->findings[i].mended)
            past = &t->findings[i];
    buf_add(out, row->name);
    if (past)
        buf_addf(out, _(": up now. Before that: %.*s"), STR_ARG(past->title));
    else
        buf_add(out, str_of(_(": up, and nothing in this log speaks against it.")));
}

void
figures_history(const struct knowledge *k, const struct tunnel_view *t, struct buf *out)
{
    uint64_t known = 0, all = t->row.attempts;
    int places = 0;
    for (int c = 0; c <= CP_COUNT; c++) {
        known += t->stuck[c];
        places += t->stuck[c] != 0;
    }
    uint64_t attempts = all;
    all = all > known ? all : known;
    if (all < 2)
        return;
    // One IKE SA may try several children, and each of them came to an end of its own.
    text_count(attempts, out);
    buf_add(out, str_of(P_(" attempt", " attempts", attempts)));
    if (known > attempts) {
        buf_add(out, STR(", "));
        text_count(known, out);
        buf_add(out, str_of(P_(" outcome", " outcomes", known)));
    }
    for (int i = 0, told = 0; i <= CP_COUNT; i++) {
        int c = i < CP_COUNT ? (int)t->order->rung[i] : CP_NONE;
        bool unknown = t->row.state == TUNNEL_UNKNOWN; // whether it stood
        uint64_t count = c != CP_NONE ? t->stuck[c] : unknown ? 0 : t->came_up;
        if (!t->stuck[c])
            continue;
        if (count) {
            buf_add(out, told++ ? STR(", ") : STR(": "));
            if (places == 1 && count == all)
                buf_add(out, str_of(_("all")));
            else
                text_count(count, out);
        }
        if (c == CP_NONE) {
            uint64_t open = t->stuck[c] - count;
            buf_add(out, count ? str_of(_(" came up")) : STR(""));
            if (!open)
                continue;
            buf_add(out, told++ ? STR(", ") : STR(": "));
            if (places == 1 && open == all)
                buf_add(out, str_of(_("all")));
            else
                text_count(open, out);
            buf_add(out, str_of(_(" without a failure")));
            continue;
        }
        buf_add(out, str_of(_(" stopped at ")));
        figures_rung(k, t->order, (enum checkpoint)c, t->row.auth, out);
    }
    if (all > known) {
        buf_add(out, known ? STR(", ") : STR(": "));
        text_count(all - known, out);
        buf_add(out, str_of(_(" not told apart")));
    }
    // The other end knows better where the one that is shown stopped.
    enum checkpoint stuck = t->row.verdict.checkpoint;
    if (t->both && t->both->same && stuck != CP_NONE && !t->stuck[stuck])
        buf_addf(out, _(", as %c alone tells it"), t->both->turned ? 'B' : 'A');
}

void
figures_misplaced(const struct knowledge *k, const struct tunnel_view *t, enum checkpoint placed,
                  struct buf *out)
{
    if (placed >= CP_COUNT)
        buf_add(out, str_of(_("Your answer: it came up.")));
    const struct rung *rung = view_rung(t, placed);
    if (rung)
        buf_addf(out, _("Your answer, %.*s: %s."), STR_ARG(view_title(k, placed, t->row.auth)),
                 figures_word(rung->state, rung->basis));
}

void
figures_cut(const struct source_view *source, struct buf *out)
{
    if (source->cut)
        buf_addf(out,
                 P_("%llu line is longer than %d KB: what stands behind was not read.",
                    "%llu lines are longer than %d KB: what stands behind was not read.", source->cut),
                 (unsigned long long)source->cut, LINE_KEEP / 1024);
}

struct str
figures_file(struct str name)
{
    const char *slash = name.len ? memrchr(name.at, '/', name.len) : NULL;
    size_t skip = slash ? (size_t)(slash - name.at) + 1 : 0;
    return skip < name.len ? str_from(name, skip) : name;
}

void
figures_line(const struct proof *proof, struct buf *out)
{
    uint64_t line = proof->line;
    if (proof->side != SIDE_NONE)
        buf_add(out, proof->side == SIDE_B ? STR("B:") : STR("A:"));
    if (line)
        buf_addf(out, "L%llu", (unsigned long long)line);
    else
        buf_add(out, STR("L.."));
}

void
figures_times(const struct proof *proof, struct buf *out)
{
    if (proof->count > 1)
        buf_addf(out, _("  (%llu times)"), (unsigned long long)proof->count);
}

void
figures_proof(const struct proof *proof, struct buf *out)
{
    figures_line(proof, out);
    buf_add(out, STR("  "));
    buf_add(out, str_from(proof->text, proof->body));
    figures_times(proof, out);
}

struct str
figures_cause(const struct knowledge *k, struct str cause)
{
    for (size_t i = 0; i < k->cause_count; i++)
        if (str_eq(k->causes[i].key, cause))
            return k->causes[i].value;
    return cause;
}

void
figures_span(const struct view *v, int64_t *first, int64_t *last)
{
    *first = *last = LINE_NO_TIME;
    for (size_t i = 0; i < v->source_count; i++) {
        const struct source_view *source = &v->sources[i];
        if (source->first != LINE_NO_TIME && (*first == LINE_NO_TIME || source->first < *first))
            *first = source->first;
        if (source->last != LINE_NO_TIME && source->last > *last)
            *last = source->last;
    }
}
