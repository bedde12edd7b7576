// A gateway that is being read: a checklist with the exact commands, never a spinner.
#include <stdlib.h>
#include <string.h>

#include "diag/arena.h"
#include "diag/text.h"
#include "tui/figures.h"
#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

struct checklist {
    struct prose text;
    size_t top;
    int shown;
    bool moved;     // by the user; else the row that is worked on is shown
    bool asked;     // to read again, and that has not begun
    unsigned looks; // that were answered before
};

static const char *const titles[STAGE_KINDS] = {
    [STAGE_REACH] = N_("Reach it"),        [STAGE_SIGN_IN] = N_("Sign in"),
    [STAGE_PROBE] = N_("What runs there"), [STAGE_LOG] = N_("Log lines"),
    [STAGE_TUNNELS] = N_("Tunnel state"),  [STAGE_CONFIGURATION] = N_("Configuration"),
    [STAGE_KERNEL] = N_("Kernel state"),   [STAGE_KERNEL_LATER] = N_("Counters again"),
    [STAGE_ROUTES] = N_("Routes"),         [STAGE_SOCKETS] = N_("Sockets"),
    [STAGE_SETTINGS] = N_("Settings"),     [STAGE_FIREWALL] = N_("Firewall"),
};

static const struct {
    const char *mark;
    uint8_t look;
} states[] = {
    [STAGE_TO_COME] = {"[  ]", LOOK_PLAIN},       [STAGE_NOW] = {"[..]", LOOK_STRONG},
    [STAGE_PASSED] = {"[ok]", LOOK_PASSED},       [STAGE_FAILED] = {"[XX]", LOOK_FAILED},
    [STAGE_SKIPPED] = {"[--]", LOOK_NOT_REACHED},
};

static void *
open_reading(struct session *s)
{
    (void)s;
    return mem_new(sizeof(struct checklist));
}

static void
close_reading(void *state)
{
    struct checklist *self = state;
    prose_release(&self->text);
    free(self);
}

static bool
is_over(const struct session *s)
{
    return !s->progress.reading;
}

// Where the second column begins; on a narrow screen it is below the first one.
static int
column(int w)
{
    return w < 60 ? 8 : 25;
}

// How it went. Which gateway it is stands above.
static struct str
detail_of(const struct source_stage *stage, const char *name)
{
    struct str detail = str_of(stage->detail), behind = str_from(detail, strlen(name));
    if (!str_starts(detail, str_of(name)))
        return detail;
    return str_starts(behind, STR(": "))   ? str_from(behind, 2)
           : str_starts(behind, STR("：")) ? str_from(behind, sizeof "：" - 1) // as Chinese has it
                                           : detail;
}

static void
add_stage(struct prose *text, struct canvas *c, int w, const char *name, const struct source_stage *stage,
          int item, bool between)
{
    struct buf line = {0};
    const char *title = between && stage->kind == STAGE_REACH ? N_("Jump host") : titles[stage->kind];
    int at = column(w);
    struct str detail = detail_of(stage, name);
    buf_addf(&line, w < 60 ? "%s %s: " : "%s %s", states[stage->state].mark, _(title));
    for (int left = at - 3 - canvas_columns(c, buf_str(&line)); w >= 60 && left > 0; left--)
        buf_add_char(&line, ' ');
    // On a narrow screen what went wrong comes before what was run.
    struct str first =
        *stage->command && !(w < 60 && stage->state == STAGE_FAILED) ? str_of(stage->command) : detail;
    buf_add(&line, first);
    prose_add(text, c, w, 3, at, states[stage->state].look, item, buf_str(&line));
    buf_clear(&line);
    if (first.at != detail.at && detail.len)
        prose_add(text, c, w, at, at, stage->state == STAGE_FAILED ? LOOK_FAILED : LOOK_DIM, -1, detail);
    else if (*stage->command && first.at == detail.at)
        prose_add(text, c, w, at, at, LOOK_DIM, -1, str_of(stage->command));
    if (stage->kind == STAGE_LOG && stage->bytes) {
        figures_bytes(stage->bytes, &line);
        buf_add(&line, str_of(_(" came")));
        if (stage->seconds > 0.5) {
            buf_add(&line, STR(", "));
            figures_bytes((uint64_t)((double)stage->bytes / stage->seconds), &line);
            buf_add(&line, str_of(_(" a second")));
        }
        prose_add(text, c, w, at, at, LOOK_PLAIN, -1, buf_str(&line));
    }
    buf_release(&line);
}

