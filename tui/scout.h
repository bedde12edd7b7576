// Looks through a folder for the file chooser: first its names, then set by set what stands in them. The
// worker steps it while it has nothing else to do.
#ifndef IKEWALK_TUI_SCOUT_H
#define IKEWALK_TUI_SCOUT_H

#include "tui/desk.h"

struct scout;

// Lists the folder (or, for a file, its set). Borrows reader, which may be NULL: then no lines are judged.
// gives, scout_free.
struct scout *scout_new(const char *path, struct diag *reader);
void scout_free(struct scout *s);
// Looks into the next set; false when all have been looked at.
bool scout_step(struct scout *s);
// What is known now; gives, folder_free.
struct folder *scout_folder(const struct scout *s);

#endif
