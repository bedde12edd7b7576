// A line of text being typed. Screens that search, filter or take a path hold one; tui/app.c feeds it keys,
// so that letters are text here and never actions.
#ifndef IKEWALK_TUI_ENTRY_H
#define IKEWALK_TUI_ENTRY_H

#include "diag/str.h"

#define ENTRY_MOST 500 // bytes

struct entry {
    int typing;         // what for, in the screen's own count; 0: nothing is typed
    const char *prompt; // untranslated
    struct buf text;
    struct secret *secret; // takes what is typed in place of text, and is never shown; NULL: text does,
    bool hidden;           // but not what must not be shown: there is no memory to keep it in
};

// Begins to take a line, which at first is this text.
void entry_begin(struct entry *e, int typing, const char *prompt, struct str text);
// Appends a character; line ends and control characters of a paste become blanks. False when there is no room
// for it.
bool entry_add(struct entry *e, int32_t rune);
// Appends a character in UTF-8.
void entry_rune(struct buf *text, int32_t rune);
// Takes the last character away.
void entry_shorten(struct entry *e);
// Takes everything away.
void entry_clear(struct entry *e);

#endif
