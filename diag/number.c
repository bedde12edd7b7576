// The table of live numbers (nego.h), open addressing: what a daemon calls a negotiation, to the negotiation.
#include "diag/nego.h"

#include <stdlib.h>

// The place of a key in the table, or the free one where it belongs.
static size_t
number_at(const struct negos *n, uint64_t key)
{
    size_t at = number_home(n, key);
    while (n->numbers[at].key && n->numbers[at].key != key)
        at = (at + 1) & (n->number_slots - 1);
    return at;
}

static void
number_free(struct negos *n, uint64_t key)
{
    size_t mask = n->number_slots - 1, hole = number_at(n, key);
    // Those behind the hole that belong before it move up, so that no search ends too early.
    for (size_t at = (hole + 1) & mask; n->numbers[at].key; at = (at + 1) & mask) {
        size_t home = number_home(n, n->numbers[at].key);
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        n->numbers[hole] = n->numbers[at];
        hole = at;
    }
    n->numbers[hole] = (struct number){0};
    n->number_count--;
}

void
number_drop(struct negos *n, struct nego *g)
{
    if (g->key)
        number_free(n, g->key);
    g->key = 0;
    if (g->rare && g->rare->lent) {
        number_free(n, g->rare->lent);
        g->rare->lent = 0;
    }
}

uint64_t
number_key(const struct daemon *d, uint64_t number, bool child_space)
{
    uint64_t h = (d->hash ^ (number * 2 + child_space)) * 0x9e3779b97f4a7c15u;
    h ^= h >> 31;
    return h ? h : 1;
}

struct nego *
number_find(const struct negos *n, uint64_t key)
{
    return n->number_slots ? n->numbers[number_at(n, key)].nego : NULL;
}

static void
numbers_grow(struct negos *n)
{
    struct number *old = n->numbers;
    size_t count = n->number_slots;
    n->number_slots = count ? count * 2 : 256;
    n->numbers = mem_new(mem_product(n->number_slots, sizeof *n->numbers));
    for (size_t i = 0; i < count; i++)
        if (old[i].key)
            n->numbers[number_at(n, old[i].key)] = old[i];
    free(old);
}

// Whoever had this number has it no longer.
static void
number_put(struct negos *n, struct nego *g, uint64_t key)
{
    if (2 * (n->number_count + 1) > n->number_slots)
        numbers_grow(n);
    struct number *place = &n->numbers[number_at(n, key)];
    if (!place->nego)
        n->number_count++;
    else if (place->nego->key == key)
        place->nego->key = 0;
    else
        place->nego->rare->lent = 0;
    *place = (struct number){key, g};
}

void
number_set(struct negos *n, struct nego *g, uint64_t key)
{
    number_drop(n, g);
    number_put(n, g, key);
    g->key = key;
}

void
number_lend(struct negos *n, struct nego *g, uint64_t key)
{
    struct nego_rare *rare = nego_rare(g);
    if (rare->lent)
        number_free(n, rare->lent);
    number_put(n, g, key);
    rare->lent = key;
}
