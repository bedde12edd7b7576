#include "tui/theme.h"

#include <stddef.h>
#include <string.h>

enum { RED = 1, GREEN = 2, YELLOW = 3, BLUE = 4, MAGENTA = 5, CYAN = 6 };

static const struct ink inks[][LOOK_COUNT] =
    {
        [THEME_DARK] =
            {
                [LOOK_PLAIN] = {-1, false, false, false},
                [LOOK_DIM] = {-1, false, true, false},
                [LOOK_STRONG] = {-1, true, false, false},
                [LOOK_HEAD] = {-1, true, false, false},
                [LOOK_HERE] = {CYAN, true, false, false},
                [LOOK_KEY] = {CYAN, false, false, false},
                [LOOK_PASSED] = {GREEN, false, false, false},
                [LOOK_IMPLIED] = {GREEN, false, true, false},
                [LOOK_FAILED] = {RED, true, false, false},
                [LOOK_SUSPECT] = {YELLOW, false, false, false},
                [LOOK_NOT_REACHED] = {-1, false, true, false},
            },
        [THEME_LIGHT] =
            {
                [LOOK_PLAIN] = {-1, false, false, false},
                [LOOK_DIM] = {-1, false, true, false},
                [LOOK_STRONG] = {-1, true, false, false},
                [LOOK_HEAD] = {-1, true, false, false},
                [LOOK_HERE] = {BLUE, true, false, false},
                [LOOK_KEY] = {BLUE, false, false, false},
                [LOOK_PASSED] = {GREEN, false, false, false},
                [LOOK_IMPLIED] = {GREEN, false, true, false},
                [LOOK_FAILED] = {RED, true, false, false},
                [LOOK_SUSPECT] = {MAGENTA, false, false, false},
                [LOOK_NOT_REACHED] = {-1, false, true, false},
            },
        [THEME_MONO] =
            {
                [LOOK_PLAIN] = {-1, false, false, false},
                [LOOK_DIM] = {-1, false, false, false},
                [LOOK_STRONG] = {-1, true, false, false},
                [LOOK_HEAD] = {-1, true, false, false},
                [LOOK_HERE] = {-1, true, false, false},
                [LOOK_KEY] = {-1, true, false, false},
                [LOOK_PASSED] = {-1, false, false, false},
                [LOOK_IMPLIED] = {-1, false, false, false},
                [LOOK_FAILED] = {-1, true, false, false},
                [LOOK_SUSPECT] = {-1, true, false, false},
                [LOOK_NOT_REACHED] = {-1, false, false, false},
            },
};

struct ink
theme_ink(enum theme theme, uint8_t look)
{
    unsigned plain = look & 0x7FU;
    struct ink ink = inks[theme][plain < LOOK_COUNT ? plain : LOOK_PLAIN];
    if (look & LOOK_REVERSED)
        ink.reverse = !ink.reverse;
    return ink;
}

enum theme
theme_choose(const char *name, const char *colorfgbg, int colours)
{
    if (strcmp(name, "mono") == 0 || colours < 8)
        return THEME_MONO;
    if (strcmp(name, "dark") == 0)
        return THEME_DARK;
    if (strcmp(name, "light") == 0)
        return THEME_LIGHT;
    const char *background = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
    bool light = background && (strcmp(background, ";7") == 0 || strcmp(background, ";15") == 0);
    return light ? THEME_LIGHT : THEME_DARK;
}
