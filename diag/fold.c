// Keeps the memory of nego.h flat: of a tunnel's negotiations the newest stay whole, older ones become counts
// with one sample for each checkpoint where they failed.
#include "diag/walk.h"

static void
remember(struct negos *n, struct nego *g)
{
    struct tunnel *t = g->tunnel;
    struct attempt a = {.ike = g->kind == NEGO_IKE ? g : g->parent,
                        .child = g->kind == NEGO_CHILD ? g : NULL};
    struct walk w;
    walk_attempt(n->knowledge, &a, true, &w);
    if (w.stuck == CP_NONE) {
        nego_drop(n, g);
        return;
    }
    struct history *h = &t->history[w.stuck];
    if (h->sample) {
        h->count++;
        nego_drop(n, h->sample);
    } else {
        h->first = g->first;
    }
    h->last = g->last;
    nego_forget(n, g);
    h->sample = g;
}

void
tunnel_fold(struct negos *n, struct tunnel *t)
{
    while (t->kept > TUNNEL_NEGOS) {
        // The oldest one that nothing else refers to; the newest is being filled, and what stands is kept.
        const struct nego *live = tunnel_live(t);
        struct nego *free_one = NULL;
        for (struct nego *g = t->newest->older; g; g = g->older) {
            if (g->children == 0 && g != live)
                free_one = g;
        }
        if (!free_one)
            break;
        nego_unlink(free_one);
        if (free_one->established)
            nego_drop(n, free_one);
        else
            remember(n, free_one);
    }
}
