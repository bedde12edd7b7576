// The path of a tunnel as screen_path.c shows it, from the side that starts to the side that answers: the
// outcome and the hops drawn, the checks, fixes and packet sizes as text. Pure.
#ifndef IKEWALK_TUI_PATH_PICTURE_H
#define IKEWALK_TUI_PATH_PICTURE_H

#include "diag/path.h"
#include "tui/prose.h"

// Draws the outcome at the top of the area and, where there is room, the hops below it; the rows it took.
int path_picture_draw(const struct path_view *v, struct canvas *c, struct area a);
// Appends what is known of the path, what would decide first.
void path_picture_say(const struct path_view *v, const struct canvas *c, int width, struct prose *t);

#endif
