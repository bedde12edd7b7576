// A grid of styled cells that screens draw on: clipped at its edges, measured in columns, every text made
// safe on its way in. tui/term.c empties it onto the terminal, tests dump it as text.
#ifndef IKEWALK_TUI_CANVAS_H
#define IKEWALK_TUI_CANVAS_H

#include "diag/redact.h"
#include "diag/str.h"

// One character with its combining marks: a base and four marks at most (text_safe), four bytes each.
#define CANVAS_CELL 20

struct cell {
    char text[CANVAS_CELL];
    uint8_t len;
    uint8_t width; // 1, 2, or 0 for the right half of a wide character
    uint8_t look;  // enum look, perhaps with LOOK_REVERSED
};

struct area {
    int x, y, w, h;
};

// What a click at a place means: an item of a screen (a row, a step) or an action.
enum target_kind { TARGET_ITEM, TARGET_ACT };
struct target {
    struct area a;
    enum target_kind kind;
    int value;
    int pane; // as set in the canvas when it was drawn
};

struct canvas {
    int w, h;
    struct cell *cells;
    int cursor_x, cursor_y; // where the terminal's cursor rests; screen readers follow it
    bool ascii;             // everything outside ASCII is written as <U+00E9>
    struct redact *redact;  // stands in for names; NULL: they are shown. borrowed
    bool own;               // what is drawn now are words of the program or of a pack: they hold no names
    bool aside;             // what is drawn now is not what keys go to: no bar over its mark, no cursor
    int pane;               // that is drawn now
    struct target *targets; // in the order they were drawn: the last one at a place counts
    size_t target_count, target_room;
    struct buf safe; // scratch
};

// {0} is an empty canvas; canvas_size gives it cells, all blank. Any size from 1x1, 0x0 is empty.
void canvas_size(struct canvas *c, int w, int h);
void canvas_release(struct canvas *c);

// Writes raw text (from anywhere) at x, y in at most room columns and returns the columns taken. What does
// not fit is cut and ends in "..".
int canvas_put(struct canvas *c, int x, int y, int room, uint8_t look, struct str text);
int canvas_putf(struct canvas *c, int x, int y, int room, uint8_t look, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
// The same with the first skip columns left out; what is cut at the right ends in ">".
int canvas_put_from(struct canvas *c, int x, int y, int room, uint8_t look, struct str text, int skip);
// The same with ".." before its last tail columns, when it does not fit.
int canvas_put_ends(struct canvas *c, int x, int y, int room, uint8_t look, struct str text, int tail);
// Right-aligned: ends before column x + room.
void canvas_put_right(struct canvas *c, int x, int y, int room, uint8_t look, struct str text);
// Columns that canvas_put would need.
int canvas_columns(struct canvas *c, struct str text);
// Appends text as canvas_put would show it: with stand-ins, safe, and in ASCII where that is wanted.
void canvas_safe(const struct canvas *c, struct str text, struct buf *out);

void canvas_fill(struct canvas *c, struct area a, uint8_t look, char sign);
// Adds look bits (LOOK_REVERSED) to what stands there, unless it is drawn aside.
void canvas_mark(struct canvas *c, struct area a, uint8_t bits);
// The row that is marked: a sign before it, a bar over it, the cursor on it.
void canvas_chosen(struct canvas *c, struct area row);
// Tells in the first and the last row of an area that there is more above and below.
void canvas_edges(struct canvas *c, struct area a, bool above, bool below);
void canvas_target(struct canvas *c, struct area a, enum target_kind kind, int value);
// The target at a place, NULL when none is there.
const struct target *canvas_target_at(const struct canvas *c, int x, int y);
// An empty box of w columns and at most h rows in the middle of an area, with a frame and a title in its
// upper edge; returns its inside.
struct area canvas_box(struct canvas *c, struct area a, int w, int h, struct str title);
// How wide a box over this area is.
int canvas_box_width(struct area a);
void canvas_cursor(struct canvas *c, int x, int y);

// The cell at x, y; NULL outside.
const struct cell *canvas_at(const struct canvas *c, int x, int y);
// All rows as text, without blanks at their ends, each with a line end.
void canvas_dump(const struct canvas *c, struct buf *out);

#endif
