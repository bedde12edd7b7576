// Lines that one daemon says twice: some systems log what it prints by two ways at once, mostly under two
// names, and only one of the copies tells connection and worker thread. The second copy is no second event.
// Inside of diag only; diag.c asks before it books a line. The caller owns the memory, zeroed is empty.
#ifndef IKEWALK_DIAG_TWICE_H
#define IKEWALK_DIAG_TWICE_H

#include "diag/msg.h"

enum { TWICE_LINES = 128 }; // how far apart the copies may be, in lines of the daemon
enum { TWICE_TEXTS = 64, TWICE_WAYS = 8, TWICE_TAG = 32 };
enum { TWICE_ONE_WAY = 4 * TWICE_LINES }; // after so many lines of one way no other is expected

// A text as one way of logging wrote it.
struct twice_text {
    uint64_t text;              // hash of what stands behind the names
    uint32_t names, tag;        // marks of them; names 0: it names nobody
    uint32_t pid, number, left; // of the process; of the line that said it last; how often it has no copy yet
    bool relay;                 // another program passed it on
};

// What was said lately, by the text.
struct twice {
    struct twice_text said[TWICE_TEXTS][TWICE_WAYS];
    uint32_t number; // of the line
    // How the line before was written, and how many in a row were so: most logs know one way only, and
    // nothing is remembered of them.
    uint64_t writer;
    char tag[TWICE_TAG];
    size_t tag_len;
    uint32_t pid, run;
    bool named;
};

// Goes the line the one way that the log has known for so long? Then it is no copy. All lines of a log come
// this way, hence inline.
static inline bool
twice_one_way(const struct twice *t, const struct line *line, const struct msg *msg)
{
    return t->run == TWICE_ONE_WAY && t->writer && t->writer == line->writer &&
           t->named == (msg->names.len > 0);
}

// Was this line of the dialect said before by another way of the same daemon? Remembers it when it was not.
bool twice_said(struct twice *t, const struct line *line, const struct msg *msg,
                const struct dialect *dialect);

#endif
