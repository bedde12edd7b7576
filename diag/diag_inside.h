// The case as the two halves of the door share it: diag.c takes what is fed, diag_view.c makes views of it.
// Nobody else includes it.
#ifndef IKEWALK_DIAG_DIAG_INSIDE_H
#define IKEWALK_DIAG_DIAG_INSIDE_H

#include "diag/ahead.h"
#include "diag/envelope.h"
#include "diag/outline.h"
#include "diag/pair.h"
#include "diag/path_seen.h"
#include "diag/recall.h"
#include "diag/records.h"
#include "diag/relays.h"
#include "diag/turn.h"
#include "diag/twice.h"

enum { SAMPLES = 3, WAITING = 8 };

// A line that was read and waits until those before it are booked.
struct waiting {
    struct line line; // its number counts through the rotated set
    struct msg msg;
    struct ahead ahead;
};

struct source_case {
    struct lines *lines;
    struct str name, kind, problem;
    enum path_origin origin; // of what it shows of the path
    int log;                 // first source of its rotated set, itself when it stands alone
    int follows;             // the member before it, -1: none
    bool begun;
    bool told;   // to be a gateway's state, not a log,
    bool state;  // or found to hold some,
    int wonders; // lines that were looked at to find that out
    bool shown;  // a command was typed, and no line of a log came since: its output may be state
    struct outline outline;
    struct turn turn;
    struct relays relays;
    struct twice *twice; // of a log whose lines have names of daemons, else NULL
    int last_dialect, state_dialect;
    bool complete, year_known;
    uint64_t *spoken; // lines by dialect
    bool of_ike;      // some line that was read is IKE's or a gateway's for certain, see is_of_ike
    uint64_t recognised, not_understood, other, before, last_line;
    int64_t first, last;
    int64_t spoke_first, spoke_last; // of lines of IKE daemons
    struct event_line samples[SAMPLES];
    size_t sample_count;
};

struct diag {
    const struct knowledge *knowledge;
    struct diag_host host;
    struct msgs *msgs;
    struct recall *recall;
    struct envelope_front quoted_front; // of the line that was quoted last
    struct negos negos;
    struct path_seen seen;
    struct arena arena; // names of sources
    struct waiting waiting[WAITING];
    size_t waiting_count; // all of one source, and borrowed from the block that is fed
    struct source_case source[DIAG_SOURCES];
    int source_count;
    uint64_t lines_before[DIAG_SOURCES];
    uint64_t turned[DIAG_SOURCES]; // last line of a source that runs backwards, else 0
    bool spells[DIAG_SOURCES];     // values stand on lines of their own there (block.h)
    int64_t since, since_any_year; // the second with its year made 2000, as struct line counts without one
    bool no_traffic, uncounted;
    int dialect; // of all lines, -1: as each line shows
    struct records records;
    uint8_t end[DIAG_SOURCES];
    bool both_ends, paired; // paired: pairs is of all that was fed
    struct pairs pairs;     // of the two ends, made when they are asked for
    struct arena pair_arena;
    struct clock_view clock; // as the person states it
    struct nearing nearing;  // tunnels that will be asked for
};

// Somebody looks before a log that is followed goes on: the lines that are held because nobody knows yet
// which way it runs are taken. Of one that seems to run backwards its end is awaited.
void diag_take_held(struct diag *d);

#endif
