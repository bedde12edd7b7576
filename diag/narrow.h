// Is only a part of the networks that were asked for, or are configured, in the child that stands? Inside of
// diag only.
#ifndef IKEWALK_DIAG_NARROW_H
#define IKEWALK_DIAG_NARROW_H

#include "diag/judge.h"

// The facts "narrowed" (here: this gateway took a part of what the peer asked for; peer: the peer took a part
// of what this gateway asks for or has configured) and "narrowed-from" (the network that is not there as a
// whole); "narrowed-ours" and "narrowed-theirs", what stands. Empty: not so, or another name.
struct str narrow_fact(struct facts *f, struct str name);

// Where a tunnel stands and both ends say which networks they have in it: "part" where one end has only a
// part of what the other has, "apart" where they have nothing in common on one side; else empty.
struct two;
struct str narrow_apart(const struct two *t);

#endif
