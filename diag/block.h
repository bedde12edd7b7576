// Values that a daemon spells out over several lines, as proposals in a debug are: a line that opens the
// block, then one line for each part. quote.c asks when it meets the opening line; nothing of a block is kept
// before.
#ifndef IKEWALK_DIAG_BLOCK_H
#define IKEWALK_DIAG_BLOCK_H

#include "diag/quote.h"

// Does the line hold values of a block? Where no line does there is no need to look for any.
bool block_has_value(const struct knowledge *k, const struct msg *msg);
// Reads the lines behind the kept line e, whose slots are `opener`, up to the first that is no part, and
// appends one value for each row of parts. Returns the list's new end. Borrows all, gives into the arena.
struct said **block_values(const struct quotes *q, const struct event_line *e, const struct slots *opener,
                           struct arena *arena, struct said **end);

#endif
