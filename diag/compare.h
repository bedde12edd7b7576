// The table "Compared": attribute by attribute what each end has, from both logs and both configurations, so
// that the next failures are seen as well as the first. Inside of diag only.
#ifndef IKEWALK_DIAG_COMPARE_H
#define IKEWALK_DIAG_COMPARE_H

#include "diag/merge.h"
#include "diag/records.h"

// Two ends that speak of one attempt, with what is configured at each where it is known; in the arena of the
// facts. view.c asks for it.
const struct compared *compare_ends(struct two *t, size_t *count);
// The only kind of algorithm in which what this end takes for the data and what the peer offered have nothing
// in common: cipher, integrity, hash, prf, group. Empty: none, several, or not one proposal on each side.
// finding.c asks for it.
struct str compare_differs_in(struct facts *f);
// Two configurations alone, whole ones (records_whole); in the arena. predict.c asks for it.
const struct compared *compare_configured(struct quotes *quotes, const struct record *a,
                                          const struct record *b, struct arena *arena, size_t *count);

#endif
