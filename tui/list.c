#include "tui/list.h"

#include <assert.h>
#include <ctype.h>

#include "diag/text.h"
#include "tui/theme.h"

enum { MARGIN = 3, GAP = 2, MEASURED = 300, LEAST_FRONT = 3 };

bool
list_move(struct list *l, enum act act)
{
    return act_move(act, l->count ? l->count - 1 : 0, l->shown, &l->at);
}

bool
list_mark(struct list *l, int row)
{
    if (row < 0 || (size_t)row >= l->count || l->at == (size_t)row)
        return false;
    l->at = (size_t)row;
    return true;
}

bool
list_click(void *state, struct session *s, int item)
{
    (void)s;
    return list_mark(state, item);
}

void
list_fit(struct list *l, size_t count, int shown)
{
    l->count = count;
    l->shown = shown > 0 ? (size_t)shown : 1;
    if (l->at >= count)
        l->at = count ? count - 1 : 0;
    if (l->top + l->shown > count)
        l->top = count > l->shown ? count - l->shown : 0;
    if (l->at < l->top)
        l->top = l->at;
    if (l->at >= l->top + l->shown)
        l->top = l->at - l->shown + 1;
}

struct layout {
    int width[LIST_COLUMNS];
    bool out[LIST_COLUMNS];
    size_t count;
};

static int
total(const struct layout *layout)
{
    int sum = 0, shown = 0;
    for (size_t i = 0; i < layout->count; i++)
        if (!layout->out[i]) {
            sum += layout->width[i];
            shown++;
        }
    return sum + GAP * (shown > 1 ? shown - 1 : 0);
}

// The widths that the cells want; then columns shrink to their least, widest first, and then are left out.
static void
lay_out(struct layout *layout, const struct list *l, struct canvas *c, int room,
        const struct column columns[], list_cell *cell, void *self)
{
    struct buf text = {0};
    for (size_t i = 0; i < layout->count; i++) {
        layout->width[i] = canvas_columns(c, str_of(columns[i].title));
        for (size_t row = 0; row < l->count && row < MEASURED; row++) {
            buf_clear(&text);
            cell(self, row, i, &text);
            int width = canvas_columns(c, buf_str(&text));
            if (width > layout->width[i])
                layout->width[i] = width;
        }
        if (layout->width[i] > columns[i].most)
            layout->width[i] = columns[i].most;
    }
    buf_release(&text);
    while (total(layout) > room) {
        size_t widest = layout->count, last = layout->count;
        for (size_t i = 0; i < layout->count; i++) {
            if (layout->out[i])
                continue;
            if (layout->width[i] > columns[i].least &&
                (widest == layout->count ||
                 layout->width[i] - columns[i].least > layout->width[widest] - columns[widest].least))
                widest = i;
            if (columns[i].drop && (last == layout->count || columns[i].drop > columns[last].drop))
                last = i;
        }
        if (widest < layout->count)
            layout->width[widest]--;
        else if (last < layout->count)
            layout->out[last] = true;
        else
            return;
    }
}

static size_t
character(struct str s, size_t at)
{
    int32_t rune;
    return text_rune(str_from(s, at), &rune);
}

// Up to how many columns of its beginning, and of its end, a safe text looks like another one.
static void
measure_shared(struct str a, struct str b, int *front, int *end)
{
    size_t least = a.len < b.len ? a.len : b.len, first = 0, last = a.len;
    for (size_t len; (len = character(a, first)) && first + len <= least; first += len)
        if (memcmp(a.at + first, b.at + first, len) != 0)
            break;
    while (last && a.len - last < b.len && a.at[last - 1] == b.at[b.len - (a.len - last) - 1])
        last--;
    size_t differs = last ? last - 1 : 0; // in a character that is seen whole or not at all
    while (differs && (a.at[differs] & 0xC0) == 0x80)
        differs--;
    *front = (int)text_columns((struct str){a.at, first + character(a, first)}) - (first < a.len);
    *end = (int)text_columns(str_from(a, differs)) - (last > 0);
}

