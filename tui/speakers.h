// Under which names daemons of IKE log: what the journal is asked for. check and the casefile hand it to the
// source.
#ifndef IKEWALK_TUI_SPEAKERS_H
#define IKEWALK_TUI_SPEAKERS_H

#include "diag/rules.h"

// All names of all dialects, in the arena; names borrow the knowledge.
const struct str *speakers_of(const struct knowledge *k, struct arena *arena, size_t *count);

#endif
