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
// Does msg->body begin with names that a line before in msg->dialect began with, or but for the number they
// end with? Then they are cut off and their slots are added. by_first: which prefix stages a byte can begin,
// see msg.c.
bool recall_names(struct recall *r, const uint32_t *by_first, struct msg *msg);
// Keeps the names that were cut off the front of a text, which no other text can read otherwise; left are the
// stages that might have followed.
void recall_keep_names(struct recall *r, struct str text, uint32_t left, const struct msg *msg);
// Was the text read in msg->dialect lately? Then all that it says is filled in: body, template (-1: no
// message fits), message, fit and meaning; its slots are added.
bool recall_find(const struct recall *r, const struct saying *said, struct msg *msg);
// Which of the tags in msg.c is the first of the one who wrote a line (struct line)? False: it is not kept.
bool recall_tag(const struct recall *r, uint64_t writer, size_t *tag);
void recall_keep_tag(struct recall *r, uint64_t writer, size_t tag);
// Keeps what was read; what would take too much room is left out.
void recall_keep(struct recall *r, const struct saying *said, const struct msg *msg);

#endif
