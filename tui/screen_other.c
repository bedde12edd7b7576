// What else there is: the log of the other end, or a capture. What is chosen here is read together with what
// is open, and all of it gives one answer.
#include <stdlib.h>

#include "tui/list.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/words.h"

static const struct choice {
    const char *name, *about, *next;
    const struct screen_ops *screen;
    bool capture; // it is no log of the other end
} choices[] = {
    {N_("A log file"), N_("of the gateway at the other end"), N_("Enter lets you choose a file"),
     &screen_files, false},
    {N_("A gateway over SSH"), N_("by a profile, or user@host"), N_("Enter lists the gateways"),
     &screen_gateways, false},
    {N_("Paste text"), N_("out of the mail of the colleague there"), N_("Enter waits for what you paste"),
     &screen_paste, false},
    {N_("A sample log"), N_("most samples come from both ends"), N_("Enter lists the sample logs"),
     &screen_samples, false},
    {N_("Not here"), N_("a text that asks the colleague there for it"), N_("Enter shows what to send"),
     &screen_request, false},
    {N_("A packet capture"), N_("pcap or pcapng, of any place on the way"),
     N_("Enter lets you choose a file"), &screen_files, true},
};
enum { CHOICES = sizeof choices / sizeof *choices };

struct other {
    struct list list;
    struct session *session;
};
LIST_BEGINS(struct other);

static void *
open_other(struct session *s)
{
    struct other *self = mem_new(sizeof *self);
    self->session = s;
    self->list.count = CHOICES;
    s->adding = true;
    return self;
}

static void
close_other(void *state)
{
    struct other *self = state;
    self->session->adding = self->session->adding_capture = self->session->adding_both = false;
    free(self);
}

static uint8_t
cell(void *context, size_t row, size_t column, struct buf *out)
{
    (void)context;
    buf_add(out, str_of(_(column ? choices[row].about : choices[row].name)));
    return column ? LOOK_DIM : LOOK_PLAIN;
}

static void
draw(void *state, struct session *s, struct canvas *c, struct area a)
{
    struct other *self = state;
    const struct tunnel_row *row = session_row(s, s->tunnel);
    const struct column columns[] = {{_("Where is it?"), 18, 40, COLUMN_WORDS, 0},
                                     {"", 20, 60, COLUMN_WORDS, 1}};
    if (row && row->peer.len)
        canvas_putf(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG, _("The log of the other end of %.*s (%.*s)"),
                    STR_ARG(row->name), STR_ARG(row->peer));
    else
        canvas_put(c, a.x + 1, a.y, a.w - 2, LOOK_STRONG,
                   str_of(_("The log of the gateway at the other end")));
    c->own = true;
    list_table(&self->list, c, (struct area){a.x, a.y + 2, a.w, a.h - 2}, columns, 2, cell, NULL);
    c->own = false;
}

static struct reply
act(void *state, struct session *s, enum act what)
{
    struct other *self = state;
    if (list_move(&self->list, what))
        return handled();
    if (what != ACT_GO)
        return (struct reply){0};
    s->adding_capture = choices[self->list.at].capture;
    return opens(choices[self->list.at].screen);
}

static void
next(void *state, struct session *s, struct buf *out)
{
    const struct other *self = state;
    (void)s;
    buf_add(out, str_of(_(choices[self->list.at].next)));
}

const struct screen_ops screen_other = {
    .id = SCREEN_OTHER,
    .name = N_("Other end"),
    .rail = RAIL_COUNT, // beside the step from which it was asked for
    .help =
        N_("One end hears only a word of refusal, the other knows the values. Choose what the gateway at the "
           "other end logged, or a packet capture of the time: what is read together says what one log alone "
           "cannot."),
    .open = open_other,
    .close = close_other,
    .draw = draw,
    .act = act,
    .mark = list_click,
    .next = next,
};
