// In which order sources are read: the members of a rotated set oldest first and one after the other, as one
// log, however a shell's glob or a person named them. check and the worker of the wizard ask before they open
// anything.
#ifndef IKEWALK_TUI_SEQUENCE_H
#define IKEWALK_TUI_SEQUENCE_H

#include "diag/diag.h"

struct turn {
    const char *name; // borrowed from the names given
    int follows;      // the turn whose log this one goes on with, -1: none
};

// Fills turns from at most DIAG_SOURCES names and gives how many there are: a source that is named twice is
// read once, for twice it would show each tunnel twice.
int sequence_of(const char *const *names, int count, struct turn *turns);
// Do two names lead to the same source?
bool sequence_is_same(const char *a, const char *b);

#endif
