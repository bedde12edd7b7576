// What copying makes of a log's lines: a page runs them together into one, or a list of fields has a row for
// each field of an event. Learned once, by the start of a log; rows mends it.
#ifndef IKEWALK_REMOTE_COPIED_H
#define IKEWALK_REMOTE_COPIED_H

#include "diag/str.h"

#include <stdbool.h>

enum { COPIED_WORD = 16, COPIED_TIME = 40 };

// {0}: no lines were run together.
struct copied_flat {
    char time[COPIED_TIME]; // each line begins with a time like this one,
    char word[COPIED_WORD]; // or with this word and a colon, bracket or number behind it
};

// Is the first line made of several ones?
bool copied_flat_learn(struct copied_flat *f, struct str start);
// The place of the next line inside of this one, behind its first byte; its length: there is none.
size_t copied_flat_next(const struct copied_flat *f, struct str line);

// Has every row one field of an event, "name=value" or "name="a value"", and do they make events?
bool copied_is_fields(struct str start);
// Begins a new event with this row? first: the name of the event's first field, which it names anew.
bool copied_opens_event(struct str row, char first[COPIED_WORD]);

#endif
