// The wide layout: tunnels, ladder and finding share the screen. A pane whose screen is open shows it; the
// others show a preview, the screen that Enter would open. tui/app.c draws through it when the window is
// large enough.
#ifndef IKEWALK_TUI_PANES_H
#define IKEWALK_TUI_PANES_H

#include "tui/screen.h"

#define PANES 3

// A screen and its state.
struct layer {
    const struct screen_ops *ops;
    void *state;
};

// {0} has no previews open.
struct panes {
    struct layer preview[PANES]; // ops NULL: not open
    uint32_t tunnel;             // what was marked when they were opened
    int attempt;
    const struct finding *rule;
    enum checkpoint checkpoint;
};

// The place of a screen among the panes, -1 when it is none.
int panes_index(const struct screen_ops *ops);
// The step of the rail of a pane.
enum rail panes_rail(int pane);
// Whether a screen is drawn as a pane on this canvas.
bool panes_fit(const struct canvas *c, const struct screen_ops *ops, const struct session *s);
// Closes the previews: what they show may not be so any more.
void panes_drop(struct panes *p);
void panes_news(struct panes *p, struct session *s);
// Draws the three; keys go to the screen `focus`. stack: the open screens.
void panes_draw(struct panes *p, struct session *s, const struct layer *stack, size_t depth, struct canvas *c,
                struct area inside, const struct screen_ops *focus);

#endif
