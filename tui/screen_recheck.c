// The tunnel before and after: what was added to the log is read, diagnosed, and both ladders stand side by
// side. New lines go on being read while this screen is open.
#include <stdlib.h>
#include <time.h>

#include "diag/text.h"
#include "tui/figures.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { TITLE = 22, MARK = 19, NARROW = 60 };

struct comparing {
    struct session *s; // for close
    bool followed;     // before this screen was opened
    unsigned looks;    // that were answered when this screen asked
};

// Without the state of a gateway, which is read anew each time.
static uint64_t
log_lines(const struct session *s)
{
    uint64_t lines = 0;
    for (size_t i = 0; s->view && i < s->view->source_count; i++)
        if (!str_eq(s->view->sources[i].kind, STR("status")))
            lines += s->view->sources[i].lines;
    return lines;
}

static void
look(struct comparing *self, struct session *s)
{
    self->looks = s->progress.looks;
    s->desk.look(s->desk.self);
}

static void *
open_recheck(struct session *s)
{
    struct comparing *self = mem_new(sizeof *self);
    const struct tunnel_view *t = session_tunnel(s);
    self->s = s;
    self->followed = s->following;
    s->before.taken = false;
    if (t)
        recheck_take(&s->before, t, log_lines(s), s->epoch, s->desk.now(s->desk.self));
    session_look(s, s->tunnel, -1);
    look(self, s);
    session_follow(s, true);
    return self;
}

static void
close_recheck(void *state)
{
    struct comparing *self = state;
    session_follow(self->s, self->followed);
    free(self);
}

static bool
is_looking(const struct comparing *self, const struct session *s)
{
    return s->progress.looks == self->looks || s->progress.reading;
}

static void
say_clock(int64_t seconds, struct buf *out)
{
    time_t moment = (time_t)seconds;
    struct tm parts;
    char text[16];
    if (localtime_r(&moment, &parts) && strftime(text, sizeof text, "%H:%M:%S", &parts))
        buf_add(out, str_of(text));
}

static enum outcome
outcome_of(const struct session *s, int *rungs)
{
    const struct tunnel_view *t = session_tunnel(s);
    *rungs = 0;
    return t && s->before.taken ? recheck_compare(&s->before, t, rungs) : OUTCOME_NOTHING;
}

// Why the gateway could not be read again; empty: it could, or is no gateway.
static struct str
hindrance(const struct comparing *self, const struct session *s)
{
    const struct tunnel_row *row = session_row(s, s->tunnel);
    bool known = row && row->source >= 0 && (size_t)row->source < s->view->source_count;
    bool gateway = s->opened && opening_is_gateway(s->opened);
    return known && gateway && !is_looking(self, s) ? s->view->sources[row->source].problem : STR_NONE;
}

// "better, now stops one rung later"
static void
say_outcome(const struct comparing *self, const struct session *s, struct buf *out)
{
    int rungs;
    enum outcome outcome = outcome_of(s, &rungs);
    switch (outcome) {
    case OUTCOME_UP:
        buf_add(out, str_of(_("it is up now")));
        break;
    case OUTCOME_BETTER:
        buf_addf(
            out,
            P_("better, now stops one rung later", "better, now stops %d rungs later", (unsigned long)rungs),
            rungs);
        break;
    case OUTCOME_WORSE:
        buf_addf(out,
                 P_("worse, now stops one rung earlier", "worse, now stops %d rungs earlier",
                    (unsigned long)rungs),
                 rungs);
        break;
    case OUTCOME_SAME:
        buf_add(out, str_of(_("a new attempt, it stops where it did")));
        break;
    case OUTCOME_ONGOING:
        buf_add(out, str_of(_("the attempt goes on, no new one yet")));
        break;
    default:
        buf_add(out, str_of(is_looking(self, s)             ? _("looking for new lines ...")
                            : hindrance(self, s).len        ? _("not known: the gateway could not be read")
                            : s->before.tunnel == TUNNEL_UP ? _("up, nothing new")
                                                            : _("no new attempt yet")));
    }
}

