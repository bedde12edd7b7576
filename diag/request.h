// The text to send to the colleague at the other end when only one end is at hand: which log of which time is
// wanted, how to show it there, and which of its lines would tell. In English whatever the language of the
// program is, for it is read elsewhere. Reports and the wizard ask for it; it holds no line of a log and no
// secret, and is safe to show.
#ifndef IKEWALK_DIAG_REQUEST_H
#define IKEWALK_DIAG_REQUEST_H

#include "diag/view.h"

// The command of the packs that shows what a daemon logged between ${from} and ${to}.
#define REQUEST_COMMAND "show-log"

// Is something wrong of which no log of the other end is at hand?
bool request_fits(const struct tunnel_view *t);
// And would that log tell more?
bool request_helps(const struct tunnel_view *t);
// Can a text for the daemon of this dialect say how its log is shown?
bool request_knows(const struct knowledge *k, int dialect);
// Appends the text, lines ended by \n; commands stand behind four blanks. dialect: of the daemon at the other
// end, -1: not known, then all are named.
void request_text(const struct knowledge *k, const struct tunnel_view *t, int dialect, struct buf *out);

#endif
