// One attempt to the nine checkpoints: what its lines say about each, in the order in which its exchange
// meets them. Inside of diag only; pure, allocates nothing.
#ifndef IKEWALK_DIAG_WALK_H
#define IKEWALK_DIAG_WALK_H

#include "diag/nego.h"

// An attempt is an IKE SA and at most one child of it; either may be missing in a log that begins in the
// middle.
struct attempt {
    const struct nego *ike, *child;
    const struct nego *config; // what was said of the connection outside any attempt, when it failed to load
    const struct nego *said;   // what the daemon said of itself; only for conditions and values
    uint64_t seen;             // the set of the events of all of them: a bit for each, and for some others
};
struct attempt attempt_of(const struct knowledge *k, const struct nego *ike, const struct nego *child,
                          const struct nego *config, const struct nego *said);

enum { STEP_PROOFS = 12 };

struct step_proof {
    const struct event_line *line;
    bool deciding;
};

struct walk_step {
    enum state state;
    enum basis basis;
    struct step_proof proof[STEP_PROOFS];
    int proofs;
};

struct walk {
    const struct order *order;
    bool order_seen;
    struct walk_step step[CP_COUNT];  // by enum checkpoint
    enum checkpoint stuck;            // first failed one, else first suspected one, else CP_NONE
    bool waiting;                     // nothing refused and nobody gave up: the answer is still awaited
    bool fresh;                       // waiting behind the first answer, and no line casts any doubt so far
    uint8_t stage;                    // of the line that was walked last
    bool up;                          // the child stands
    const struct event_line *against; // a line that denies what the child had just proved, or NULL
};

// quiet: the log goes on for a while behind this attempt's last line, so an awaited answer counts as missing.
void walk_attempt(const struct knowledge *k, const struct attempt *a, bool quiet, struct walk *w);
// Denies this refusal, within moments, what the established child proves? Usually a last message was lost,
// and each end believes something else; neither is chosen.
bool walk_denies(const struct nego *child, const struct event_line *line);
// The line that established it, NULL when it is not kept.
const struct event_line *walk_established(const struct nego *g);
// Lets a line stand beside the proofs of a checkpoint, in the order of the log; it decides nothing.
void walk_add_proof(struct walk *w, enum checkpoint c, const struct event_line *line);
// The line that fixed the state of a checkpoint, else the last one that speaks of it, or NULL.
const struct event_line *walk_deciding(const struct walk *w, enum checkpoint c);
// The word of a closed fact of an attempt, 0 when unknown. Stage is that of its last line.
int attempt_fact(const struct attempt *a, enum fact fact);
// Was an event or message seen in the attempt?
bool attempt_saw(const struct knowledge *k, const struct attempt *a, const struct when *when);

#endif
