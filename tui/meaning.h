// What one line of a book means on its own; the worker makes it for the log view, which tells it.
#ifndef IKEWALK_TUI_MEANING_H
#define IKEWALK_TUI_MEANING_H

#include "tui/book.h"

// Gives, meaning_free. reader reads the line, knowledge is what it was made with.
struct meaning *meaning_make(struct diag *reader, const struct knowledge *knowledge, struct book *b,
                             int source, uint64_t line);

// Appends "This line: The peer refuses.", and which entry of the knowledge base says so.
void meaning_tell(const struct meaning *m, struct buf *out);
// Appends the whole line, what it means and the values it holds.
void meaning_tell_all(const struct meaning *m, struct buf *out);

#endif
