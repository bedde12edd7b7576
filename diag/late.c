#include "diag/late.h"

bool
late_tells(const struct taking *t)
{
    return t->event || t->message->setting_count || t->msg->meaning.state || t->msg->meaning.exchange ||
           t->msg->meaning.values;
}

// What the line calls its tunnel: a connection, else the peer.
static struct str
name_of(const struct taking *t)
{
    if (t->named->slot[SLOT_CONN].len)
        return t->named->slot[SLOT_CONN];
    return t->named->slot[SLOT_PEER].len ? t->named->slot[SLOT_PEER] : TUNNEL_UNNAMED;
}

// Does the line name another peer or connection than this SA's?
static bool
is_other(const struct taking *t, const struct nego *g)
{
    struct str peer = t->named->slot[SLOT_PEER], conn = t->named->slot[SLOT_CONN];
    if (conn.len && !tunnel_provisional(g->tunnel) && !tunnel_is(g->tunnel, conn, STR_NONE))
        return true;
    return peer.len && g->tunnel->peer.len && !str_eq(g->tunnel->peer, peer);
}

// The SA that is being made, begun anew when its opening line comes a second time.
static struct nego *
making(struct taking *t)
{
    struct daemon *d = t->daemon;
    const bool named = t->named->slot[SLOT_PEER].len || t->named->slot[SLOT_CONN].len;
    struct nego *g = d->making;
    bool opens = t->event && t->event->opens == OPENS_IKE;
    bool other = g && is_other(t, g);
    // Behind its end only remarks are said of it.
    if (g && !other && (g->ending == END_NONE ? !(opens && taking_saw(t, g)) : !t->event))
        return g;
    struct tunnel *tunnel = tunnel_named(t->n, d, name_of(t), STR_NONE);
    // What is said of a peer whose SA stands needs no new one.
    for (g = tunnel->newest; g && named && !opens; g = g->older)
        if (g->kind == NEGO_IKE && g->ending == END_NONE && g != d->making)
            return g;
    g = nego_new(t->n, tunnel, NEGO_IKE, NULL, t->line);
    g->partial = !opens;
    tunnel->attempts++;
    return d->making = g;
}

// The SA with this number. A new number is given to the one that is being made.
static struct nego *
numbered(struct taking *t, uint64_t number)
{
    uint64_t key = number_key(t->daemon, number, false);
    struct nego *g = number_find(t->n, key);
    bool again = g && t->event && t->event->opens != OPENS_NOTHING &&
                 (g->ending != END_NONE || g->established) && taking_saw(t, g);
    if (g && !again)
        return g;
    // Numbers come while an SA is made: one that stands without gets none from a line that names nobody.
    if (t->daemon->making && t->daemon->making->established && t->event && t->event->ends == END_NONE &&
        !t->named->slot[SLOT_PEER].len && !t->named->slot[SLOT_CONN].len)
        t->daemon->making = NULL;
    g = making(t);
    if (g != t->daemon->making) { // that one stands under another number: this is its successor
        g = nego_new(t->n, g->tunnel, NEGO_IKE, NULL, t->line);
        g->partial = true;
        g->tunnel->attempts++;
    }
    t->daemon->making = NULL;
    number_set(t->n, g, key);
    g->serial = number_shown(number);
    return g;
}

// The child with the number of its exchange, under the IKE SA that the same line names.
static struct nego *
child_of(struct taking *t, struct nego *ike)
{
    uint64_t key = number_key(t->daemon, t->named->number[SLOT_CHILD], true);
    struct nego *child = number_find(t->n, key);
    if (child)
        return child;
    if (!ike->established)
        nego_establish(ike, OPENS_IKE, t->line); // who asks for a child has an IKE SA
    child = nego_new(t->n, ike->tunnel, NEGO_CHILD, ike, t->line);
    number_set(t->n, child, key);
    return child;
}

struct nego *
late_find(struct taking *t)
{
    struct daemon *d = t->daemon;
    uint64_t number = t->named->number[SLOT_SERIAL];
    struct str peer = t->named->slot[SLOT_PEER], conn = t->named->slot[SLOT_CONN];
    struct nego *g = d->current;
    if (number != UINT64_MAX && number != 0)
        g = numbered(t, number);
    else if (number == 0 || !g || is_other(t, g) ||
             (t->event && t->event->opens == OPENS_IKE && taking_saw(t, g)))
        g = d->making || t->event || peer.len || conn.len ? making(t) : NULL;
    if (!g)
        return NULL;
    if (conn.len && !tunnel_is(g->tunnel, conn, STR_NONE) && tunnel_provisional(g->tunnel)) {
        struct tunnel *to = tunnel_named(t->n, d, conn, STR_NONE);
        if (!to->peer.len && g->kind == NEGO_IKE)
            tunnel_set_peer(t->n, to, g->tunnel->peer);
        nego_move(t->n, g, to);
    } else {
        taking_name(t, g);
    }
    d->current = g;
    return t->named->number[SLOT_CHILD] != UINT64_MAX ? child_of(t, g) : g;
}
