// Pairs many tunnels without weighing each of one end against each of the other. The rounds go from the
// strongest evidence to the weakest, and within one the order is that of pair.c: the same name first, then
// the order of the logs.
#include "diag/pair_work.h"

#include <stdlib.h>

enum { SECOND = 1000000 };

// A tunnel of B under something that one of A is looked up by: a number, or a second.
struct entry {
    int64_t key;
    size_t place;
};

struct entries {
    struct entry *at;
    size_t count, room;
};

static void
enter(struct entries *e, int64_t key, size_t place)
{
    if (e->count == e->room) {
        e->room = e->room ? e->room * 2 : 1024;
        e->at = mem_resize(e->at, mem_product(e->room, sizeof *e->at));
    }
    e->at[e->count++] = (struct entry){key, place};
}

static int
by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static void
sort(struct entries *e)
{
    if (e->count)
        qsort(e->at, e->count, sizeof *e->at, by_key);
}

// The first entry that is not before the key.
static size_t
seek(const struct entries *e, int64_t key)
{
    size_t low = 0, high = e->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (e->at[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
is_free(const struct work *w, size_t place)
{
    return w->p->partner[place] < 0;
}

static bool
named_by_address(const struct work *w, size_t a, size_t b)
{
    return w->asked[a].met > 0 || w->asked[b].met > 0;
}

// --- numbers of SAs that only two ends share

static int64_t
pair_key(uint64_t first, uint64_t second)
{
    return (int64_t)(first * UINT64_C(0x9E3779B97F4A7C15) ^ second);
}

static void
try_numbers(struct work *w, const struct entries *e, size_t a, int64_t key)
{
    for (size_t i = seek(e, key); i < e->count && e->at[i].key == key; i++) {
        size_t b = e->at[i].place;
        if (named_by_address(w, a, b) && pair_can_meet(w, a, b) && pair_numbers_meet(w, a, b))
            pair_add(w, a, b, PAIRED_NUMBERS, WEIGHT_NUMBERS + (unsigned)pair_same_name(w, a, b));
    }
}

static void
pair_by_numbers(struct work *w, const size_t *a, const size_t *b)
{
    struct entries e = {0};
    for (; *b != SIZE_MAX; b++) {
        const struct numbers *n = pair_stood(w, *b) ? pair_numbers(w, *b) : NULL;
        for (size_t i = 0; n && i < n->pairs; i++)
            enter(&e, pair_key(n->out[i], n->in[i]), *b);
        for (size_t i = 0; n && i < n->ikes; i++)
            enter(&e, (int64_t)n->ike[i], *b);
    }
    sort(&e);
    for (; e.count && *a != SIZE_MAX; a++) {
        const struct numbers *n = pair_stood(w, *a) ? pair_numbers(w, *a) : NULL;
        for (size_t i = 0; n && i < n->pairs; i++)
            try_numbers(w, &e, *a, pair_key(n->in[i], n->out[i]));
        for (size_t i = 0; n && i < n->ikes; i++)
            try_numbers(w, &e, *a, (int64_t)n->ike[i]);
    }
    pair_choose(w);
    free(e.at);
}

// --- addresses alone: each with the first that it can meet

static int64_t
name_key(const struct work *w, size_t place)
{
    return (int64_t)str_hash(w->in->negos->tunnels[place]->name, 0);
}

// Those of the tunnels that have no partner and whose peer is (1), may be (0) one of the other end's
// addresses.
static const size_t *
those(struct work *w, const size_t *of, int met)
{
    size_t count = 0;
    while (of[count] != SIZE_MAX)
        count++;
    size_t *at = ARENA_ARRAY(&w->scratch, size_t, count + 1), kept = 0;
    for (size_t i = 0; i < count; i++)
        if (is_free(w, of[i]) && w->asked[of[i]].met == met)
            at[kept++] = of[i];
    at[kept] = SIZE_MAX;
    return at;
}

static void
pair_by_name(struct work *w, const size_t *a, const size_t *b)
{
    struct entries e = {0};
    for (; *b != SIZE_MAX; b++)
        enter(&e, name_key(w, *b), *b);
    sort(&e);
    for (; *a != SIZE_MAX; a++) {
        int64_t key = name_key(w, *a);
        for (size_t i = seek(&e, key); i < e.count && e.at[i].key == key && is_free(w, *a); i++)
            if (is_free(w, e.at[i].place) && pair_same_name(w, *a, e.at[i].place) &&
                pair_can_meet(w, *a, e.at[i].place))
                pair_make(w, *a, e.at[i].place, PAIRED_ADDRESSES);
    }
    free(e.at);
}

// The tunnels of B in three queues, by the roles that keep some from meeting.
enum { QUEUES = 3 };

static int
queue_of(const struct work *w, size_t place)
{
    int roles = w->in->negos->tunnels[place]->roles;
    return roles == 1 << ROLE_INITIATOR ? 0 : roles == 1 << ROLE_RESPONDER ? 1 : 2;
}

static void
pair_in_order(struct work *w, const size_t *a, const size_t *b)
{
    const size_t *next[QUEUES] = {b, b, b};
    for (; *a != SIZE_MAX; a++) {
        const size_t *best = NULL;
        for (int q = 0; q < QUEUES && is_free(w, *a); q++) {
            while (*next[q] != SIZE_MAX && (queue_of(w, *next[q]) != q || !is_free(w, *next[q])))
                next[q]++;
            if (*next[q] != SIZE_MAX && pair_can_meet(w, *a, *next[q]) && (!best || *next[q] < *best))
                best = next[q];
        }
        if (best)
            pair_make(w, *a, *best, PAIRED_ADDRESSES);
    }
}

static void
pair_by_addresses(struct work *w, const size_t *a, int met_a, const size_t *b, int met_b)
{
    const size_t *left = those(w, a, met_a), *right = those(w, b, met_b);
    pair_by_name(w, left, right);
    pair_in_order(w, left, right);
}

// --- one address, and lines that answer each other

static void
weigh_answers(struct work *w, size_t a, size_t b)
{
    bool near;
    unsigned answers = pair_weigh_answers(w, a, b, &near);
    if (answers || near)
        pair_add(w, a, b, PAIRED_ADDRESSES, WEIGHT_ADDRESS + 2 * answers + (unsigned)pair_same_name(w, a, b));
}

// Only tunnels of which a line of one stands within a second of a line of the other can answer each other.
static void
pair_by_answers(struct work *w, const size_t *a, const size_t *b)
{
    struct entries e = {0};
    int64_t offset = w->p->clock.stated ? w->p->clock.offset : 0;
    size_t *weighed = ARENA_ARRAY(&w->scratch, size_t, w->in->negos->tunnel_count), turn = 0;
    for (; *b != SIZE_MAX; b++)
        for (size_t i = 0; is_free(w, *b) && i < pair_moments_of(w, *b)->count; i++)
            enter(&e, pair_moments_of(w, *b)->at[i] - offset, *b);
    sort(&e);
    for (; *a != SIZE_MAX; a++) {
        turn++;
        const struct moments *m = pair_moments_of(w, *a);
        for (size_t i = 0; is_free(w, *a) && i < m->count; i++)
            for (size_t k = seek(&e, m->at[i] - SECOND); k < e.count && e.at[k].key <= m->at[i] + SECOND;
                 k++) {
                size_t place = e.at[k].place;
                if (weighed[place] == turn)
                    continue;
                weighed[place] = turn;
                if (named_by_address(w, *a, place) && pair_can_meet(w, *a, place))
                    weigh_answers(w, *a, place);
            }
    }
    pair_choose(w);
    free(e.at);
}

void
pair_many(struct work *w, const size_t *a, const size_t *b)
{
    bool named = false;
    for (size_t i = 0; a[i] != SIZE_MAX && !named; i++)
        named = w->asked[a[i]].met > 0;
    for (size_t i = 0; b[i] != SIZE_MAX && !named; i++)
        named = w->asked[b[i]].met > 0;
    if (!named)
        return;
    pair_by_numbers(w, a, b);
    pair_by_addresses(w, a, 1, b, 1);
    pair_by_answers(w, a, b);
    pair_by_addresses(w, a, 1, b, 0);
    pair_by_addresses(w, a, 0, b, 1);
}