// Of a log that was begun anew all lines are.
static uint64_t
lines_since(const struct session *s)
{
    uint64_t lines = log_lines(s);
    if (s->epoch != s->before.epoch)
        return lines;
    return lines > s->before.lines ? lines - s->before.lines : 0;
}

static void
draw_head(const struct comparing *self, const struct session *s, struct canvas *c, struct area a)
{
    const struct tunnel_row *row = session_row(s, s->tunnel);
    struct buf text = {0}, right = {0};
    uint64_t added = lines_since(s);
    if (row)
        buf_addf(&text, "%.*s: ", STR_ARG(row->name));
    say_outcome(self, s, &text);
    text_count(added, &right);
    buf_add(&right, str_of(P_(" new line since ", " new lines since ", added)));
    say_clock(s->before.at, &right);
    int columns = canvas_columns(c, buf_str(&right));
    bool both = canvas_columns(c, buf_str(&text)) + columns + 4 < a.w;
    canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, buf_str(&text));
    if (both)
        canvas_put_right(c, a.x + a.w - columns - 1, a.y, columns, LOOK_PLAIN, buf_str(&right));
    buf_release(&text);
    buf_release(&right);
}

static bool
is_wrong(enum state state)
{
    return state == ST_FAILED || state == ST_SUSPECTED;
}

// Contact and traffic are drawn when they say something.
static bool
is_drawn(const struct snapshot *before, const struct rung *rung)
{
    if (rung->checkpoint == CP_CONTACT || rung->checkpoint == CP_TRAFFIC)
        return is_wrong(rung->state) || is_wrong(before->state[rung->checkpoint]);
    return true;
}

// What stands behind the mark of now: what became of a failure, or the new one.
static void
say_change(const struct session *s, const struct tunnel_view *t, const struct rung *rung, struct buf *out)
{
    enum state before = s->before.state[rung->checkpoint];
    if (is_wrong(before) && rung->state == ST_PASSED)
        buf_add(out, str_of(_("fixed")));
    for (size_t i = 0; is_wrong(rung->state) && i < t->finding_count; i++) {
        const struct finding_view *f = &t->findings[i];
        if (f->checkpoint != rung->checkpoint || f->mended)
            continue;
        buf_add(out, f->title);
        return;
    }
    if (is_wrong(rung->state) || (rung->state != before && !out->len))
        buf_add(out, str_of(figures_word(rung->state, rung->basis)));
}

// The first rung that is drawn so that the one where it stops now is seen.
static size_t
first_rung(const struct session *s, const struct tunnel_view *t, int rows)
{
    int above = 0;
    size_t at = 0;
    for (; at < CP_COUNT && t->ladder[at].checkpoint != t->row.verdict.checkpoint; at++)
        above += is_drawn(&s->before, &t->ladder[at]);
    size_t first = 0;
    for (; at < CP_COUNT && above >= rows && first < at; first++)
        above -= is_drawn(&s->before, &t->ladder[first]);
    return first;
}

