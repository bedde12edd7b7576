// One line on its way into a negotiation: what its slots name, and what it changes there. Shared by nego.c,
// which finds the negotiation, adopt.c, which brings what came before it, taking.c, which writes into it,
// and child.c, which knows what belongs to a child. Inside of diag only.
#ifndef IKEWALK_DIAG_TAKING_H
#define IKEWALK_DIAG_TAKING_H

#include "diag/nego.h"

// What the slots of one message name, gathered once. There is one for all lines: clearing only what the line
// before named is a good part cheaper than a fresh one.
struct named {
    uint32_t filled; // bit set of the rows of slot and number that are not empty
    struct str slot[SLOT_NAMES];
    uint64_t number[SLOT_NAMES]; // of the slots that are numbers (struct slot), UINT64_MAX: none
};

// One line on its way into a negotiation.
struct taking {
    struct negos *n;
    const struct line *line;
    const struct msg *msg;
    const struct message *message; // NULL: not understood, see alarm.h
    const struct event *event;     // NULL: only informs
    struct daemon *daemon;
    struct named *named; // of negos
    struct nego *ike;    // what a line without a number speaks of, or NULL
    uint64_t before;     // the line that the negotiation had before this one
    int source;
};

// A number as it is shown; one beyond 32 bits is known by its key alone and is shown as none (R2: numbers
// never wrap).
static inline uint32_t
number_shown(uint64_t number)
{
    return number <= UINT32_MAX ? (uint32_t)number : 0;
}

// Is this the last line of a negotiation, or one that was said again there?
static inline bool
nego_is_last(const struct nego *g, const struct event_line *e)
{
    return e->line == g->last_line || (e->count > 1 && event_span(e, g->last) == e->span);
}

// taking.c
struct named *named_new(void);
void taking_gather(struct taking *t);
void taking_set_facts(struct nego *g, const struct taking *t);
// Appends the line, or counts it when one of the last few says the same. shared: see struct event_line.
void taking_append(const struct taking *t, struct nego *g, bool shared);
void nego_append(const struct knowledge *k, struct nego *g, const struct event_line *e, uint32_t text_hash);
// Was this message said of the negotiation before?
bool taking_saw(const struct taking *t, const struct nego *g);
void nego_touch(struct nego *g, const struct line *line);
// A negotiation is over. What stood and falls is remembered for the tunnel; IKEv2 children fall with their
// IKE SA (RFC 7296 section 1.4.1).
void nego_end(struct nego *g, enum ending ending, const struct line *line);
// In a log that begins behind it, what had nothing to wait for at its end stood. The state may be told last.
void nego_stood(struct nego *g, const struct line *line);
// A line that names nobody is near these many lines, or microseconds, behind what it may belong to.
enum { UNNAMED_NEAR = 2, UNNAMED_SOON = 100000 };
// Behind the last word of a negotiation, though the lines of a debug may stand between.
bool taking_right_behind(const struct line *line, const struct nego *before);
bool tunnel_right_behind(const struct line *line, const struct tunnel *before);
void tunnel_end(struct tunnel *tunnel, enum ending ending, const struct line *line);
void nego_establish(struct nego *g, enum opens what, const struct line *line);
// With whom it was begun, where that is not the usual peer of its tunnel.
void nego_set_peer(struct negos *n, struct nego *g, struct str usual, struct str peer);
void nego_move(struct negos *n, struct nego *g, struct tunnel *to);
// An IKE SA of which neither name nor peer was told is called by the peer that this line tells.
void taking_name(const struct taking *t, struct nego *g);
void tunnel_touch(struct tunnel *tunnel, const struct line *line);
// Says the line something about an attempt, so that one may begin with it? What only informs, such as an
// error number, belongs to an attempt that is there, or to the daemon itself. A message that goes out, the
// first or the one that authenticates, says nothing of its own, and excerpts begin with it.
bool taking_speaks(const struct taking *t);

// child.c
// A responder's child whose networks no connection has is no fault of the tunnel that stands beside it: like
// any peer for whom there is no connection it is named after the peer.
void child_set_apart(struct taking *t, struct nego *child);
// What is logged under the IKE SA's number though it concerns a child: to the one that is outstanding, to all
// of them when there are several, or to a child that the log does not name.
bool child_give(struct taking *t, struct nego *ike);
// A child that was asked for before its IKE SA was heard of belongs to the one of which its next line is
// said.
void child_come_home(struct taking *t, struct nego *child);
// In a log that begins behind its first lines a number is taken for that of an IKE SA, until a line names a
// state that only a child has.
void child_after_all(const struct taking *t, struct nego *g);
// A child stands under a number that was taken for an IKE SA's: it is a child after all, or, where the two
// are not numbered apart, the one child of this IKE SA.
struct nego *child_under(struct taking *t, struct nego *g);
// An IKEv2 SA that takes the place of another takes over its children (RFC 7296 section 2.8).
void child_inherit(const struct taking *t, struct nego *ike);
// The newest IKE SA of a tunnel that a child without a named parent can belong to.
struct nego *child_likely_parent(const struct tunnel *tunnel);
// A child whose first lines did not name its IKE SA is told it now.
void child_name_parent(struct taking *t, struct nego *child);
// An IKE SA that is heard of only when it answers for a child: that child is its own.
void child_adopt(const struct taking *t, struct nego *ike);
bool event_speaks_of(const struct event *e, unsigned checkpoints);
bool child_is_meant(const struct taking *t);
// A number that no other line told, in a line that only informs, right behind an attempt that came to
// nothing: of the child that was to come with it. Nothing is attempted by that.
bool child_is_lost(const struct taking *t);
struct nego *child_open(struct taking *t, struct tunnel *tunnel);

#endif
