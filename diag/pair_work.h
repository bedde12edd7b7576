// Tunnels of two ends while they are being paired: pair.c weighs each pair of a few, pair_many.c finds those
// worth weighing among many. Only these two include it.
#ifndef IKEWALK_DIAG_PAIR_WORK_H
#define IKEWALK_DIAG_PAIR_WORK_H

#include "diag/pair.h"

enum { NUMBERS = 32, WEIGHT_NUMBERS = 100000, WEIGHT_ADDRESS = 10000 };

// The numbers of the SAs of one tunnel, as seen from its own end.
struct numbers {
    uint64_t in[NUMBERS], out[NUMBERS];
    size_t pairs;
    uint64_t ike[NUMBERS]; // of IKE SAs, folded, and Message IDs of quick modes
    size_t ikes;
};

// What is asked of a tunnel again and again.
struct asked {
    int met;                 // is its peer an address of the other end? see end_has
    struct numbers *numbers; // NULL: not read yet
    struct moments moments;  // at NULL: not gathered yet
};

struct candidate {
    size_t a, b; // places in negos.tunnels
    enum paired_by by;
    unsigned weight;
};

struct work {
    const struct pairing *in;
    struct pairs *p;
    struct asked *asked;         // by place
    struct arena scratch, lines; // lines: of one tunnel
    struct candidate *candidates;
    size_t count, room;
};

// The numbers of a tunnel's SAs, read once.
const struct numbers *pair_numbers(struct work *w, size_t place);
// Do they name the two sides of one SA?
bool pair_numbers_meet(struct work *w, size_t a, size_t b);
// The moments of a tunnel, gathered once.
const struct moments *pair_moments_of(struct work *w, size_t place);
// How well the lines of two tunnels answer each other, see pair_answers; *near: as those of one tunnel do.
unsigned pair_weigh_answers(struct work *w, size_t a, size_t b, bool *near);
// Can they be the two sides of one?
bool pair_can_meet(const struct work *w, size_t a, size_t b);
// Was anything of it ever established?
bool pair_stood(const struct work *w, size_t place);
bool pair_same_name(const struct work *w, size_t a, size_t b);
void pair_add(struct work *w, size_t a, size_t b, enum paired_by by, unsigned weight);
// Pairs the candidates, the best first, and forgets them; each tunnel has one partner.
void pair_choose(struct work *w);
void pair_make(struct work *w, size_t a, size_t b, enum paired_by by);

// Places of the tunnels of an end that can be paired, ended by SIZE_MAX.
void pair_many(struct work *w, const size_t *a, const size_t *b);

#endif
