// What to send to the colleague at the other end, whose log would tell more: shown as it is copied, written
// for the kind of gateway that is known or chosen there.
#include "diag/request.h"

#include <stdlib.h>

#include "tui/prose.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

struct request {
    struct prose text;
    struct buf request;
    int dialect; // that it is written for, -1: any
    bool chosen; // by the person
    size_t top;
    int shown;
};

static void *
open_request(struct session *s)
{
    struct request *self = mem_new(sizeof *self);
    self->dialect = -1;
    if (!session_tunnel(s))
        session_look(s, s->tunnel, -1);
    return self;
}

static void
close_request(void *state)
{
    struct request *self = state;
    prose_release(&self->text);
    buf_release(&self->request);
    free(self);
}

// Nothing when there is nothing to ask.
static void
write_request(struct request *self, const struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    buf_clear(&self->request);
    if (!t || !request_fits(t))
        return;
    if (!self->chosen)
        self->dialect = request_knows(s->knowledge, t->peer_dialect) ? t->peer_dialect : -1;
    request_text(s->knowledge, t, self->dialect, &self->request);
}

static const char *
nothing(const struct session *s)
{
    const struct tunnel_view *t = session_tunnel(s);
    if (!t)
        return session_missing(s);
    if (t->row.verdict.checkpoint == CP_NONE)
        return _("Nothing is wrong with this tunnel, so there is nothing to ask for.");
    return request_fits(t) ? NULL : _("The log of the other end is read already. Esc goes back.");
}

static void
fill(struct request *self, const struct session *s, struct canvas *c, int w)
{
    prose_clear(&self->text);
    if (self->dialect >= 0)
        prose_addf(&self->text, c, w, 1, 1, LOOK_STRONG, -1,
                   self->chosen ? _("For a gateway with %.*s, as you say (Tab: another kind)")
                                : _("For a gateway with %.*s, as it says of itself (Tab: another kind)"),
                   STR_ARG(s->knowledge->dialects[self->dialect].title));
    else
        prose_add(&self->text, c, w, 1, 1, LOOK_STRONG, -1,
                  str_of(_("For any kind of gateway; Tab chooses which kind stands there")));
    prose_gap(&self->text);
    for (struct str rest = buf_str(&self->request); rest.len;) {
        size_t end = str_find(rest, STR("\n")), indent = 0;
        while (indent < end && rest.at[indent] == ' ')
            indent++;
        if (end)
            prose_add(&self->text, c, w, 1 + (int)indent, 3 + (int)indent,
                      indent >= 4 ? LOOK_KEY : LOOK_PLAIN, -1, (struct str){rest.at + indent, end - indent});
        else
            prose_gap(&self->text);
        rest = str_from(rest, end + 1);
    }
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct request *self = state;
    write_request(self, s);
    if (!self->request.len) {
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_PLAIN, str_of(nothing(s) ? nothing(s) : ""));
        return;
    }
    fill(self, s, c, a.w - 1);
    self->shown = a.h;
    prose_draw(&self->text, c, a, -1, false, &self->top);
}

// The next dialect of which it is known how its log is shown; behind the last, any.
static void
choose_next(struct request *self, const struct session *s)
{
    int count = (int)s->knowledge->dialect_count;
    do
        self->dialect++;
    while (self->dialect < count && !request_knows(s->knowledge, self->dialect));
    if (self->dialect == count)
        self->dialect = -1;
    self->chosen = true;
    self->top = 0;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct request *self = state;
    switch (what) {
    case ACT_GO:
    case ACT_COPY:
        session_copy(s, str_trim(buf_str(&self->request)));
        return handled();
    case ACT_FIELD:
        choose_next(self, s);
        return handled();
    default:
        return (struct reply){.handled = prose_move(&self->text, what, self->shown, &self->top)};
    }
}

static const char *
why_not(void *state, struct session *s, enum act what)
{
    struct request *self = state;
    write_request(self, s);
    bool needs = what == ACT_GO || what == ACT_COPY || what == ACT_FIELD;
    return needs && !self->request.len ? _("there is nothing to ask the other end for") : NULL;
}

static void
next(void *state, struct session *s, struct buf *out)
{
    (void)state;
    buf_add(out, str_of(nothing(s) ? _("Esc goes back")
                                   : _("Enter copies this text, to send it to the colleague there")));
}

const struct screen_ops screen_request = {
    .id = SCREEN_REQUEST,
    .name = N_("Ask other end"),
    .rail = RAIL_FINDING,
    .help = N_(
        "What to send to whoever looks after the gateway at the other end: the time that is meant, how its "
        "log is shown there, and which lines of it would tell. It holds no secret and asks for none. What "
        "comes back is read with both ends, as a file or pasted."),
    .open = open_request,
    .close = close_request,
    .draw = draw,
    .act = act,
    .why_not = why_not,
    .next = next,
};
