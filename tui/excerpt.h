// Pieces of a log for the log view: around a line, all lines or only those near some lines or with some text;
// and the search for a text. The worker makes them.
#ifndef IKEWALK_TUI_EXCERPT_H
#define IKEWALK_TUI_EXCERPT_H

#include "tui/book.h"

// How many lines around one that is near.
#define EXCERPT_NEAR 4

// Gives the excerpt; NULL when interrupted said true, which it is asked now and then while many lines are
// looked at. reader reads what single lines mean.
struct excerpt *excerpt_make(struct book *b, const struct excerpt_ask *ask, struct diag *reader,
                             const struct knowledge *knowledge, bool (*interrupted)(void *self), void *self);
// Where a text stands in a line, or its length; a text without capitals is found in any case of letters.
size_t excerpt_find(struct str line, struct str text);

#endif
