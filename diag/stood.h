// Facts of a tunnel that came up and is gone: for how long it stood, what it was for, and by whose word it
// went. finding.c asks; the list of facts stands in the pack guide. Inside of diag only.
#ifndef IKEWALK_DIAG_STOOD_H
#define IKEWALK_DIAG_STOOD_H

#include "diag/judge.h"

// The fact of this name; empty when it is none of these or not known.
struct str stood_fact(struct facts *f, struct str name);

#endif
