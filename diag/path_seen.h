// What logs and captures tell about paths: diag.c hands over every message, those that the packs name as
// sightings become facts with their line. Inside of diag only.
#ifndef IKEWALK_DIAG_PATH_SEEN_H
#define IKEWALK_DIAG_PATH_SEEN_H

#include "diag/msg.h"
#include "diag/path.h"
#include "diag/quote.h"

enum { PATH_SEEN_MOST = 1024, PATH_TIMES_MOST = 2048, PATH_ADDRESSES = 5 };

struct seen_fact {
    int fact;
    struct str text;
    uint64_t path; // number of the path in its source
    uint8_t end;   // whose source it is
    enum path_origin origin;
    struct str address[PATH_ADDRESSES];
    struct event_line line;
};

// When an IKE message was captured.
struct seen_time {
    int64_t time;
    uint64_t path;
    uint8_t source;
};

struct path_seen {
    const struct knowledge *knowledge;
    bool *sights; // by message
    struct arena arena;
    struct seen_fact *at;
    size_t count, left_out;
    int ike; // the message of a capture that shows one of IKE; -1: the packs have none
    struct seen_time *times;
    int64_t *asked; // room for the times of one path
    size_t time_count;
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
// When IKE messages of this path were captured; borrowed until the next call.
size_t path_seen_times(const struct path_seen *s, struct seen_ask ask, const int64_t **times);
// Sets the facts that were seen; their lines are quoted into the arena, with q NULL they are not.
void path_seen_give(const struct path_seen *s, struct seen_ask ask, const struct quotes *q,
                    struct arena *arena, struct path *p);

#endif
