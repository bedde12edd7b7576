// What logs and captures tell about paths: diag.c hands over every message, those that the packs name as
// sightings become facts with their line. Inside of diag only.
#ifndef IKEWALK_DIAG_PATH_SEEN_H
#define IKEWALK_DIAG_PATH_SEEN_H

#include "diag/msg.h"
#include "diag/path.h"
#include "diag/quote.h"

enum { PATH_SEEN_MOST = 1024, PATH_ADDRESSES = 4 };

struct seen_fact {
    int fact;
    struct str text;
    uint64_t path; // number of the path in its source
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
void path_seen_take(struct path_seen *s, struct msgs *msgs, int source, const struct line *line,
                    const struct msg *msg);
// Sets the facts that were seen of the path to a peer (empty: of the first path); their lines are quoted into
// the arena.
void path_seen_give(const struct path_seen *s, struct str peer, const struct quotes *q, struct arena *arena,
                    struct path *p);

#endif
