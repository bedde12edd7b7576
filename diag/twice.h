// Lines that one daemon says twice: some systems log what it prints by two ways at once, mostly under two
// names, and only one of the copies tells connection and worker thread. The second copy is no second event.
// Inside of diag only; diag.c asks before it books a line. The caller owns the memory, zeroed is empty.
#ifndef IKEWALK_DIAG_TWICE_H
#define IKEWALK_DIAG_TWICE_H

#include "diag/msg.h"

enum { TWICE_LINES = 128 }; // how far apart the copies may be, in lines of the daemon

// One line that was said: its text with and without the daemon's own prefix, as marks that are equal where
// the texts are.
struct twice_line {
    uint64_t whole, bare;
    uint32_t pid, tag;
};

// The latest lines of one source, a ring.
struct twice {
    struct twice_line line[TWICE_LINES];
    uint32_t next;
    uint32_t way, run; // how the line before was written, and how many in a row were so
};

// Was this line said before under another name of the same daemon? Remembers it when it was not.
bool twice_said(struct twice *t, const struct line *line, const struct msg *msg);

#endif
