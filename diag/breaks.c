#include "diag/breaks.h"

#include "diag/lanes.h"

enum { STEP = 4 * LANES };

void
breaks_begin(struct breaks *b, const char *at, const char *end)
{
    b->window = b->rest = at;
    b->end = end;
    b->next = b->count = 0;
}

static inline uint64_t
newlines(const char *at)
{
    return lanes_equal(at, '\n') | (uint64_t)lanes_equal(at + LANES, '\n') << LANES |
           (uint64_t)lanes_equal(at + 2 * LANES, '\n') << 2 * LANES |
           (uint64_t)lanes_equal(at + 3 * LANES, '\n') << 3 * LANES;
}

// A step holds mostly none or one, which is written without asking, and only counted when it is there.
static unsigned
search(const char *at, size_t length, uint16_t *found)
{
    unsigned count = 0;
    size_t i = 0;
    for (; i + STEP <= length; i += STEP) {
        uint64_t mask = newlines(at + i);
        found[count] = (uint16_t)(i + (size_t)__builtin_ctzll(mask | UINT64_C(1) << 63));
        count += mask != 0;
        mask &= mask - 1;
        for (; mask; mask &= mask - 1)
            found[count++] = (uint16_t)(i + (size_t)__builtin_ctzll(mask));
    }
    for (; i < length; i++)
        if (at[i] == '\n')
            found[count++] = (uint16_t)i;
    return count;
}

bool
breaks_search(struct breaks *b)
{
    b->next = b->count = 0;
    while (b->count == 0 && b->rest < b->end) {
        size_t left = (size_t)(b->end - b->rest), length = left < BREAKS_WINDOW ? left : BREAKS_WINDOW;
        b->window = b->rest;
        b->rest += length;
        b->count = search(b->window, length, b->at);
    }
    return b->count > 0;
}
