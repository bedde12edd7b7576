// What is wrong now, before a big log is read: the diagnosis of its last lines alone, which the casefile
// shows until the whole log is read. Its lines have no numbers yet.
#ifndef IKEWALK_TUI_NEWEST_H
#define IKEWALK_TUI_NEWEST_H

#include "tui/desk.h"

struct newest;

// NULL when the log is not big, its end cannot be read on its own, or no tunnel is in there. Borrows
// knowledge. gives, newest_free.
struct newest *newest_new(const struct opening *o, const struct knowledge *knowledge);
void newest_free(struct newest *n);
struct diag *newest_diag(struct newest *n);
// The view of it once, then NULL; gives, view_free.
struct view *newest_view(struct newest *n);

#endif
