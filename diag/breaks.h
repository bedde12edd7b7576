// Where the lines of a block end. A window of the block is searched in one go: lines are of all lengths, and
// a search for each end would mostly stop where the processor does not expect it. Inside of diag only; line.c
// asks for one end after the other.
#ifndef IKEWALK_DIAG_BREAKS_H
#define IKEWALK_DIAG_BREAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BREAKS_WINDOW = 4096 };

struct breaks {
    const char *window, *rest, *end; // what lies behind the window begins at rest; end of the block
    unsigned next, count;            // of at
    uint16_t at[BREAKS_WINDOW + 1];  // within the window; one more is written than is found
};

// Borrows the block.
void breaks_begin(struct breaks *b, const char *at, const char *end);
// Searches on, up to a window that has one; false at the end of the block.
bool breaks_search(struct breaks *b);

// The next line end of the block, or NULL.
static inline const char *
breaks_next(struct breaks *b)
{
    return b->next < b->count || breaks_search(b) ? b->window + b->at[b->next++] : NULL;
}

#endif
