// Makes a report, or a small sample of the log, from an open case: into memory for the preview, and into a
// file that appears whole or not at all. The worker calls it.
#ifndef IKEWALK_TUI_EXPORT_H
#define IKEWALK_TUI_EXPORT_H

#include "tui/casefile.h"

// file may be NULL: then nothing is open, and the answer says so. Gives up what is not finished, without
// leaving a file, when interrupted says true. gives, exported_free.
struct exported *export_make(struct casefile *file, const struct export_ask *ask,
                             bool (*interrupted)(void *self), void *self);

#endif
