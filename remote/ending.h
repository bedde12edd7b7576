// The end of a big log, before the rest of it is read: what is wrong now stands there. The wizard diagnoses
// it first.
#ifndef IKEWALK_REMOTE_ENDING_H
#define IKEWALK_REMOTE_ENDING_H

#include "diag/str.h"

#define ENDING_MOST (8U * 1024 * 1024)

// Appends the last whole lines of a plain regular file, ENDING_MOST bytes at most. False, and nothing
// appended, when it is another kind of file, cannot be read, or has no more than `from` bytes.
bool ending_read(const char *path, uint64_t from, struct buf *bytes);

#endif
