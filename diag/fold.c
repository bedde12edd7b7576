// Keeps the memory of nego.h flat: of a tunnel's negotiations the newest stay whole, older ones become counts
// with one sample for each checkpoint where they failed.
#include "diag/walk.h"

#include <stdlib.h>

// What walk_attempt goes by where no child stands.
static uint64_t
way_of(const struct nego *ike, const struct nego *child, int dialect)
{
    const struct nego *const of[] = {ike, child};
    uint64_t h = (uint64_t)dialect + 1;
    for (int i = 0; i < 2; i++) {
        h = h * 31 + (of[i] ? of[i]->way + of[i]->established : 0u);
        for (int f = 0; of[i] && f < FACT_COUNT; f++)
            h = h * 31 + of[i]->fact[f];
    }
    return (h ^ h >> 32) | 1;
}

// Where a way stands, or shall stand: of one that is seen a thousand times another one of its hash must not
// take the place each time.
static struct settled *
settled_place(struct negos *n, uint64_t way)
{
    struct settled *group = &n->settled[(way >> 1) % (SETTLED / SETTLED_BESIDE) * SETTLED_BESIDE];
    for (size_t i = 0; i < SETTLED_BESIDE; i++)
        if (group[i].way == way || !group[i].way)
            return &group[i];
    return &group[(way >> 32) % SETTLED_BESIDE];
}

// Tunnels that fail do so again and again in one way, hence the memory.
void
nego_settle(struct negos *n, struct nego *g)
{
    const struct nego *ike = g->kind == NEGO_IKE ? g : g->parent, *child = g->kind == NEGO_CHILD ? g : NULL;
    struct settled *known = NULL;
    if (!child || !child->established) {
        uint64_t way = way_of(ike, child, g->tunnel->dialect);
        known = settled_place(n, way);
        if (known->way == way) {
            g->stuck = known->stuck;
            return;
        }
        known->way = way;
    }
    struct walk w;
    const struct attempt a = attempt_of(n->knowledge, ike, child, NULL, NULL);
    walk_attempt(n->knowledge, &a, true, &w);
    g->stuck = (uint8_t)w.stuck;
    if (known)
        known->stuck = g->stuck;
}

static void
remember(struct negos *n, struct nego *g)
{
    struct tunnel *t = g->tunnel;
    if (g->stuck == STUCK_OPEN)
        nego_settle(n, g);
    if (g->stuck == CP_NONE) {
        nego_drop(n, g);
        return;
    }
    struct history *h = &t->history[g->stuck];
    h->count += g->again;
    if (h->sample) {
        h->count++;
        nego_drop(n, h->sample);
    }
    nego_forget(n, g);
    if (g->ending == END_NONE)
        g->ending = END_TIMEOUT; // nobody speaks of it any more
    g->sampled = true;
    h->sample = g;
}

static bool
has_kept_child(const struct nego *g)
{
    for (const struct nego *c = g->child; c; c = c->sibling)
        if (!c->sampled)
            return true;
    return false;
}

void
tunnel_fold(struct negos *n, struct tunnel *t, struct nego *ike)
{
    // One that is kept for its children alone would go with the last of them.
    bool held = ike && ike->held;
    if (held)
        ike->held = false;
    const uint32_t room = n->tunnel_count > TUNNELS_MANY ? TUNNEL_NEGOS_OF_MANY : TUNNEL_NEGOS;
    while (t->kept >= room) {
        // The oldest one that nothing else refers to, and that does not stand.
        struct nego *g = t->oldest;
        while (g && (g == t->live || g == t->ike || g == ike || has_kept_child(g)))
            g = g->newer;
        if (!g)
            break;
        nego_unlink(g);
        if (g->child)
            g->held = true;
        else if (g->established)
            nego_drop(n, g);
        else
            remember(n, g);
    }
    if (held)
        ike->held = true;
}

// How much is lost when it is forgotten: what never failed first, the longest silent first.
static int
by_worth(const void *a, const void *b)
{
    const struct tunnel *x = *(struct tunnel *const *)a, *y = *(struct tunnel *const *)b;
    bool fine_x = x->live || !x->newest, fine_y = y->live || !y->newest;
    if (fine_x != fine_y)
        return fine_x ? -1 : 1;
    return (x->touched > y->touched) - (x->touched < y->touched);
}

static int
by_id(const void *a, const void *b)
{
    const struct tunnel *x = *(struct tunnel *const *)a, *y = *(struct tunnel *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

// Children in another tunnel keep this one's IKE SA in memory.
static bool
lends_children(const struct tunnel *t)
{
    for (const struct nego *g = t->newest; g; g = g->older)
        for (const struct nego *c = g->child; c; c = c->sibling)
            if (c->tunnel != t)
                return true;
    return false;
}

void
tunnels_forget(struct negos *n)
{
    size_t quarter = n->tunnel_count / 4, kept = 0;
    qsort(n->tunnels, n->tunnel_count, sizeof(void *), by_worth);
    for (size_t i = 0; i < n->tunnel_count; i++) {
        struct tunnel *t = n->tunnels[i];
        if (i >= quarter || lends_children(t)) {
            n->tunnels[kept++] = t;
            continue;
        }
        for (size_t d = 0; d < n->daemon_count; d++)
            if (n->daemons[d].nameless == t)
                n->daemons[d].nameless = NULL;
        n->forgotten++;
        tunnel_free(n, t);
    }
    n->tunnel_count = kept;
    for (size_t d = 0; d < n->daemon_count; d++)
        n->daemons[d].asked = NULL;
    for (size_t i = 0; i < kept; i++)
        n->tunnels[i]->asked_before = n->tunnels[i]->asked_after = NULL;
    qsort(n->tunnels, kept, sizeof(void *), by_id);
    tunnels_index(n);
}
