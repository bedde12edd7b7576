#include "diag/adopt.h"

// For how long a peer waits for the answer that names its connection, and for how long one that was refused
// may have tried another way.
enum { WAITS_LINES = 32, FALLBACK_SECONDS = 60, FALLBACK_LINES = 40 };

// Begins this gateway by itself, so that it answers nobody?
static bool
begins_here(const struct event *e)
{
    for (size_t i = 0; i < e->setting_count; i++)
        if (e->settings[i].fact == FACT_ROLE)
            return e->settings[i].word == ROLE_INITIATOR;
    return false;
}

void
adopt_pending(struct taking *t, struct nego *g)
{
    struct nego *waiting = t->daemon->pending;
    struct str peer = waiting->tunnel->peer, told = t->named->slot[SLOT_PEER];
    const struct tunnel *own = tunnel_by_peer(t->n, t->daemon->source, peer);
    bool other = told.len ? !str_eq(peer, told) : own && own != g->tunnel;
    bool late = t->line->number - waiting->last_line > WAITS_LINES;
    if (!late && (other || begins_here(t->event))) {
        if (!told.len && !own && t->n->name_count == 1 && !g->tunnel->peer.len) { // of no other was heard
            tunnel_set_peer(t->n, g->tunnel, peer);
            g->tunnel->peer_guessed = true;
        }
        return;
    }
    t->daemon->pending = NULL;
    if (late)
        return;
    tunnel_set_peer(t->n, g->tunnel, peer);
    for (uint16_t i = 0; i < waiting->event_count; i++)
        nego_append(t->n->knowledge, g, &waiting->events[i], (uint32_t)i);
    g->first_line = waiting->first_line;
    g->first = waiting->first;
    waiting->tunnel->attempts--;
    nego_unlink(waiting);
    nego_drop(t->n, waiting);
}

// Was this refused just now?
static bool
is_recent(const struct nego *g, const struct line *line)
{
    if (g->last != LINE_NO_TIME && line->time != LINE_NO_TIME)
        return line->time - g->last <= FALLBACK_SECONDS * INT64_C(1000000);
    return line->number - g->last_line <= FALLBACK_LINES;
}

void
adopt_refused(struct taking *t, struct tunnel *tunnel)
{
    struct str peer = t->named->slot[SLOT_PEER].len ? t->named->slot[SLOT_PEER] : tunnel->peer;
    if (!peer.len || tunnel->stranger || begins_here(t->event))
        return;
    const struct tunnel *from = tunnel_strange(t->n, t->daemon->source, peer);
    struct nego *g = from ? from->newest : NULL;
    if (g && g->stranger && !g->older && g->ending != END_NONE && is_recent(g, t->line) &&
        g != t->daemon->pending)
        nego_move(t->n, g, tunnel);
}
