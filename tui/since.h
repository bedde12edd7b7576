// A moment as a user writes it: "2024-11-07", "2024-11-07 04:45", or "30min", "2h", "1d" ago. The option of
// check and the file chooser read it.
#ifndef IKEWALK_TUI_SINCE_H
#define IKEWALK_TUI_SINCE_H

#include <stdbool.h>
#include <stdint.h>

// Microseconds as log lines count them. A time before now counts from the wall clock here, for that is what
// stamps without a zone show. False, and *since untouched or without meaning, when it cannot be read.
bool since_read(const char *given, int64_t *since);

#endif
