// Which tunnel of one end is which tunnel of the other, and how the two clocks differ. diag.c
// asks for it when both ends are at hand; inside of diag only.
//
// Evidence, strongest first: numbers that only the two ends of one SA share, addresses that mirror each other
// (NAT may change those of one direction), and lines that answer each other within the second. Without any of
// them nothing is paired: that two logs were named together proves nothing.
#ifndef IKEWALK_DIAG_PAIR_H
#define IKEWALK_DIAG_PAIR_H

#include "diag/judge.h"
#include "diag/quote.h"

enum { PAIR_ADDRESSES = 32 };

// What is known of one end as a whole.
struct end_about {
    struct str address[PAIR_ADDRESSES]; // its own
    size_t addresses;
    int64_t first, last; // between these its daemons speak; LINE_NO_TIME: no stamps
    bool year_known;
};

// The same day and time in the year that stamps without one count from.
int64_t pair_any_year(int64_t time);

struct pairs {
    int *partner;       // by place in negos.tunnels, -1: none
    enum paired_by *by; // by place in negos.tunnels
    struct clock_view clock;
    bool any_year; // one of the logs has no years: days of the year are compared
    struct end_about about[2];
    const uint8_t *end; // by source
};

struct pairing {
    const struct negos *negos;
    const uint8_t *end; // by source
    struct quotes *quotes;
};

// Fills p (about is filled before; clock too when a person stated it), from the arena.
void pair_tunnels(const struct pairing *in, struct pairs *p, struct arena *arena);

// Is it one of this end's own addresses? 1 yes, -1 no, 0 when either is not known.
int end_has(const struct end_about *e, struct str address);

// An address that a daemon calls its own tells its gateway from others; it is copied to the arena.
void end_note(struct end_about *e, struct str address, struct arena *arena);
// Nothing of its times is known yet; and one source of it that speaks between these.
void end_begin(struct end_about *e);
void end_cover(struct end_about *e, int64_t first, int64_t last, bool year_known);
// The same pairs as the other end sees them.
struct pairs pair_turned(const struct pairs *p);
// Is the tunnel shown? One of end A stands for both; one of the other end only when A shows nothing of it and
// is meant.
bool pair_stands(const struct pairs *p, const struct negos *negos, size_t place);

// When a negotiation stood, by its own line; LINE_NO_TIME: it did not, or the line has no stamp.
int64_t pair_established_at(const struct nego *g);
// A moment of an end in the clock of end A.
int64_t pair_moment(const struct pairs *p, int end, int64_t time);
// Do these stretches of the two ends meet, within what is known of the clocks?
bool pair_meets(const struct pairs *p, int64_t first_a, int64_t last_a, int64_t first_b, int64_t last_b);

// pair_clock.c: the moments at which the lines of a tunnel stand, in order; at is to be freed.
struct moments {
    int64_t *at;
    size_t count;
};
struct moments pair_moments(const struct pairs *p, const struct tunnel *t);
// How well the lines of two tunnels answer each other when the clock of b is taken back by offset: the number
// of times that one side speaks within a second behind the other. *share: the smaller share of lines with a
// neighbour, in percent.
unsigned pair_answers(const struct moments *a, const struct moments *b, int64_t offset, unsigned *share);
// Estimates the clock from tunnels whose pairing does not rest on it. How many pairs of lines it rests on
// stands in clock.pairs.
void pair_clock(struct pairs *p, const struct negos *negos, const uint8_t *end);

#endif
