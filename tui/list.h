// A list with one marked row, and a table that draws one: columns take their widths from their titles and
// cells, and give way from the right when the screen is narrow. Screens own the rows, the widget only knows
// how many there are.
#ifndef IKEWALK_TUI_LIST_H
#define IKEWALK_TUI_LIST_H

#include "tui/canvas.h"
#include "tui/keys.h"

struct list {
    size_t count; // rows there are
    size_t at;    // the marked one
    size_t top;   // the first one drawn
    size_t shown; // rows that fitted when it was last drawn
};

// Moves the mark; false when act does not move.
bool list_move(struct list *l, enum act act);
// Marks a row that was clicked; false when it was marked already.
bool list_mark(struct list *l, int row);
// The mark of a screen (tui/screen.h) whose state begins with its list, and what makes sure that it does.
struct session;
bool list_click(void *state, struct session *s, int item);
#define LIST_BEGINS(type) _Static_assert(offsetof(type, list) == 0, "the list comes first")
// Keeps mark and top within bounds for a height of shown rows.
void list_fit(struct list *l, size_t count, int shown);

// Words are cut at their end, names so that they look like no other on the screen; numbers stand at the
// right.
enum column_kind { COLUMN_WORDS, COLUMN_NAME, COLUMN_NUMBER };

struct column {
    const char *title; // through gettext already
    int least;         // narrower than this it is left out, when drop is set
    int most;
    enum column_kind kind;
    int drop; // 0: always shown; else the column with the highest number goes first
};

// Appends the text of a cell to out and returns its look.
typedef uint8_t list_cell(void *self, size_t row, size_t column, struct buf *out);

#define LIST_COLUMNS 12

// Draws a cell that is a name. Of one that does not fit the end is shown as well, as much of it as tells it
// from the rows around it.
void list_name(const struct list *l, struct canvas *c, struct area a, uint8_t look, list_cell *cell,
               void *self, size_t row, size_t column);
// Tells at the edges of the rows that were drawn where the list goes on; the table does it itself.
void list_edges(const struct list *l, struct canvas *c, struct area a);

// Draws titles and rows into the area, "> " before the marked row, and rests the cursor there.
void list_table(struct list *l, struct canvas *c, struct area a, const struct column columns[], size_t count,
                list_cell *cell, void *self);

#endif