// The least columns, from so many on, of the end of a name that does not fit with which no other row that is
// drawn looks like it; 0: its beginning tells it apart, or nothing does.
static int
tail_of(const struct list *l, struct canvas *c, struct str name, int room, list_cell *cell, void *self,
        size_t column, int tail)
{
    struct buf other = {0}, safe = {0};
    int tried = -1, most = room - 2 - LEAST_FRONT;
    while (tried != tail && tail < most) {
        tried = tail;
        for (size_t i = l->top; i < l->count && i < l->top + l->shown; i++) {
            int front, end;
            buf_clear(&other);
            buf_clear(&safe);
            cell(self, i, column, &other);
            canvas_safe(c, buf_str(&other), &safe);
            measure_shared(name, buf_str(&safe), &front, &end);
            bool same = str_eq(name, buf_str(&safe));
            while (!same && front >= room - 2 - tail && end >= tail && tail < most)
                tail++;
        }
    }
    buf_release(&other);
    buf_release(&safe);
    return tail < most ? tail : 0;
}

// With the whole of the word that an end begins in: "responder.log" for "der.log".
static int
whole_word(struct str name, int tail)
{
    size_t at = name.len - (size_t)tail;
    if (text_columns(name) != name.len)
        return tail; // bytes are no columns
    while (at && isalnum((unsigned char)name.at[at - 1]))
        at--;
    return (int)(name.len - at);
}

void
list_name(const struct list *l, struct canvas *c, struct area a, uint8_t look, list_cell *cell, void *self,
          size_t row, size_t column)
{
    struct buf text = {0}, name = {0};
    cell(self, row, column, &text);
    canvas_safe(c, buf_str(&text), &name);
    bool cut = (int)text_columns(buf_str(&name)) > a.w;
    int tail = cut ? tail_of(l, c, buf_str(&name), a.w, cell, self, column, 0) : 0;
    int word = tail ? whole_word(buf_str(&name), tail) : 0;
    if (word > tail && tail_of(l, c, buf_str(&name), a.w, cell, self, column, word) == word)
        tail = word;
    canvas_put_ends(c, a.x, a.y, a.w, look, buf_str(&text), tail);
    buf_release(&text);
    buf_release(&name);
}

static void
draw_row(const struct layout *layout, const struct list *l, struct canvas *c, int x, int y, int end,
         const struct column columns[], list_cell *cell, void *self, size_t row)
{
    struct buf text = {0};
    for (size_t i = 0; i < layout->count; i++) {
        if (layout->out[i])
            continue;
        int room = layout->width[i] < end - x ? layout->width[i] : end - x;
        uint8_t look = LOOK_DIM;
        buf_clear(&text);
        if (cell)
            look = cell(self, row, i, &text);
        else
            buf_add(&text, str_of(columns[i].title));
        if (columns[i].kind == COLUMN_NUMBER)
            canvas_put_right(c, x, y, room, look, buf_str(&text));
        else if (columns[i].kind == COLUMN_NAME && cell)
            list_name(l, c, (struct area){x, y, room, 1}, look, cell, self, row, i);
        else
            canvas_put(c, x, y, room, look, buf_str(&text));
        x += layout->width[i] + GAP;
    }
    buf_release(&text);
}

void
list_edges(const struct list *l, struct canvas *c, struct area a)
{
    canvas_edges(c, a, l->top > 0, l->top + l->shown < l->count);
}

void
list_table(struct list *l, struct canvas *c, struct area a, const struct column columns[], size_t count,
           list_cell *cell, void *self)
{
    assert(count <= LIST_COLUMNS);
    struct layout layout = {.count = count};
    lay_out(&layout, l, c, a.w - MARGIN - 2, columns, cell, self); // the edges stand apart from the words
    int end = a.x + a.w;
    draw_row(&layout, l, c, a.x + MARGIN, a.y, end, columns, NULL, NULL, 0);
    list_fit(l, l->count, a.h - 1);
    list_edges(l, c, (struct area){a.x, a.y + 1, a.w, a.h - 1});
    for (size_t i = 0; i < l->shown && l->top + i < l->count && (int)i + 1 < a.h; i++) {
        size_t row = l->top + i;
        int y = a.y + 1 + (int)i;
        draw_row(&layout, l, c, a.x + MARGIN, y, end, columns, cell, self, row);
        canvas_target(c, (struct area){a.x, y, a.w, 1}, TARGET_ITEM, (int)row);
        if (row == l->at)
            canvas_chosen(c, (struct area){a.x, y, a.w, 1});
    }
}
