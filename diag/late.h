// Which negotiation a line speaks of, for daemons that number an IKE SA when it has its keys: before that its
// number is 0 or left out, and many lines carry none at all (a dialect with `numbers: late`). nego.c asks.
#ifndef IKEWALK_DIAG_LATE_H
#define IKEWALK_DIAG_LATE_H

#include "diag/taking.h"

// The negotiation, made when there is none; NULL: the line is about no attempt.
struct nego *late_find(struct taking *t);
// Does the line say something that is worth a place? Steps of the protocol without a value are many.
bool late_tells(const struct taking *t);

#endif
