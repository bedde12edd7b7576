// The reasoning behind a finding, for somebody who doubts it: the lines, the conditions of its rule, and what
// speaks against it. Shown in a box.
#ifndef IKEWALK_TUI_WHY_H
#define IKEWALK_TUI_WHY_H

#include "tui/session.h"

// f NULL: why nothing is known about the checkpoint that is looked at. The tunnel must be at hand.
void why_finding(const struct session *s, const struct finding_view *f, struct buf *out);

#endif
