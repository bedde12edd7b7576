#include "diag/thread.h"

// How far apart two lines of one job are, at most.
enum { JOB_LINES = 64, JOB_SECONDS = 2 };
// How long after the end of an SA its answer may come.
enum { ANSWER_SECONDS = 4 };
enum { PORT_IKE = 500 };

// Keeps count of what is sent again to a peer that does not answer.
static void
note_silence(struct threads *all, struct nego *ike, bool repeats, uint64_t line)
{
    struct silent *of = NULL, *oldest = &all->silent[0];
    if (!repeats && !all->ever_silent)
        return;
    all->ever_silent = true;
    for (struct silent *s = all->silent; s < all->silent + SILENT && !of; s++) {
        if (s->ike == ike)
            of = s;
        else if (!s->ike || (oldest->ike && s->line < oldest->line))
            oldest = s;
    }
    if (repeats)
        *(of ? of : oldest) = (struct silent){ike, of ? of->repeats + 1 : 1, line};
    else if (of)
        of->ike = NULL;
}

void
thread_note(const struct taking *t, struct nego *g)
{
    struct nego *ike = nego_is_child(g) ? g->parent : g;
    struct threads *all = t->daemon->threads;
    uint64_t thread = t->named->number[SLOT_THREAD];
    if (!all || !ike || ike->kind != NEGO_IKE)
        return;
    if (t->event)
        note_silence(all, ike, t->event->repeats, t->line->number);
    struct thread *w = NULL, *oldest = &all->at[0];
    for (size_t i = 0; i < all->count && !w; i++) {
        if (all->at[i].number == thread && (thread != THREAD_UNNAMED || all->at[i].ike == ike))
            w = &all->at[i];
        else if (all->at[i].line < oldest->line)
            oldest = &all->at[i];
    }
    if (!w)
        w = all->count < THREADS ? &all->at[all->count++] : oldest;
    const bool sent = t->named->slot[SLOT_PEER].len && !t->event;
    const struct message *opened = w->number == thread && w->ike == ike ? w->opened : NULL;
    if (t->event && t->event->opens == OPENS_IKE)
        opened = t->message;
    else if (opened && (sent || (t->event && taking_speaks(t))))
        opened = NULL;
    *w = (struct thread){.number = thread,
                         .ike = ike,
                         .opened = opened,
                         .line = t->line->number,
                         .time = t->line->time,
                         .sent = sent,
                         .at_hand = !t->event && t->named->number[SLOT_SERIAL] != UINT64_MAX};
}

// What the thread last worked on, when that is not too long ago; or NULL.
static const struct thread *
thread_find(const struct daemon *d, uint64_t thread, const struct line *line)
{
    const struct thread *w = NULL;
    for (size_t i = 0; d->threads && i < d->threads->count; i++)
        if (d->threads->at[i].number == thread && (!w || d->threads->at[i].line > w->line))
            w = &d->threads->at[i];
    if (!w)
        return NULL;
    bool timed = w->time != LINE_NO_TIME && line->time != LINE_NO_TIME;
    bool near =
        timed ? line->time - w->time <= JOB_SECONDS * INT64_C(1000000) : line->number - w->line <= JOB_LINES;
    return near ? w : NULL;
}

struct nego *
thread_busy(const struct daemon *d, uint64_t thread, const struct line *line)
{
    const struct thread *w = thread_find(d, thread, line);
    return w ? w->ike : NULL;
}

bool
thread_rests(const struct daemon *d, uint64_t thread, const struct line *line)
{
    const struct thread *w = thread_find(d, thread, line);
    return !w || w->sent;
}

// Can packets from this port of its peer (0: not told) be of this negotiation? Two peers behind one NAT
// differ by nothing else. 0: of another one rather, 1: it may, 2: they were before.
static int
port_fits(const struct nego *g, uint16_t port)
{
    if (!port || !g->peer_port)
        return 1;
    return port == g->peer_port ? 2 : !g->moved;
}

