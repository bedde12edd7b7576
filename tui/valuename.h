// How the screens call a value of a line: "peer_proposed" is "peer proposed", or what the catalogue of the
// language has for that. A word that a catalogue lacks stays. Ids, in reports, are not
// spoken.
#ifndef IKEWALK_TUI_VALUENAME_H
#define IKEWALK_TUI_VALUENAME_H

#include "diag/str.h"

void valuename_add(struct str key, struct buf *out);

#endif
