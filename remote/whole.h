// Small files of the user, read and written whole: gateways.yaml, known_hosts, and what tui/xdg keeps.
#ifndef IKEWALK_REMOTE_WHOLE_H
#define IKEWALK_REMOTE_WHOLE_H

#include "diag/err.h"
#include "diag/str.h"

// Appends all that is left to read of fd to text; more than most bytes is an error.
bool whole_read(int fd, const char *path, size_t most, struct buf *text, struct err *e);
// The file holds exactly this afterwards (0600), or is as it was: a temporary file beside it takes its place
// once it is written out. Makes its folder (0700) when that is missing; follows a link to the file.
bool whole_write(const char *path, struct str text, struct err *e);

#endif
