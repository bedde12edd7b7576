#include "tui/reread.h"

#include "diag/arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 2 * 1024, BLOCKS = 512 };

struct block {
    int source; // -1: empty
    uint64_t number;
    char *bytes; // BLOCK of them
};

struct reread {
    reread_source read;
    void *self;
    struct block block[BLOCKS]; // block n of a source has one place, n modulo BLOCKS
};

struct reread *
reread_new(reread_source read, void *self)
{
    struct reread *r = mem_new(sizeof *r);
    r->read = read;
    r->self = self;
    for (size_t i = 0; i < BLOCKS; i++)
        r->block[i].source = -1;
    return r;
}

void
reread_free(struct reread *r)
{
    for (size_t i = 0; r && i < BLOCKS; i++)
        free(r->block[i].bytes);
    free(r);
}

// A whole block, or NULL when the source has not that much.
static const char *
find_block(struct reread *r, int source, uint64_t number)
{
    struct block *b = &r->block[number % BLOCKS];
    if (b->source == source && b->number == number)
        return b->bytes;
    if (!b->bytes)
        b->bytes = mem_new(BLOCK);
    b->source = -1;
    if (r->read(r->self, source, number * BLOCK, b->bytes, BLOCK) < BLOCK)
        return NULL;
    b->source = source;
    b->number = number;
    return b->bytes;
}

size_t
reread_get(struct reread *r, int source, uint64_t offset, char *into, size_t want)
{
    size_t done = 0;
    while (done < want) {
        uint64_t at = offset + done;
        const char *bytes = find_block(r, source, at / BLOCK);
        if (!bytes) {
            size_t rest = r->read(r->self, source, at, into + done, want - done);
            return done + rest;
        }
        size_t within = (size_t)(at % BLOCK), part = BLOCK - within;
        part = part < want - done ? part : want - done;
        memcpy(into + done, bytes + within, part);
        done += part;
    }
    return done;
}
