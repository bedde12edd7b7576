// What is wrong with packs, as a list in the order it was found: a place and one sentence each. The readers
// of packs and the checks of `kb lint` add to it; the loader hands on the first, the command line prints all.
#ifndef IKEWALK_KNOWLEDGE_PROBLEM_H
#define IKEWALK_KNOWLEDGE_PROBLEM_H

#include "diag/arena.h"
#include "diag/err.h"
#include "diag/str.h"

#define PROBLEMS_KEPT 500 // further ones are only counted

struct problem {
    struct str file;     // name of the pack; empty when it is about none
    int line, column;    // from 1; 0: no place
    struct str sentence; // "unknown key \"mach\"; the nearest is match"
};

// {0} is an empty list. It owns copies of everything in it.
struct problems {
    struct arena arena;
    struct problem *at;
    size_t count, room;
    size_t more; // found but not kept
};

void problems_add(struct problems *p, struct str file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
// How many there are, kept or not.
size_t problems_total(const struct problems *p);
// The first one as an error, "FILE:LINE:COLUMN: cannot use the pack: SENTENCE"; false when there is one.
bool problems_none(const struct problems *p, struct err *e);
void problems_release(struct problems *p);

#endif
