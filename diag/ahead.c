#include "diag/ahead.h"

enum { CACHE_LINE = 64 };

// A negotiation without what only few lines touch.
enum { NEGO_SIZE = offsetof(struct nego, own) };

static inline void
fetch(const void *at, size_t size)
{
    for (size_t i = 0; i < size; i += CACHE_LINE)
        __builtin_prefetch((const char *)at + i, 1);
}

void
ahead_note(struct ahead *a, const struct negos *n, int log, const struct line *line, const struct msg *msg)
{
    *a = (struct ahead){0};
    if (n->daemon_last >= n->daemon_count)
        return;
    const struct daemon *d = &n->daemons[n->daemon_last];
    if (d->source != log || d->dialect != msg->dialect || !str_eq(d->host, line->host))
        return;
    a->daemon = d;
    for (size_t i = 0; i < msg->slots.count; i++) {
        const struct slot *s = &msg->slots.at[i];
        if (s->known == SLOT_CONN)
            a->conn = s->value;
        else if (s->known == SLOT_INSTANCE)
            a->instance = s->value;
        else if (s->known == SLOT_SERIAL || s->known == SLOT_CHILD)
            a->number = number_key(d, s->number, s->known == SLOT_CHILD);
    }
    if (a->number && n->number_slots)
        fetch(&n->numbers[number_home(n, a->number)], 1);
}

void
ahead_fetch(struct ahead *a, const struct negos *n, int round)
{
    if (round == 0) {
        a->nego = a->number ? number_find(n, a->number) : NULL;
        if (a->nego) {
            fetch(a->nego, NEGO_SIZE);
        } else if (a->conn.len && n->name_slots) {
            a->name = &n->names[tunnel_key(a->daemon, a->conn, a->instance) & (n->name_slots - 1)];
            fetch(a->name, 1);
        }
    } else if (round == 1) {
        a->tunnel = a->nego ? a->nego->tunnel : a->name ? *a->name : NULL;
        if (a->tunnel)
            fetch(a->tunnel, offsetof(struct tunnel, history));
        if (a->nego)
            fetch(a->nego->events + a->nego->event_count, sizeof *a->nego->events);
    } else if (round == 2) {
        if (a->nego) {
            if (a->nego->parent)
                fetch(a->nego->parent, NEGO_SIZE);
        } else if (a->tunnel) { // one begins here, and the oldest gives way
            if (a->tunnel->newest)
                fetch(a->tunnel->newest, NEGO_SIZE);
            if (a->tunnel->oldest)
                fetch(a->tunnel->oldest, NEGO_SIZE);
            fetch(a->tunnel->history, sizeof a->tunnel->history);
        }
    } else if (!a->nego && a->tunnel && a->tunnel->oldest) {
        const struct nego *oldest = a->tunnel->oldest;
        fetch(oldest->events, 4 * CACHE_LINE);
        if (oldest->key)
            fetch(&n->numbers[number_home(n, oldest->key)], 1);
        if (oldest->newer)
            fetch(oldest->newer, NEGO_SIZE);
        if (oldest->stuck < CP_COUNT && a->tunnel->history[oldest->stuck].sample)
            fetch(a->tunnel->history[oldest->stuck].sample, NEGO_SIZE);
    }
}

void
nearing_next(struct nearing *n, const struct tunnel *tunnel)
{
    for (int i = 0; i < VIEW_SOON; i++) {
        const struct nego *nego = n->at[i].tunnel ? n->at[i].tunnel->newest
                                  : n->at[i].nego ? n->at[i].nego->older
                                                  : NULL;
        n->at[i].tunnel = NULL;
        n->at[i].nego = nego;
        if (nego)
            fetch(nego, sizeof *nego);
    }
    n->last = (n->last + 1) % VIEW_SOON;
    n->at[n->last].tunnel = tunnel;
    n->at[n->last].nego = NULL;
    if (tunnel)
        fetch(tunnel, sizeof *tunnel);
}
