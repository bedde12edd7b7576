// What was said of a peer before its connection was named, and becomes part of what is named. nego.c asks
// when an IKE SA begins. Inside of diag only.
#ifndef IKEWALK_DIAG_ADOPT_H
#define IKEWALK_DIAG_ADOPT_H

#include "diag/taking.h"

// The lines of a peer for whom no connection was named yet become the first lines of the answer that names
// one. What is about another peer lets them wait. The daemon must have such a peer.
void adopt_pending(struct taking *t, struct nego *g);
// A peer that found no connection and at once asks in another way is answered under a name: what was refused
// is the attempt before the one that begins in this tunnel.
void adopt_refused(struct taking *t, struct tunnel *tunnel);
// The first message of an IKE SA that was just begun goes out while its thread still works for the one whose
// place it takes, g, and carries its name: whose it is, NULL if it is g's own.
struct nego *adopt_begun(const struct taking *t, const struct nego *g);
// Releases that give the first child its number with the request for authentication write all lines from
// there on under that number: the attempt that goes on there, or NULL. number_lend gives it that number too,
// until the child stands (child_under).
struct nego *adopt_continued(const struct taking *t, const struct tunnel *tunnel);
// What this peer answers, in a line that names no connection: the one attempt that asked just now and waits,
// of a connection with this peer, or else of one whose peer was not told. NULL: none, or it may be any of
// several.
struct nego *adopt_answered(const struct taking *t);
// Where the other end's log is read as well, a child that was set apart (child_set_apart) and an IKE SA that
// was never named are the newest of a tunnel of this peer after all: that end calls them so.
void adopt_set_apart(struct negos *n);

#endif
