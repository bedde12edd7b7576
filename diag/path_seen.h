// What logs and captures tell about paths: diag.c hands over every message, those that the packs name as
// sightings become facts with their line. Inside of diag only.
#ifndef IKEWALK_DIAG_PATH_SEEN_H
#define IKEWALK_DIAG_PATH_SEEN_H

#include "diag/msg.h"
#include "diag/path.h"
#include "diag/quote.h"

enum { PATH_SEEN_MOST = 1024, PATH_ADDRESSES = 5 };

struct seen_fact {
    int fact;
    struct str text;
    uint64_t path; // number of the path in its source
    uint8_t end;   // whose source it is
    enum path_origin origin;
    struct str address[PATH_ADDRESSES];
    struct event_line line;
};

struct path_seen {
    const struct knowledge *knowledge;
    bool *sights; // by message
    struct arena arena;
    struct seen_fact *at;
    size_t count, left_out;
};

void path_seen_init(struct path_seen *s, const struct knowledge *k);
void path_seen_release(struct path_seen *s);
// msg may have been skimmed: a line that matters is read once more, with all its slots.
void path_seen_take(struct path_seen *s, struct msgs *msgs, int end, int source, enum path_origin origin,
                    const struct line *line, const struct msg *msg);
// The same of a line of a gateway's state, which has been read whole and speaks of all its paths.
void path_seen_take_state(struct path_seen *s, int end, int source, const struct line *line,
                          const struct msg *msg);

// Sets one fact that a line shows; the line is quoted into the arena, with q NULL it is not.
void path_measured(struct path *p, int fact, struct str text, enum path_origin origin,
                   const struct event_line *line, const struct quotes *q, struct arena *arena);

// Whose facts are wanted.
struct seen_ask {
    struct str peer; // of the path to it; empty: of the first path
    int end;         // only what this end's sources show, -1: of both
    bool only;       // of the path only when no other one fits
};
// Sets the facts that were seen; their lines are quoted into the arena, with q NULL they are not.
void path_seen_give(const struct path_seen *s, struct seen_ask ask, const struct quotes *q,
                    struct arena *arena, struct path *p);

#endif
