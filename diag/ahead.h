// Fetches what the next lines will touch: with many tunnels a line costs what it waits for memory, and
// several lines can wait at once. Only hints: whatever is guessed here is looked up again when the line's
// turn comes. Inside of diag only; diag.c reads a few lines, asks for them round by round, then hands them to
// negos_take.
#ifndef IKEWALK_DIAG_AHEAD_H
#define IKEWALK_DIAG_AHEAD_H

#include "diag/nego.h"
#include "diag/view.h"

struct ahead {
    uint64_t number; // key in the table of numbers, 0: the line names none
    const struct daemon *daemon;
    struct str conn, instance;
    struct tunnel *const *name; // place in the table of names
    const struct nego *nego;
    const struct tunnel *tunnel;
};

enum { AHEAD_ROUNDS = 4, AHEAD_TUNNELS = 400 };

// Few tunnels are near at all times.
static inline bool
ahead_pays(const struct negos *n)
{
    return n->tunnel_count >= AHEAD_TUNNELS;
}

// Notes what a line names. log is as for negos_take.
void ahead_note(struct ahead *a, const struct negos *n, int log, const struct line *line,
                const struct msg *msg);
// One step further on the way from the tables to what hangs at them; round counts from 0.
void ahead_fetch(struct ahead *a, const struct negos *n, int round);

// The same for whoever judges one tunnel after the other: those that come next are walked along, one
// negotiation a step, while the one whose turn it is is judged. {0} is empty; what it holds is borrowed and
// must stand until it is full of others or emptied.
struct nearing {
    struct {
        const struct tunnel *tunnel; // not looked into yet
        const struct nego *nego;
    } at[VIEW_SOON];
    unsigned last;
};
// The tunnel that comes VIEW_SOON turns from now, or NULL when there is none.
void nearing_next(struct nearing *n, const struct tunnel *tunnel);

#endif