// What was asked and did not come: of the log and the way to it, or of all that is read besides.
static size_t
failures_of(const struct source_pull *p, bool besides)
{
    size_t count = 0;
    for (size_t i = 0; i < p->stage_count; i++)
        count += p->stages[i].state == STAGE_FAILED && besides == (p->stages[i].kind > STAGE_LOG);
    return count;
}

static size_t
failures(const struct session *s, bool besides)
{
    size_t count = 0;
    for (size_t i = 0; s->pull && i < s->pull->count; i++)
        count += failures_of(&s->pull->at[i].how, besides) +
                 (!besides && s->pull->at[i].ended && !s->pull->at[i].begun);
    return count;
}

// What is known already.
static void
add_result(struct prose *text, struct canvas *c, int w, const struct session *s)
{
    size_t missing = failures(s, true);
    struct buf line = {0};
    size_t failing = 0;
    for (size_t i = 0; s->view && i < s->view->row_count; i++)
        failing += s->view->rows[i].verdict.checkpoint != CP_NONE;
    if (s->view && s->view->row_count) {
        text_count(s->progress.lines, &line);
        buf_add(&line, str_of(P_(" line so far: ", " lines so far: ", s->progress.lines)));
        buf_addf(&line, P_("%zu connection, ", "%zu connections, ", s->view->row_count), s->view->row_count);
        buf_addf(&line, _("%zu failing."), failing);
        prose_add(text, c, w, 1, 1, LOOK_STRONG, -1, buf_str(&line));
    } else {
        prose_add(
            text, c, w, 1, 1, LOOK_PLAIN, -1,
            str_of(s->progress.lines ? _("No connection seen so far.") : _("No line has come so far.")));
    }
    if (missing)
        prose_addf(text, c, w, 1, 1, LOOK_SUSPECT, -1,
                   P_("%zu thing besides the log could not be read, see [XX].",
                      "%zu things besides the log could not be read, see [XX].", missing),
                   missing);
    buf_release(&line);
}

// Of several gateways one a row: which, and how far it is.
static void
add_overview(struct prose *text, struct canvas *c, int w, const struct pull *all, bool reads)
{
    prose_gap(text);
    for (size_t i = 0; i < all->count; i++) {
        const struct source_pull *p = &all->at[i].how;
        const struct source_stage *at = NULL; // where it is, or where it ended
        bool failed = all->at[i].ended && !all->at[i].begun;
        for (size_t n = 0; n < p->stage_count && !failed; n++) {
            failed = p->stages[n].state == STAGE_FAILED && p->stages[n].kind <= STAGE_LOG;
            if (failed || p->stages[n].state == STAGE_NOW)
                at = &p->stages[n];
        }
        enum source_stage_state state = failed              ? STAGE_FAILED
                                        : !all->at[i].begun ? STAGE_TO_COME
                                        : !all->at[i].ended ? STAGE_NOW
                                        : p->over || !reads ? STAGE_PASSED
                                                            : STAGE_NOW;
        struct buf line = {0};
        const char *name = all->at[i].name + (*all->at[i].name == '@');
        buf_addf(&line, "%s %s", states[state].mark, name);
        if (*p->where && w >= 60)
            buf_addf(&line, "  %s", p->where);
        size_t missing = failures_of(p, true);
        if (state == STAGE_TO_COME)
            buf_addf(&line, ": %s", _("its turn comes behind the other one"));
        else if (at && state != STAGE_PASSED)
            buf_addf(&line, ": %s", _(titles[at->kind]));
        else if (missing)
            buf_addf(&line,
                     P_(": %zu thing besides the log is missing", ": %zu things besides the log are missing",
                        missing),
                     missing);
        prose_add(text, c, w, 3, 8, states[state].look, -1, buf_str(&line));
        buf_release(&line);
    }
}

