// The clocks of a log and of a capture: a capture speaks of an attempt only when the packets that it shows
// went when the log says so. Inside of diag only.
#ifndef IKEWALK_DIAG_PATH_CLOCK_H
#define IKEWALK_DIAG_PATH_CLOCK_H

#include "diag/path_seen.h"
#include "diag/walk.h"

// How far the clock of the capture is ahead of that of the log, in microseconds; false: their moments do not
// meet.
bool path_clock(const struct path_seen *s, struct seen_ask ask, const struct tunnel *t,
                const struct attempt *a, int64_t *ahead);

#endif
