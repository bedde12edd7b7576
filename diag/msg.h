// Lines to messages: which dialect speaks, which message it is, what its slots hold.
// diag/diag.c asks it for every line; explain and the log view ask it for one.
//
// The templates of a dialect are found through a radix tree over the literal text they begin with, so a line
// is compared with two or three templates and not with all of them (performance-notes: looking at few bytes
// is what makes it fast).
#ifndef IKEWALK_DIAG_MSG_H
#define IKEWALK_DIAG_MSG_H

#include "diag/line.h"
#include "diag/rules.h"

struct msgs;

enum msg_found {
    MSG_OTHER,  // no dialect claims the line
    MSG_UNREAD, // a dialect's daemon wrote it, and no message fits
    MSG_READ
};

// What the words in its slots mean, see meaning.h.
struct meaning {
    const struct word_meaning *state, *exchange; // NULL: none
    int notify;                                  // index into knowledge.notifies, -1: none
    int errno_value;                             // -1: none
    bool values; // it holds values for a report: where they differ, two lines say different things
};

struct msg {
    enum msg_found found;
    int dialect;                   // -1 with MSG_OTHER
    int template;                  // index into that dialect's templates, -1 unless MSG_READ
    const struct message *message; // NULL unless MSG_READ
    enum tmpl_fit fit;
    struct str body;    // what is left behind the dialect's prefixes; borrows the line
    struct str names;   // the prefixes that say of whom the line speaks
    uint64_t hash;      // of what stands behind the names
    struct slots slots; // of prefixes and template
    struct meaning meaning;
};

// Borrows knowledge; gives, msgs_free.
struct msgs *msgs_new(const struct knowledge *knowledge);
void msgs_free(struct msgs *m);
// Has a dialect a daemon or a relay of this tag? See lines_care.
bool msgs_care(const void *msgs, struct str tag);
// Reads a line. dialect restricts it (-1: by content; then *last is the dialect tried first for lines without
// a daemon tag, and is updated).
void msg_read(const struct msgs *m, const struct line *line, int dialect, int *last, struct msg *msg);
// The same without the slots that only a report wants, with the help of what was skimmed before.
struct recall;
void msg_skim(const struct msgs *m, struct recall *recall, const struct line *line, int dialect, int *last,
              struct msg *msg);
// Reads a line of a gateway's state with the dialects that are of state; *last is the one tried first. flat
// is the line as those of configuration files read it (outline.h).
void msg_read_state(const struct msgs *m, const struct line *line, struct str flat, int *last,
                    struct msg *msg);
// Reads with one known template, for quoting a line again. False when it does not fit (the source changed
// under us).
bool msg_again(const struct msgs *m, const struct line *line, int dialect, int template, struct msg *msg);

#endif
