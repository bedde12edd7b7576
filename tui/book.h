// The text of one opening by line number: its parts one after the other, and a sparse index of where lines
// begin, so that a log of a million lines costs little memory. The worker reads through it; lines are
// numbered as the core numbers them.
#ifndef IKEWALK_TUI_BOOK_H
#define IKEWALK_TUI_BOOK_H

#include "diag/err.h"
#include "remote/source.h"
#include "tui/desk.h"

struct book;

// Takes o. gives, book_free.
struct book *book_new(struct opening *o);
void book_free(struct book *b);
const char *book_title(const struct book *b);
const char *book_kind(const struct book *b);
// What is opened for it, of several the first; NULL: it is another one's state.
const char *book_origin(const struct book *b);
// The next block, borrowed until the next call. SOURCE_FAILED: this part is at its end, e says why; another
// call goes on with the next part. SOURCE_DONE: all is read.
enum source_step book_step(struct book *b, struct str *block, struct err *e);
int book_fd(const struct book *b);
// Bytes at an offset of the whole.
size_t book_read(struct book *b, uint64_t offset, char *into, size_t want);
void book_progress(const struct book *b, uint64_t *taken, uint64_t *total);
uint64_t book_lines(const struct book *b);

// Is it an active check?
bool book_asks(const struct book *b);
// What it is read from right now, or was last; NULL: a sample, a pasted text, or nothing yet.
struct source *book_source(const struct book *b);
// What else came with its source, at its end: a book of its own, NULL when there is no more. gives,
// book_free.
struct book *book_beside(struct book *b);

// What became of a book that was read to its end.
enum book_change {
    BOOK_SAME,
    BOOK_GROWN, // step on
    BOOK_LOST   // its text is not what it was: read the whole case anew
};
// Looks for lines that were added since, in the last part or in a file that took its place. Appends a
// sentence to told when something happened to the file.
enum book_change book_again(struct book *b, struct buf *told);
// Can anything be added to it?
bool book_can_grow(const struct book *b);

// Which part holds a line, and its number there; NULL when there is only one part.
const char *book_part(const struct book *b, uint64_t line, uint64_t *number);

// Walks over lines forward. {0} is not started.
struct book_walk {
    struct book *book;
    uint64_t number; // of the line in text
    struct str text; // at most EXCERPT_LINE bytes of it, borrowed until the next step
    uint64_t length; // its true length without the line end
    char *bytes; // a window of the text, and behind it the beginning of a line that is longer than the window
    uint64_t start; // of the window
    size_t have, at;
};
// Puts the walk in front of a line (from 1). book_walk_release ends it.
void book_walk_to(struct book_walk *w, struct book *b, uint64_t line);
bool book_walk_next(struct book_walk *w);
void book_walk_release(struct book_walk *w);

#endif
