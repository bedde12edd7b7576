// Lines of a daemon that no message of the packs understands though they look like errors: a negotiation
// that holds one is judged with less certainty. Which words look so is data of the packs. Inside of diag
// only.
#ifndef IKEWALK_DIAG_ALARM_H
#define IKEWALK_DIAG_ALARM_H

#include "diag/nego.h"

// Does a word of the list stand in the text, as a word of its own and in any case?
bool alarm_in(const struct knowledge *k, struct str text);
// Counts a line that was not understood at the negotiation which it names, if there is one.
void alarm_take(struct negos *n, int log, int source, const struct line *line, const struct msg *msg);

#endif
