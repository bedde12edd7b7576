// Logs whose newest line comes first, as web pages of firewalls and log servers show them. The first lines of
// a source are held until their stamps tell which way it runs; one that runs backwards is held whole and
// taken from its end. Inside of diag only; diag.c puts lines in and takes them out.
#ifndef IKEWALK_DIAG_TURN_H
#define IKEWALK_DIAG_TURN_H

#include "diag/msg.h"

enum {
    TURN_LINES = 200,     // that are held at most to find out,
    TURN_UNSTAMPED = 12,  // and of lines without any stamp, such as the heads of a table
    TURN_STEPS = 2,       // back that show a log to run backwards; fewer may be pieces put together
    TURN_STRAY = 8,       // steps back for each one forwards, at least
    TURN_KEEP = 32 << 20, // bytes of a log that are turned; a longer one is taken as it stands
};

struct turn_line {
    size_t text; // where its text begins
    struct line line;
};

// {0} is a source of which nothing was read.
struct turn {
    struct turn_line *line;
    size_t count, room, taken;
    char *text;
    size_t text_len, text_room;
    int64_t second, time;          // of the latest stamp
    uint64_t stamped, back, forth; // stamps, and steps of a second or more from one to the next
    int64_t trend; // steps onwards less those back within a second, of stamps with parts of one
    uint64_t last; // number of the last line of a log that was turned, else 0
    bool rows;     // of a table: each has its time behind it, and one step back shows that it is sorted so
    bool settled, too_long;
};

// Keeps a copy of the line, which comes next in the source. Not to be called when it is settled.
void turn_put(struct turn *t, const struct line *line);
// The source ended: it is settled, and what is held can be taken. Where too few stamps differ, the order in
// which the messages come tells.
void turn_end(struct turn *t, const struct knowledge *k, const struct msgs *m, int dialect);
// The next line that is held, in the order of time, once it is settled; false when there is none. Its number
// counts in that order; borrowed until turn_release.
bool turn_take(struct turn *t, struct line *line);
// The number in the source of a line that counts in the order of time.
static inline uint64_t
turn_number(uint64_t last, uint64_t number)
{
    return number <= last ? last + 1 - number : number;
}
void turn_release(struct turn *t);

#endif
