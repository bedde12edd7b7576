// The source "sample:NAME", a log inside the program: cli_check.c and book.c open it, the screens name it.
#ifndef IKEWALK_TUI_SAMPLE_H
#define IKEWALK_TUI_SAMPLE_H

#include "diag/err.h"
#include "knowledge/embed.h"

#include <stdbool.h>

#define SAMPLE_MARK "sample:"

// Does the source name a sample log?
bool sample_is(const char *source);
// The log that it names: by its path below the sample logs, or by the file's name alone where only one has
// that; the ending may be left out. NULL and e filled, with the nearest name, when there is none.
const struct embedded *sample_find(const char *source, struct err *e);

#endif
