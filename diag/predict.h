// What two configurations alone let expect: connections of end A beside those of end B that mirror them,
// attribute by attribute, and the first checkpoint at which they cannot agree. Nothing was negotiated, so it
// is a prediction and is called that wherever it is shown. Inside of diag only: diag.c asks for it when
// configurations of both ends are at hand.
#ifndef IKEWALK_DIAG_PREDICT_H
#define IKEWALK_DIAG_PREDICT_H

#include "diag/records.h"

enum { PREDICTED_MOST = 200 }; // connections of one end that are looked at

// In the arena; connections without a twin at the other end are counted in *alone.
const struct predicted *predict(struct quotes *quotes, struct arena *arena, size_t *count, size_t *alone);

#endif