// Of what is over only when there is no other, and rather of what that port belongs to.
static bool
is_nearer(const struct thread *w, const struct thread *other, uint16_t port)
{
    bool over = w->ike->ending != END_NONE, other_over = other->ike->ending != END_NONE;
    int fits = port_fits(w->ike, port), other_fits = port_fits(other->ike, port);
    return over != other_over ? other_over : fits != other_fits ? fits > other_fits : w->line > other->line;
}

// Was it answered with a word, as one that should name another group, and did its peer ask once more and was
// named? It waits for nothing then.
static bool
is_outdone(const struct nego *ike)
{
    for (uint16_t i = 0; i < ike->event_count; i++)
        if (ike->events[i].notify >= 0 && ike->events[i].line < ike->tunnel->named)
            return true;
    return false;
}

// The latest work of the daemon with this peer (empty: with any), of what is over only when there is nothing
// else. waiting: only what waits for an answer.
static struct nego *
latest_of(const struct daemon *d, struct str peer, uint16_t port, bool waiting)
{
    const struct thread *latest = NULL;
    for (size_t i = 0; d->threads && i < d->threads->count; i++) {
        const struct thread *w = &d->threads->at[i];
        if (!w->ike || (peer.len && !str_eq(w->ike->tunnel->peer, peer)) || is_outdone(w->ike) ||
            (waiting && (w->ike->established || w->ike->ending != END_NONE || port_fits(w->ike, port) == 0)))
            continue;
        if (!latest || is_nearer(w, latest, port))
            latest = w;
    }
    return latest ? latest->ike : NULL;
}

void
thread_forget(struct daemon *d, const struct nego *g)
{
    for (size_t i = 0; d->threads && i < d->threads->count; i++)
        if (d->threads->at[i].ike == g)
            d->threads->at[i].ike = NULL;
    for (size_t i = 0; d->threads && i < SILENT; i++)
        if (d->threads->silent[i].ike == g)
            d->threads->silent[i].ike = NULL;
}

static const struct silent *
longest_silent(const struct threads *all, uint8_t ending)
{
    const struct silent *longest = NULL;
    for (const struct silent *s = all->silent; s < all->silent + SILENT; s++)
        if (s->ike && s->ike->ending == ending &&
            (!longest || s->repeats > longest->repeats ||
             (s->repeats == longest->repeats && s->line < longest->line)))
            longest = s;
    return longest;
}

// Who gives up has waited longest for an answer, and a thread begins with it: no line before tells whom it
// means. The end of an SA waits for one as well.
static struct nego *
gives_up(const struct threads *all)
{
    const struct silent *s = longest_silent(all, END_NONE);
    if (!s)
        s = longest_silent(all, END_DELETED);
    return s ? s->ike : NULL;
}

// This gateway took it down just now and told the peer, whose packet is the answer to that.
static bool
answers_the_end(const struct nego *g, const struct line *line)
{
    return g->ending == END_DELETED && (g->established || g->partial) && g->last != LINE_NO_TIME &&
           line->time != LINE_NO_TIME && line->time - g->last <= ANSWER_SECONDS * INT64_C(1000000);
}

// Is this line one more of the same beginning? One line tells that it starts, the next one what it sends;
// both are said again when the peer wants another group or a cookie. Remarks may stand between them.
static bool
goes_on_opening(const struct taking *t)
{
    const struct thread *w = thread_find(t->daemon, t->named->number[SLOT_THREAD], t->line);
    return w && w->opened && w->opened != t->message;
}

// The newest attempt of a tunnel that is not over.
static struct nego *
newest_open(const struct tunnel *tunnel)
{
    for (struct nego *g = tunnel->newest; g; g = g->older)
        if (g->kind == NEGO_IKE && g->ending == END_NONE)
            return g;
    return NULL;
}

static bool
ends_with_word(const struct nego *g, uint64_t line)
{
    for (uint16_t i = 0; i < g->event_count; i++)
        if (g->events[i].notify >= 0 && g->last_line == line && nego_is_last(g, &g->events[i]))
            return true;
    return false;
}

// Was a word of its peer the last that was said of it? It waits for no packet then.
static bool
is_told(const struct nego *ike)
{
    bool told = ends_with_word(ike, ike->last_line);
    for (const struct nego *c = ike->child; c && !told; c = c->sibling)
        told = ends_with_word(c, ike->last_line);
    return told;
}

