// The lines of one source that the rungs and findings of a tunnel rest on, sorted: which checkpoint each
// speaks of. The log view marks them and goes from one to the next.
#ifndef IKEWALK_TUI_EVIDENCE_H
#define IKEWALK_TUI_EVIDENCE_H

#include "diag/view.h"

struct evidence_line {
    uint64_t line;
    enum checkpoint checkpoint;
    bool deciding;
    size_t rank; // of the checkpoint in the ladder
};

// {0} is none.
struct evidence {
    struct evidence_line *at;
    uint64_t *lines; // the numbers alone
    size_t count, room;
};

// Gathers anew; t may be NULL.
void evidence_gather(struct evidence *e, const struct tunnel_view *t, int source);
// What a line is evidence for, or NULL.
const struct evidence_line *evidence_at(const struct evidence *e, uint64_t line);
void evidence_release(struct evidence *e);

#endif
