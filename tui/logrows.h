// The rows of the log view: numbers, checkpoints, times and texts of lines, with repeats folded into one row
// that counts them. The screen keeps where it is; an excerpt has the lines.
#ifndef IKEWALK_TUI_LOGROWS_H
#define IKEWALK_TUI_LOGROWS_H

#include "tui/canvas.h"
#include "tui/evidence.h"
#include "tui/session.h"

struct logrows {
    uint64_t line, top; // numbers of the marked line and of the first drawn one
    int rows;           // lines that fitted when they were last drawn
    int side;           // columns moved sideways
    bool wrap, unfolded;
};

// Index of the first line at or behind a number; the last one when there is none. x has lines.
size_t logrows_index(const struct excerpt *x, uint64_t line);
// Index of the next line up or down that is not folded away.
size_t logrows_step(const struct logrows *v, const struct excerpt *x, const struct evidence *e, size_t at,
                    bool down);
// Draws from v->top on, sought in reverse; returns whether the marked line was drawn.
bool logrows_draw(struct logrows *v, const struct session *s, const struct excerpt *x,
                  const struct evidence *e, struct str sought, struct canvas *c, struct area a);

#endif
