// What was read lately: a log says the same things again and again, of one tunnel and of many, and looking up
// what was said before costs a tenth of reading it. Inside of diag only; msg.c asks it.
#ifndef IKEWALK_DIAG_RECALL_H
#define IKEWALK_DIAG_RECALL_H

#include "diag/msg.h"

// What stands behind the names at the front of a line.
struct saying {
    struct str text;
    uint64_t hash;
    size_t slots; // how many the names filled
};

struct recall *recall_new(void); // gives, recall_free
void recall_free(struct recall *r);
// Was the text read in msg->dialect lately? Then all that it says is filled in: body, template (-1: no
// message fits), message, fit and meaning; its slots are added.
bool recall_find(const struct recall *r, const struct saying *said, struct msg *msg);
// Keeps what was read; what would take too much room is left out.
void recall_keep(struct recall *r, const struct saying *said, const struct msg *msg);

#endif
