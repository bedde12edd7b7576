// Texts of findings when both ends are at hand: "this gateway", "here" and "the peer" become A and B, for the
// reader has both logs and no side of their own. Inside of diag only.
#ifndef IKEWALK_DIAG_SPEAK_H
#define IKEWALK_DIAG_SPEAK_H

#include "diag/merge.h"

// fill_text, and then the ends by their letters where the facts know the other end. In another language than
// the packs' the words stay, and the letter of the end that speaks them stands in front.
struct str speak_fill(struct facts *f, struct str text);
// The same for a title or a step, in front of which the end is told anyway.
struct str speak_step(struct facts *f, struct str text);

#endif
