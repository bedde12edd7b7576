// The frame around every screen: where one is, the rail of steps, what Enter does now, and the keys that work
// here.
#ifndef IKEWALK_TUI_FRAME_H
#define IKEWALK_TUI_FRAME_H

#include "tui/screen.h"

#define FRAME_LEAST_WIDTH 40
#define FRAME_LEAST_HEIGHT 12
#define FRAME_RAIL_WIDTH 80 // narrower, the rail is only named

struct frame {
    enum screen_id screen; // whose keys the bar shows
    struct steps steps;
    const bool *impossible; // by enum act: what the bar leaves out
    bool detour;            // Enter leads elsewhere than its label says
    bool redacted;
    struct str crumb;  // "hq-fw > Tunnels"
    struct str beside; // at the right end of the rail: progress
    struct str next;   // the whole last sentence
    bool notice;       // it is one, and takes the rows above while it needs them
    struct str told;   // stands before the keys: a notice while one types
};

// The area inside; without rows when the window is too small.
struct area frame_inside(const struct canvas *c);
// Appends a notice as it is shown: what happened to a file matters more than the folders it is in.
void frame_notice(struct canvas *c, struct str notice, struct buf *out);
// Draws the frame around what stands inside, or the message that the window is too small.
void frame_draw(struct canvas *c, const struct frame *f);

#endif
