// What is open: the books that are read and the case that the core makes of them. The worker owns one at a
// time and steps it.
#ifndef IKEWALK_TUI_CASEFILE_H
#define IKEWALK_TUI_CASEFILE_H

#include "tui/book.h"

struct casefile;

// Takes o, borrows knowledge. gives, casefile_close.
struct casefile *casefile_open(struct opening *o, const struct knowledge *knowledge);
void casefile_close(struct casefile *f);
// Reads one block, or goes on behind what cannot be read; false when nothing can be read right now
// (casefile_fd) or any more.
bool casefile_step(struct casefile *f);
bool casefile_is_reading(const struct casefile *f);
// The gateway that is read, else one that was; NULL: there is none. Borrowed.
struct source *casefile_gateway(const struct casefile *f);
// How far all gateways are, without the question of one; NULL: there is none. gives, free. The stamp changes
// with it.
struct pull *casefile_pull(const struct casefile *f);
unsigned casefile_stamp(const struct casefile *f);
int casefile_fd(const struct casefile *f);
// The view of the newest lines while a big log is read for the first time (ids of tunnels are other ones
// behind that). Else the view when something was read since the last one, else NULL; gives, view_free.
struct view *casefile_view(struct casefile *f);
// Adds an active check of this address, which is then read as one more source; false when there are too many.
bool casefile_probe(struct casefile *f, const char *address);
// Ends the active check that is being asked, or waits for its turn: what came stays. False: there is none.
bool casefile_probe_stop(struct casefile *f);
void casefile_progress(const struct casefile *f, struct progress *p);
// See diag_clock; the next view is of it.
void casefile_clock(struct casefile *f, bool known, int64_t offset);
// Looks for lines that were added to what was read to its end; see book_again. BOOK_GROWN: step on.
// BOOK_LOST: read it anew.
enum book_change casefile_again(struct casefile *f, struct buf *told);
// The same opening, read from its beginning; frees f. gives, casefile_close.
struct casefile *casefile_anew(struct casefile *f);
// How it was opened, borrowed.
const struct opening *casefile_origin(const struct casefile *f);
struct diag *casefile_diag(struct casefile *f);
// The book of a source, NULL when there is none.
struct book *casefile_book(const struct casefile *f, int source);

#endif
