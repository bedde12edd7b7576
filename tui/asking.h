// What an active check of the path view sends, shown before it does, and what comes of it. Pure.
#ifndef IKEWALK_TUI_ASKING_H
#define IKEWALK_TUI_ASKING_H

#include "tui/prose.h"

void asking_terms(struct prose *t, const struct canvas *c, int width);

#endif
