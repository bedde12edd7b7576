// Text wrapped to a width: paragraphs with their looks, some of them items that can be marked. The finding,
// the help and every box are made of it; a screen fills it anew for each drawing and keeps only where it was
// scrolled to.
#ifndef IKEWALK_TUI_PROSE_H
#define IKEWALK_TUI_PROSE_H

#include "tui/canvas.h"
#include "tui/keys.h"

struct prose_row {
    size_t start, len; // in text.all
    int indent;
    int item; // -1: belongs to none
    uint8_t look;
};

struct prose {
    struct buf all;
    struct prose_row *rows;
    size_t count, room;
};

// {0} is an empty text.
void prose_clear(struct prose *t);
void prose_release(struct prose *t);
// Appends a raw paragraph in rows of at most width columns (indent included). Rows behind its first begin at
// hang; line ends in it begin new rows. item -1: none.
void prose_add(struct prose *t, const struct canvas *c, int width, int indent, int hang, uint8_t look,
               int item, struct str paragraph);
void prose_addf(struct prose *t, const struct canvas *c, int width, int indent, int hang, uint8_t look,
                int item, const char *format, ...) __attribute__((format(printf, 8, 9)));
void prose_gap(struct prose *t);
// Appends the paragraphs of a text of a pack, each a line of it, with a gap between them.
void prose_paragraphs(struct prose *t, const struct canvas *c, int width, struct str text);
// Draws from row *top on and rests the cursor on the marked item (-1: none); follow moves *top so that it is
// seen. Returns whether it is seen whole, or from its first row on where it is higher than the area.
bool prose_draw(const struct prose *t, struct canvas *c, struct area a, int marked, bool follow, size_t *top);
// Draws a text that cannot be moved: what does not fit is cut, and ends in dots.
void prose_put(const struct prose *t, struct canvas *c, struct area a);
// Scrolls by an action; false when it does not move. shown: rows of the area.
bool prose_move(const struct prose *t, enum act act, int shown, size_t *top);

#endif
