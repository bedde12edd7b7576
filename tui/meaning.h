// What one line of a book means on its own; the worker makes it for the log view.
#ifndef IKEWALK_TUI_MEANING_H
#define IKEWALK_TUI_MEANING_H

#include "tui/book.h"

// Gives, meaning_free. reader reads the line, knowledge is what it was made with.
struct meaning *meaning_make(struct diag *reader, const struct knowledge *knowledge, struct book *b,
                             int source, uint64_t line);

#endif