static int
draw_rungs(const struct session *s, struct canvas *c, struct area a)
{
    const struct tunnel_view *t = session_tunnel(s);
    bool narrow = a.w<NARROW, titled = a.h> CP_COUNT;
    size_t first = first_rung(s, t, a.h - titled);
    int mark = narrow ? 7 : MARK, x = a.x + TITLE + 1, y = a.y;
    struct buf text = {0};
    buf_add(&text, str_of(narrow ? _("before") : _("before (")));
    if (!narrow) {
        say_clock(s->before.at, &text);
        buf_add_char(&text, ')');
    }
    if (titled)
        canvas_put(c, x, y, mark, LOOK_DIM, buf_str(&text));
    buf_set(&text, str_of(narrow ? _("now") : _("now (")));
    if (!narrow) {
        say_clock(s->desk.now(s->desk.self), &text);
        buf_add_char(&text, ')');
    }
    if (titled)
        canvas_put(c, x + mark, y++, a.x + a.w - x - mark - 1, LOOK_DIM, buf_str(&text));
    for (size_t i = first; i < CP_COUNT && y < a.y + a.h; i++) {
        const struct rung *rung = &t->ladder[i];
        enum checkpoint cp = rung->checkpoint;
        if (!is_drawn(&s->before, rung))
            continue;
        unsigned number = order_number(t->order, cp);
        if (number)
            canvas_putf(c, a.x + 4, y, 2, LOOK_PLAIN, "%u", number);
        canvas_put(c, a.x + 6, y, TITLE - 6, number ? LOOK_PLAIN : LOOK_DIM,
                   view_title(s->knowledge, cp, t->row.auth));
        canvas_put(c, x, y, 4, figures_look(s->before.state[cp], s->before.basis[cp]),
                   figures_mark(s->before.state[cp], s->before.basis[cp]));
        uint8_t look_now = figures_look(rung->state, rung->basis);
        canvas_put(c, x + mark, y, 4, look_now, figures_mark(rung->state, rung->basis));
        buf_clear(&text);
        say_change(s, t, rung, &text);
        canvas_put(c, x + mark + 6, y, a.x + a.w - x - mark - 7, look_now, buf_str(&text));
        if (cp == t->row.verdict.checkpoint) {
            canvas_put(c, a.x + 1, y, 1, LOOK_STRONG, STR(">"));
            canvas_cursor(c, a.x + 1, y);
        }
        y++;
    }
    buf_release(&text);
    return y;
}

// What is waited for, and how to make it happen.
static void
draw_waiting(const struct comparing *self, const struct session *s, struct canvas *c, struct area a)
{
    const struct tunnel_view *t = session_tunnel(s);
    struct prose text = {0};
    size_t top = 0;
    int64_t pause = recheck_pause(t);
    struct str problem = hindrance(self, s);
    if (problem.len)
        prose_add(&text, c, a.w - 1, 1, 1, LOOK_SUSPECT, -1, problem);
    if (!s->progress.can_grow) {
        prose_add(&text, c, a.w - 1, 1, 1, LOOK_PLAIN, -1,
                  str_of(_("Nothing can be added to this log: it is a sample, or came through a pipe. Open a "
                           "log file to see what a change does.")));
    } else if (t->row.state != TUNNEL_UP) {
        if (pause > 0)
            prose_addf(&text, c, a.w - 1, 1, 1, LOOK_PLAIN, -1,
                       _("Waiting for new attempts: the last two began %lld s apart. Following the log."),
                       (long long)pause);
        else
            prose_add(&text, c, a.w - 1, 1, 1, LOOK_PLAIN, -1,
                      str_of(_("Waiting for new attempts. Following the log.")));
        if (t->start.len) {
            prose_add(&text, c, a.w - 1, 1, 1, LOOK_PLAIN, -1,
                      str_of(_("To let it try now, on the gateway:")));
            prose_add(&text, c, a.w - 1, 3, 3, LOOK_KEY, -1, t->start);
        }
    }
    prose_draw(&text, c, a, -1, false, &top);
    prose_release(&text);
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    const struct comparing *self = state;
    if (!session_tunnel(s) || !s->before.taken) {
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, str_of(session_missing(s)));
        return;
    }
    int gap = a.h > 12;
    draw_head(self, s, c, a);
    int y = draw_rungs(s, c, (struct area){a.x, a.y + 1 + gap, a.w, a.h - 1 - gap}) + gap;
    if (y < a.y + a.h)
        draw_waiting(self, s, c, (struct area){a.x, y, a.w, a.y + a.h - y});
}

