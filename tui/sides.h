// What each side says about the checkpoint of a finding, one above the other, each value with the line that
// told it; what this log does not tell stands there as plainly. The finding screen shows it.
#ifndef IKEWALK_TUI_SIDES_H
#define IKEWALK_TUI_SIDES_H

#include "diag/view.h"
#include "tui/prose.h"

// Appends the table of the checkpoint of f (of the one that is stuck when f is NULL); nothing when no side
// said anything.
void sides_fill(struct prose *text, const struct tunnel_view *t, const struct finding_view *f,
                struct canvas *c, int w);
// Does the table of this checkpoint show values of this name?
bool sides_shows(enum checkpoint checkpoint, struct str key);

#endif
