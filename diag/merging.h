// What merging two ends is made of: merge.c decides whose words count, merge_lost.c whether a message of one
// never reached the other. Only these two include it.
#ifndef IKEWALK_DIAG_MERGING_H
#define IKEWALK_DIAG_MERGING_H

#include "diag/merge.h"

// How much the words of one end are worth: from nothing is wrong to a line that says exactly this.
enum worth {
    WORTH_HEALTHY,
    WORTH_SILENT,
    WORTH_POSSIBLE,
    WORTH_GENERIC,
    WORTH_SAID,
    WORTH_CERTAIN,
    WORTH_PROVEN
};

enum worth merge_worth(const struct two *t, int end);
// Was nothing refused at this end, but an answer is missing, or lines repeat?
bool merge_is_silence(const struct two *t, int end);
int merge_role(const struct two *t, int end);
int merge_responder(const struct two *t);
// The child of an attempt, or its IKE SA.
const struct nego *merge_leaf(const struct attempt *a);
void merge_window(const struct attempt *a, int64_t *first, int64_t *last);
const struct walk_step *merge_step_of(const struct two *t, int end, enum checkpoint c);

static inline bool
merge_seen(const struct walk_step *s, enum state state)
{
    return s->state == state && s->basis == BASIS_SEEN;
}

// merge_lost.c: does the silence of the other log say that nothing arrived there? Where it may, but does not
// cover the time for sure, that is remembered.
void merge_hear_silence(struct two *t);
// Does the log of an end stop before this moment of the other end? Then it says nothing of what came.
bool merge_log_stops(const struct two *t, int end, int64_t time_there);
// Does the log of an end stop while it still waits, and the other end's tells that all went well?
bool merge_cut_off(const struct two *t, int end);
// Whether a message was lost between the two: then that is the contact of one direction, which failed, and
// true.
bool merge_lost(struct two *t);

#endif
