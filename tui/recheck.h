// A tunnel as it was before something was changed, and what has become of it since. The session keeps one
// snapshot; the re-check screen shows both beside each other.
#ifndef IKEWALK_TUI_RECHECK_H
#define IKEWALK_TUI_RECHECK_H

#include "diag/view.h"

struct snapshot {
    bool taken;
    int64_t at;                // seconds of the day's clock
    uint64_t lines;            // of everything that was read
    unsigned epoch;            // that they are of
    uint64_t attempts, newest; // newest: first line of the newest attempt
    uint64_t tunnel_lines;
    enum tunnel_state tunnel;
    enum checkpoint stuck;
    const struct finding *finding; // that was wrong; NULL: none
    enum state state[CP_COUNT];    // by checkpoint
    enum basis basis[CP_COUNT];
};

// lines: of everything that was read, in this epoch.
void recheck_take(struct snapshot *s, const struct tunnel_view *t, uint64_t lines, unsigned epoch,
                  int64_t now);

enum outcome {
    OUTCOME_NOTHING, // nobody tried anew
    OUTCOME_ONGOING, // the attempt at hand wrote more lines, no new one has begun
    OUTCOME_SAME,
    OUTCOME_BETTER, // stops at a later rung
    OUTCOME_WORSE,
    OUTCOME_UP
};
// rungs: how many rungs later or earlier it stops now.
enum outcome recheck_compare(const struct snapshot *before, const struct tunnel_view *now, int *rungs);
// Seconds between the beginnings of the last attempts that are known; 0: not known.
int64_t recheck_pause(const struct tunnel_view *t);

#endif
