// What a Unicode character takes in a terminal: the table behind text_safe and text_width. text alone uses
// it. Made by tests/make_runes.c from the C.UTF-8 widths of glibc 2.36 (Unicode 15.0), which are the widths
// that curses reckons with. A table of our own, because wcwidth answers from the user's locale and a report
// must not depend on it.
#ifndef IKEWALK_DIAG_RUNES_H
#define IKEWALK_DIAG_RUNES_H

#include <stdint.h>

enum runes_class {
    RUNES_COMBINING, // no column of its own: combining marks, the vowels of Hangul syllables
    RUNES_NARROW,
    RUNES_WIDE,
    RUNES_UNSEEN, // controls, formats and fillers that show nothing, surrogates, noncharacters, unassigned:
                  // never painted
};

// Any value may be asked; what is no character is RUNES_UNSEEN.
enum runes_class runes_class(int32_t rune);

#endif
