// Which concept pages belong to what is looked at: the checkpoint, the exchange, the cause of the finding.
#ifndef IKEWALK_TUI_PAGES_H
#define IKEWALK_TUI_PAGES_H

#include "tui/screen.h"

enum { PAGES_MOST = 6 };

// Fills in the pages for a screen, the nearest first; returns how many. Before the knowledge is read: none.
size_t pages_here(const struct session *s, enum screen_id screen, const struct concept *at[PAGES_MOST]);
// The page on the checkpoint that is looked at, or NULL.
const struct concept *pages_first(const struct session *s);

#endif
