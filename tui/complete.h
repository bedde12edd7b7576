// Completes the name of a file that is being typed, as a shell does with Tab. Text fields that take a path
// use it.
#ifndef IKEWALK_TUI_COMPLETE_H
#define IKEWALK_TUI_COMPLETE_H

#include "diag/str.h"

// Appends to a path what all names that begin like its last part go on with; a folder gets its slash. ~/ is
// the home of the user. Returns how many names there are.
size_t complete_path(struct buf *path);
// The path with ~/ replaced by the home of the user.
void complete_home(struct str path, struct buf *out);

#endif
