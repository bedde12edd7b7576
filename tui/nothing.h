// What the list of tunnels shows when there is none: what was read, what can be done, and which formats were
// tried.
#ifndef IKEWALK_TUI_NOTHING_H
#define IKEWALK_TUI_NOTHING_H

#include "tui/prose.h"
#include "tui/screen.h"

// Appends it in rows of w columns; the widths of characters are those of the canvas.
void nothing_say(const struct session *s, const struct canvas *c, int w, struct prose *text);
// Is a packet capture all that was read? Then the view of the path has something to show.
bool nothing_but_capture(const struct session *s);
// While it is read: how far that is.
void nothing_yet(const struct session *s, struct canvas *c, struct area a);
// Where Enter leads from there, and the sentence about it.
struct reply nothing_go(struct session *s);
const char *nothing_next(const struct session *s);

#endif
