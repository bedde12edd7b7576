// What the list of tunnels shows when there is none: what was read, what can be done, and which formats were
// tried.
#ifndef IKEWALK_TUI_NOTHING_H
#define IKEWALK_TUI_NOTHING_H

#include "tui/canvas.h"
#include "tui/session.h"

void nothing_draw(const struct session *s, struct canvas *c, struct area a);

#endif
