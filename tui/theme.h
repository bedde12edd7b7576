// What a cell's style means (its look) and how each look is shown: in colour on a dark or a light background,
// or without colour. Screens choose looks, tui/term.c asks for their ink.
#ifndef IKEWALK_TUI_THEME_H
#define IKEWALK_TUI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum look {
    LOOK_PLAIN,
    LOOK_DIM,
    LOOK_STRONG,
    LOOK_HEAD, // the line with name and place
    LOOK_HERE, // the step of the rail that is shown
    LOOK_KEY,  // a key in the key bar
    LOOK_PASSED,
    LOOK_IMPLIED,
    LOOK_FAILED,
    LOOK_SUSPECT,
    LOOK_NOT_REACHED,
    LOOK_COUNT
};
// Added to a look: the row that is marked.
#define LOOK_REVERSED 0x80

enum theme { THEME_DARK, THEME_LIGHT, THEME_MONO };

struct ink {
    int colour; // 0..7 of the terminal's own palette, -1: the default
    bool bold, dim, reverse;
};

struct ink theme_ink(enum theme theme, uint8_t look);
// The theme of a name as settings write it (dark, light, mono; auto: by COLORFGBG, which may be NULL);
// colours: how many the terminal has.
enum theme theme_choose(const char *name, const char *colorfgbg, int colours);

#endif