// The steps of one gateway; returns the item that is worked on or that failed, else `now`.
static int
add_gateway(struct prose *text, struct canvas *c, int w, const struct pull *all, size_t which, int now)
{
    const struct source_pull *p = &all->at[which].how;
    const char *name = all->at[which].name;
    size_t between = p->between;
    bool seen = false; // what is worked on, or failed first
    if (all->count > 1) {
        prose_gap(text);
        prose_addf(text, c, w, 1, 3, LOOK_STRONG, -1, _("Reading from %s"), *p->where ? p->where : name);
    }
    if (*p->legacy)
        prose_addf(text, c, w, 1, 3, LOOK_FAILED, -1, _("Old algorithms are allowed for it: %s"), p->legacy);
    for (size_t i = 0; i < p->stage_count; i++) {
        const struct source_stage *stage = &p->stages[i];
        int item = (int)(which * SOURCE_STAGES + i);
        add_stage(text, c, w, name, stage, item, between > 0);
        between -= between && stage->kind == STAGE_SIGN_IN;
        bool failed = stage->state == STAGE_FAILED && stage->kind <= STAGE_LOG;
        if (which == all->now && (stage->state == STAGE_NOW || (failed && !seen)))
            now = item;
        seen |= failed || stage->state == STAGE_NOW;
    }
    if (*p->notes)
        prose_add(text, c, w, 1, 1, LOOK_SUSPECT, -1, str_of(p->notes));
    return now;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct checklist *self = state;
    const struct pull *all = s->pull;
    int now = -1, w = a.w - 2;
    size_t count = all ? all->count : 0;
    prose_clear(&self->text);
    if (count > 1)
        prose_addf(&self->text, c, w, 1, 3, LOOK_STRONG, -1, _("Reading from %zu gateways"), count);
    else
        prose_addf(&self->text, c, w, 1, 3, LOOK_STRONG, -1, _("Reading from %s"),
                   count && *all->at[0].how.where ? all->at[0].how.where : buf_cstr(&s->title));
    add_result(&self->text, c, w, s);
    if (count > 1)
        add_overview(&self->text, c, w, all, !is_over(s));
    else
        prose_gap(&self->text);
    // The one that is worked on, or that could not be read, comes first.
    if (count)
        now = add_gateway(&self->text, c, w, all, all->now, now);
    for (size_t i = 0; i < count; i++)
        if (i != all->now && all->at[i].begun)
            add_gateway(&self->text, c, w, all, i, now);
    // One that cannot even begin has no steps.
    for (size_t i = 0; s->view && i < s->view->source_count; i++)
        if (!count || (all->at[all->now].ended && !all->at[all->now].begun))
            prose_add(&self->text, c, w, 1, 3, LOOK_FAILED, -1, s->view->sources[i].problem);
    prose_gap(&self->text);
    prose_add(
        &self->text, c, w, 1, 1, LOOK_DIM, -1,
        str_of(
            _("No secret is read: ipsec.secrets is never opened, and keys are left out of the kernel state "
              "at the gateway, before anything is sent.")));
    self->shown = a.h;
    if (!self->moved)
        self->top = 0; // what is known stands above, and is seen as long as the step at hand is seen too
    now = self->moved ? -1 : now;
    prose_draw(&self->text, c, a, now, now >= 0, &self->top);
}

