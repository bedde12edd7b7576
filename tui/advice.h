// The text of a finding: what happened, what each side says, what this log cannot tell, the steps to the
// cure with what can be done instead of them, and what the cause is not. The finding screen fills it anew for
// each drawing and carries out the steps.
#ifndef IKEWALK_TUI_ADVICE_H
#define IKEWALK_TUI_ADVICE_H

#include "tui/prose.h"
#include "tui/session.h"

#define ADVICE_STEPS 24

struct advice {
    struct prose text;            // the items of it are the places in step
    bool other;                   // of steps that stand instead of each other the later ones are shown
    size_t step[ADVICE_STEPS];    // indices of the steps that are shown; f->step_count: the re-check
    size_t instead[ADVICE_STEPS]; // of each the one that can be done instead, ADVICE_NONE: none
    size_t count;
};
#define ADVICE_NONE SIZE_MAX

void advice_release(struct advice *a);
// Chooses the steps that are shown; f may be NULL.
void advice_choose(struct advice *a, const struct finding_view *f);
// Appends the text of a finding, or of the checkpoint that is looked at when nothing is known about it.
void advice_fill(struct advice *a, const struct session *s, const struct finding_view *f, struct canvas *c,
                 int w);
// Is the step in this place done, or the one that can be done instead? To read the log of the other end is
// when it is at hand and tells of this tunnel.
bool advice_is_done(const struct advice *a, const struct session *s, const struct finding_view *f,
                    size_t place);
size_t advice_done(const struct advice *a, const struct session *s, const struct finding_view *f);

#endif
