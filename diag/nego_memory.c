// The memory of negotiations (nego.h). They lie in blocks, each with room for its first lines beside it: with
// many tunnels a line costs what it waits for memory, and this is one place instead of two.
#include "diag/nego.h"

#include <stdlib.h>

enum { BLOCK_LEAST = 32 * 1024 }; // bytes; each is twice the one before, up to MEM_HUGE

struct nego_block {
    struct nego_block *older;
    size_t size, used, room; // bytes, and negotiations
    struct nego nego[];
};

static void
add_block(struct negos *n)
{
    size_t size = !n->blocks ? BLOCK_LEAST : n->blocks->size < MEM_HUGE ? n->blocks->size * 2 : MEM_HUGE;
    struct nego_block *block = mem_aligned(_Alignof(struct nego_block), size);
    block->older = n->blocks;
    block->size = size;
    block->used = 0;
    block->room = (size - sizeof *block) / sizeof *block->nego;
    n->blocks = block;
}

struct nego *
nego_blank(struct negos *n)
{
    struct nego *g = n->spare;
    struct event_line *events = NULL;
    struct nego_rare *rare = NULL;
    uint16_t room = NEGO_OWN;
    if (g) {
        n->spare = g->older;
        events = g->events;
        room = g->event_room;
        rare = g->rare;
    } else {
        if (!n->blocks || n->blocks->used == n->blocks->room)
            add_block(n);
        g = &n->blocks->nego[n->blocks->used++];
        events = g->own;
    }
    memset(g, 0, offsetof(struct nego, own));
    g->events = events;
    g->event_room = room;
    g->rare = rare;
    if (rare)
        memset(rare, 0, sizeof *rare);
    return g;
}

void
nego_give_back(struct negos *n, struct nego *g)
{
    g->older = n->spare;
    n->spare = g;
}

struct nego_rare *
nego_rare(struct nego *g)
{
    if (!g->rare)
        g->rare = mem_new(sizeof *g->rare);
    return g->rare;
}

struct event_line *
nego_room(struct nego *g)
{
    if (g->event_count == g->event_room) {
        g->event_room *= 2;
        size_t size = mem_product(g->event_room, sizeof *g->events);
        bool own = g->events == g->own;
        g->events = mem_resize(own ? NULL : g->events, size);
        if (own)
            memcpy(g->events, g->own, sizeof g->own);
    }
    return &g->events[g->event_count++];
}

void
nego_blocks_free(struct negos *n)
{
    for (struct nego_block *block = n->blocks, *older; block; block = older) {
        older = block->older;
        for (size_t i = 0; i < block->used; i++) {
            if (block->nego[i].events != block->nego[i].own)
                free(block->nego[i].events);
            free(block->nego[i].rare);
        }
        free(block);
    }
    n->blocks = NULL;
    n->spare = NULL;
}