static void
add_commands(const struct source_pull *p, bool several, struct buf *text)
{
    if (several && *p->where)
        buf_addf(text, "\n\n%s", p->where);
    for (size_t i = 0; i < p->stage_count; i++)
        if (*p->stages[i].command)
            buf_addf(text, "\n\n%s\n  %s", _(titles[p->stages[i].kind]), p->stages[i].command);
    if (*p->notes)
        buf_addf(text, "\n\n%s", p->notes);
}

static void
show_commands(struct session *s)
{
    size_t count = s->pull ? s->pull->count : 0;
    struct buf *text = session_box(s, str_of(_("Commands on the gateway")));
    bool any = false;
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < s->pull->at[n].how.stage_count; i++)
            any |= *s->pull->at[n].how.stages[i].command != '\0';
    buf_add(
        text,
        str_of(
            any ? _("These are run there, in this order, and nothing else. All of them only read.")
                : _("Nothing was run there yet: which commands are run depends on what is found there. All "
                    "of them only read.")));
    for (size_t n = 0; n < count; n++)
        add_commands(&s->pull->at[n].how, count > 1, text);
}

// Nothing came, and nothing will before it is tried again.
static bool
is_empty(const struct session *s)
{
    return is_over(s) && !s->progress.lines;
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    (void)state;
    if (what == ACT_GO && (!s->view || !s->view->source_count))
        return _("nothing has arrived yet");
    if (what == ACT_RECHECK && !is_over(s))
        return _("it is being read");
    return NULL;
}

// A gateway that was just asked is left alone for a while.
static void
news(void *state, struct session *s)
{
    struct checklist *self = state;
    if (self->asked && is_over(s) && s->progress.looks != self->looks)
        session_notice(s, _("The gateway was asked a moment ago: press r again in %d seconds"), SOURCE_PAUSE);
    self->asked = self->asked && is_over(s) && s->progress.looks == self->looks;
}

static void
read_again(struct checklist *self, struct session *s)
{
    self->asked = true;
    self->looks = s->progress.looks;
    s->desk.look(s->desk.self);
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct checklist *self = state;
    switch (what) {
    case ACT_GO:
        if (!is_empty(s))
            return opens(&screen_tunnels);
        read_again(self, s);
        return handled();
    case ACT_BACK:
        if (is_over(s) || !s->pull)
            return (struct reply){0};
        s->desk.stop(s->desk.self);
        session_notice(s, "%s",
                       s->progress.lines ? _("Reading stops, Enter shows what came")
                                         : _("Reading stops, Esc goes back"));
        return handled();
    case ACT_COMMANDS:
        show_commands(s);
        return opens(&screen_box);
    case ACT_RECHECK:
        read_again(self, s);
        return handled();
    default:
        if (!prose_move(&self->text, what, self->shown, &self->top))
            return (struct reply){0};
        self->moved = true;
        return handled();
    }
}

static bool
detour(void *state, struct session *s)
{
    (void)state;
    return is_empty(s);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    (void)state;
    if (!s->view || !s->view->source_count)
        buf_add(out, str_of(_("wait for the first lines; Esc stops")));
    else if (is_empty(s))
        buf_add(out, str_of(_("Enter tries again; Esc goes back")));
    else if (is_over(s) && failures(s, false))
        buf_add(out, str_of(_("Enter shows the tunnels, r tries again")));
    else if (is_over(s))
        buf_add(out, str_of(_("Enter shows the tunnels, r what is new")));
    else
        buf_add(out, str_of(_("Enter shows the tunnels, Esc stops")));
}

const struct screen_ops screen_gateway = {
    .id = SCREEN_GATEWAY,
    .rail = RAIL_SOURCE,
    .reads = true,
    .help = N_(
        "The way to the gateway and everything that is read of it, step by step. Diagnosis starts with the "
        "first lines. A step that failed says what to do; r tries again and goes on where it broke."),
    .open = open_reading,
    .close = close_reading,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .next = next,
    .detour = detour,
    .news = news,
};