static void
news(void *state, struct session *s)
{
    (void)state;
    const struct tunnel_view *t = session_tunnel(s);
    if (t && !s->before.taken)
        recheck_take(&s->before, t, log_lines(s), s->epoch, s->desk.now(s->desk.self));
    int rungs;
    enum outcome outcome = outcome_of(s, &rungs);
    bool mended = outcome == OUTCOME_UP || outcome == OUTCOME_BETTER;
    if (t && mended && s->before.finding && s->before.finding != t->row.verdict.finding)
        session_untick(s, s->before.finding);
}

// What Enter does: explain the failure that there is now, show all tunnels when this one is up, or help to
// bring about an attempt.
enum going { GO_BACK, GO_FINDING, GO_TUNNELS, GO_START, GO_LOOK };

static enum going
going(const struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    int rungs;
    enum outcome outcome = outcome_of(s, &rungs);
    if (!t)
        return GO_BACK;
    if (t->row.state == TUNNEL_UP)
        return GO_TUNNELS;
    if (outcome != OUTCOME_NOTHING && outcome != OUTCOME_ONGOING && t->row.verdict.checkpoint != CP_NONE)
        return GO_FINDING;
    if (!s->progress.can_grow)
        return GO_BACK;
    return t->start.len ? GO_START : GO_LOOK;
}

// Back to the finding, of what is wrong now.
static struct reply
to_finding(struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    if (t && t->row.verdict.checkpoint != CP_NONE) {
        s->rule = t->row.verdict.finding;
        s->checkpoint = t->row.verdict.checkpoint;
    }
    return (struct reply){.handled = true, .pop = true, .push = &screen_finding};
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct comparing *self = state;
    const struct tunnel_view *t = session_tunnel(s);
    switch (what) {
    case ACT_GO:
        break;
    case ACT_BACK:
        return to_finding(s);
    case ACT_RECHECK:
        look(self, s);
        return handled();
    case ACT_COPY:
        session_copy(s, t->start);
        return handled();
    case ACT_REQUEST:
        return opens(&screen_request);
    case ACT_LOG:
        s->source = t ? t->row.source : 0;
        s->line = t && t->attempt_count ? t->attempts[t->attempt_count - 1].first_line : 0;
        return opens(t ? &screen_log : NULL);
    default:
        return (struct reply){0};
    }
    switch (going(s)) {
    case GO_FINDING:
        return to_finding(s);
    case GO_TUNNELS:
        return (struct reply){.handled = true, .to = 1 + RAIL_TUNNELS};
    case GO_START:
        session_copy(s, t->start);
        return handled();
    case GO_LOOK:
        look(self, s);
        return handled();
    default:
        return to_finding(s);
    }
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    const struct tunnel_view *t = session_tunnel(s);
    (void)state;
    if (what == ACT_COPY && (!t || !t->start.len))
        return _("no command is known that lets it try");
    return NULL;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct tunnel_view *t = session_tunnel(s);
    (void)state;
    switch (going(s)) {
    case GO_FINDING:
        buf_addf(out, _("Enter explains the failure now (%.*s)"),
                 STR_ARG(view_title(s->knowledge, t->row.verdict.checkpoint, t->row.auth)));
        break;
    case GO_TUNNELS:
        buf_add(out, str_of(_("it is up; Enter shows how all tunnels are")));
        break;
    case GO_START:
        buf_add(out, str_of(_("Enter copies the command that lets it try now")));
        break;
    case GO_LOOK:
        buf_add(out, str_of(_("Enter looks again for new lines")));
        break;
    default:
        buf_add(out, str_of(_("Enter goes back to the finding")));
    }
}

const struct screen_ops screen_recheck = {
    .id = SCREEN_RECHECK,
    .name = N_("Re-check"),
    .rail = RAIL_RECHECK,
    .help = N_("Reads only what was added to the log since, diagnoses again, and shows the ladder as it was "
               "beside the ladder as it is. While nobody has tried anew it waits and says how to make the "
               "daemon try."),
    .open = open_recheck,
    .close = close_recheck,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .next = next,
    .news = news,
};
