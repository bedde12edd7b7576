// Is only a part of the networks that were asked for, or are configured, in the child that stands? Inside of
// diag only.
#ifndef IKEWALK_DIAG_NARROW_H
#define IKEWALK_DIAG_NARROW_H

#include "diag/judge.h"

// The facts "narrowed" (here: this gateway took a part of what the peer asked for; peer: the peer took a part
// of what this gateway asks for or has configured) and "narrowed-from" (the network that is not there as a
// whole); "narrowed-ours" and "narrowed-theirs", what stands. Empty: not so, or another name.
struct str narrow_fact(struct facts *f, struct str name);

#endif