// From which port of the peer a packet came, or to which it goes; 0: not told.
static uint16_t
port_of(const struct taking *t)
{
    uint64_t port;
    struct str told = t->named->slot[SLOT_PEER_PORT];
    return told.len && str_number(told, &port) && port <= UINT16_MAX ? (uint16_t)port : 0;
}

struct nego *
thread_speaks_of(const struct taking *t)
{
    struct str peer = t->named->slot[SLOT_PEER];
    uint16_t port = port_of(t);
    const struct thread *at = thread_find(t->daemon, t->named->number[SLOT_THREAD], t->line);
    struct nego *busy = at ? at->ike : NULL;
    if (t->event && t->event->opens == OPENS_IKE && busy &&
        (busy->established || busy->ending != END_NONE || (taking_saw(t, busy) && !goes_on_opening(t))))
        return NULL; // another one begins
    if (!peer.len && t->event && t->event->ends == END_TIMEOUT && !(busy && busy->ending == END_TIMEOUT)) {
        struct nego *silent = gives_up(t->daemon->threads);
        if (silent)
            return silent;
    }
    // A packet begins a job of its own: it answers who waits, not what the thread did before. Where no thread
    // is named, silence is that of who waits as well.
    bool silence = t->event && (t->event->repeats || t->event->ends == END_TIMEOUT);
    if (busy && !at->at_hand && (busy->established || (peer.len && is_told(busy))) &&
        (peer.len ? t->event != NULL : silence && t->named->number[SLOT_THREAD] == THREAD_UNNAMED)) {
        struct nego *waits = latest_of(t->daemon, peer, port, true);
        if (waits)
            return waits;
    }
    if (busy && (!peer.len || !busy->tunnel->peer.len || str_eq(busy->tunnel->peer, peer)) &&
        (busy->ending == END_NONE || !t->event || !peer.len) && port_fits(busy, port))
        return busy;
    if (!peer.len && t->event && (t->event->repeats || t->event->ends != END_NONE)) {
        struct nego *waits = latest_of(t->daemon, STR_NONE, 0, true);
        return waits ? waits : latest_of(t->daemon, STR_NONE, 0, false);
    }
    // What tells of nothing, and was not done with what this thread works on, is of nobody.
    if (!peer.len && !t->event && t->named->number[SLOT_THREAD] != THREAD_UNNAMED)
        return NULL;
    struct nego *latest = latest_of(t->daemon, peer, port, peer.len > 0);
    if (!latest && peer.len)
        latest = latest_of(t->daemon, peer, port, false);
    if (!peer.len || (latest && (latest->ending == END_NONE || answers_the_end(latest, t->line))))
        return latest;
    const struct tunnel *tunnel = tunnel_by_peer(t->n, t->daemon->source, peer);
    if (!tunnel || !newest_open(tunnel))
        tunnel = tunnel_own(t->n, t->daemon->source, peer);
    return tunnel ? newest_open(tunnel) : NULL;
}

struct nego *
thread_gave_up(const struct taking *t)
{
    if (!t->daemon->threads || !t->event || t->event->opens != OPENS_IKE || !t->named->slot[SLOT_CONN].len)
        return NULL;
    struct nego *busy = thread_busy(t->daemon, t->named->number[SLOT_THREAD], t->line);
    return busy && busy->kind == NEGO_IKE && busy->ending == END_TIMEOUT &&
                   str_eq(busy->tunnel->name, TUNNEL_UNNAMED) && taking_right_behind(t->line, busy)
               ? busy
               : NULL;
}

void
thread_note_port(const struct taking *t, struct nego *g)
{
    uint16_t port = port_of(t);
    struct nego *ike = nego_is_child(g) ? g->parent : g;
    // Behind the move to another port the first one is that of the first message of another SA.
    if (!port || !ike || (ike->moved && port == PORT_IKE))
        return;
    ike->moved |= ike->peer_port && ike->peer_port != port;
    ike->peer_port = port;
}
