// What the list of tunnels shows when there is none: what was read, what can be done, and which formats were
// tried.
#ifndef IKEWALK_TUI_NOTHING_H
#define IKEWALK_TUI_NOTHING_H

#include "tui/prose.h"
#include "tui/session.h"

// Appends it in rows of w columns; the widths of characters are those of the canvas.
void nothing_say(const struct session *s, const struct canvas *c, int w, struct prose *text);
// Is a packet capture all that was read? Then the view of the path has something to show.
bool nothing_but_capture(const struct session *s);
// What to press there.
const char *nothing_next(const struct session *s);

#endif
