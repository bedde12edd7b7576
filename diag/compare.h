// The table "Compared": attribute by attribute what each end has, from both logs, so that the next failures
// are seen as well as the first. view.c asks for it when both ends speak of one attempt. Inside of diag only.
#ifndef IKEWALK_DIAG_COMPARE_H
#define IKEWALK_DIAG_COMPARE_H

#include "diag/merge.h"

// In the arena of the facts.
const struct compared *compare_ends(struct two *t, size_t *count);
// Do two proposals, as daemons write them, have in common what a negotiation needs? By the kinds of their
// algorithms: 1 yes, -1 some kind has nothing in common, 0 when one of them names nothing that is known.
int compare_proposals(const struct knowledge *k, struct str a, struct str b);

#endif
