// Quoting: a kept line is read again from its source, and its slots are taken out once more. Inside of diag
// only.
#ifndef IKEWALK_DIAG_QUOTE_H
#define IKEWALK_DIAG_QUOTE_H

#include "diag/diag.h"
#include "diag/nego.h"

struct envelope_front;
struct path_seen;
struct records;

enum {
    QUOTE_LENGTH = 4096,
    QUOTE_FIRST = 384,
    QUOTE_MEMO = 64
}; // QUOTE_LENGTH: bytes of a line that are quoted

// One value that a line of the log said.
struct said {
    struct said *next; // of the same line
    struct str key, text;
    const struct event_line *line;
    bool shown; // in reports; the others only name a place or a number
};
// Does a value under a slot of this kind stand in reports?
bool said_shown(enum slot_name slot);

// A line that was read again a moment ago: one view asks for the same ones several times.
struct quoted {
    const struct event_line *line;
    struct str text;
    bool parsed; // what follows is filled
    size_t body;
    struct said *values;
};

struct quotes {
    const struct knowledge *knowledge;
    const struct msgs *msgs;
    const struct diag_host *host;
    struct quoted *memo;           // QUOTE_MEMO of them, for as long as one arena is filled; NULL: none
    struct envelope_front *front;  // of the line that was parsed last
    const uint64_t *lines_before;  // by source: lines of the members of its rotated set that come before it
    const uint64_t *turned;        // by source: see turn_number
    const bool *spells;            // by source: holds rows of blocks (block.h)
    bool uncounted;                // lines have no numbers
    const struct records *records; // hold what lines of configurations say, for these need the lines before
    const struct path_seen *seen;  // what captures and the gateways' state say of paths
};

// The line's number in its source.
uint64_t quote_line(const struct quotes *q, const struct event_line *e);
// The line's text as logged, in the arena; empty when the source does not give it any more.
struct str quote_text(const struct quotes *q, const struct event_line *e, struct arena *arena);
// All values of the line, in its order.
const struct said *quote_values(const struct quotes *q, const struct event_line *e, struct arena *arena);
// Where the message begins in the line's text.
size_t quote_body(const struct quotes *q, const struct event_line *e, struct arena *arena);

#endif
