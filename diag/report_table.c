#include "diag/report_table.h"

#include "diag/text.h"

enum { NAME_WIDEST = 28, PEER_WIDEST = 39, STATE_WIDEST = 20 };

static struct str
state_shown(const struct page *p, const struct tunnel_row *row, enum paint *paint)
{
    switch (row->state) {
    case TUNNEL_UP:
        *paint = PAINT_GOOD;
        return str_of(page_say(p, "UP"));
    case TUNNEL_DEGRADED:
        *paint = PAINT_DOUBT;
        return str_of(page_say(p, "UNSTABLE"));
    case TUNNEL_DOWN:
        *paint = PAINT_BAD;
        return view_word(row, page_say(p, "DOWN"), page_say(p, "NO REPLY"));
    default:
        *paint = PAINT_DIM;
        return view_word(row, page_say(p, "UNKNOWN"), page_say(p, "UNKNOWN"));
    }
}

static const char *
ike_shown(int ike)
{
    return ike == IKE_UNKNOWN ? "?" : ike == IKE_V2 ? "IKEv2" : "IKEv1";
}

static const char *
ending_shown(const struct page *p, enum ending ending)
{
    static const char *const words[END_COUNT] = {
        [END_TIMEOUT] = "ended: nobody answered",
        [END_REFUSED] = "ended: refused",
        [END_DELETED] = "taken down on this gateway",
        [END_PEER] = "taken down by the peer",
        [END_EXPIRED] = "expired",
        [END_LOST] = "lost: the peer is silent",
        [END_REPLACED] = "replaced",
    };
    return words[ending] ? page_say(p, words[ending]) : "";
}

// "4 Identity"
static void
put_stuck(struct page *p, size_t index)
{
    const struct tunnel_row *row = &p->r->view->rows[index];
    enum checkpoint checkpoint = row->verdict.checkpoint;
    if (checkpoint == CP_NONE) {
        if (row->state != TUNNEL_UP)
            page_put(p, ending_shown(p, row->ending));
        return;
    }
    unsigned number = order_number(row->order, checkpoint);
    if (number)
        buf_addf(&p->out, "%u ", number);
    buf_add(&p->out, page_clean(p, view_title(p->r->view->knowledge, checkpoint, row->auth), false));
}

struct widths {
    size_t name, peer, state;
};

static void
put_cell(struct page *p, struct str text, size_t width)
{
    buf_add(&p->out, text);
    page_pad(p, text_columns(text), width);
    page_put(p, "  ");
}

static void
put_row(struct page *p, size_t index, struct widths w)
{
    const struct tunnel_row *row = &p->r->view->rows[index];
    enum paint paint;
    struct str state = state_shown(p, row, &paint);
    put_cell(p, page_clean(p, row->name, true), w.name);
    put_cell(p, row->peer.len ? page_clean(p, row->peer, true) : STR("?"), w.peer);
    put_cell(p, str_of(ike_shown(row->ike)), sizeof "IKEv1" - 1);
    page_paint(p, paint, state);
    page_pad(p, text_columns(state), w.state + 2);
    put_stuck(p, index);
    page_end_line(p);
}

static size_t
wider(size_t width, size_t columns, size_t widest)
{
    columns = columns > widest ? widest : columns;
    return columns > width ? columns : width;
}

void
report_table(struct page *p)
{
    const struct view *v = p->r->view;
    struct widths w = {.state = sizeof "UNSTABLE" - 1};
    for (size_t i = 0; i < v->row_count; i++) {
        if (!report_shows(p->r, &v->rows[i]))
            continue;
        w.name = wider(w.name, text_columns(page_clean(p, v->rows[i].name, true)), NAME_WIDEST);
        w.peer = wider(w.peer, text_columns(page_clean(p, v->rows[i].peer, true)), PEER_WIDEST);
        enum paint paint;
        w.state = wider(w.state, text_columns(state_shown(p, &v->rows[i], &paint)), STATE_WIDEST);
    }
    for (size_t i = 0; !p->failed && i < v->row_count; i++)
        if (report_shows(p->r, &v->rows[i]))
            put_row(p, i, w);
}
