#include "tui/prose.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag/arena.h"
#include "diag/text.h"
#include "tui/theme.h"

void
prose_clear(struct prose *t)
{
    buf_clear(&t->all);
    t->count = 0;
}

void
prose_release(struct prose *t)
{
    buf_release(&t->all);
    free(t->rows);
    *t = (struct prose){0};
}

static void
add_row(struct prose *t, struct prose_row row)
{
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 32;
        t->rows = mem_resize(t->rows, mem_product(t->room, sizeof *t->rows));
    }
    t->rows[t->count++] = row;
}

// Whether the text begins with a word that fits into no row.
static bool
is_endless(struct str s, int width)
{
    return (int)text_columns((struct str){s.at, str_find(s, STR(" "))}) > width;
}

// How many bytes of safe text fit into width columns: up to a blank where there is one, unless a word follows
// that has to be broken anyway. That happens behind a sign that joins its parts. whole: columns of a row
// without an indent of its own.
static size_t
fitting(struct str s, int width, int whole, size_t *skip)
{
    size_t at = 0, blank = 0, joint = 0, wide = 0;
    int columns = 0;
    int32_t before = ' ';
    *skip = 0;
    while (at < s.len) {
        int32_t rune;
        size_t length = text_rune(str_from(s, at), &rune);
        int w = rune < 0 ? 1 : text_width(rune);
        if (text_may_break(before, rune))
            wide = at;
        before = rune;
        if (columns + w > width)
            break;
        if (rune == ' ')
            blank = at;
        columns += w;
        at += length;
        if (rune > ' ' && rune < 0x7F && strchr(";,/:+=|&-_", (char)rune))
            joint = at;
    }
    if (at == s.len)
        return at;
    if (s.at[at] == ' ')
        blank = at;
    if (wide > blank)
        return wide;
    if (blank && (joint <= blank + 1 || !is_endless(str_from(s, blank + 1), whole))) {
        while (blank + *skip < s.len && s.at[blank + *skip] == ' ')
            ++*skip;
        return blank;
    }
    if (joint > blank)
        return joint;
    if (at == 0) { // not even one character: take it all the same
        int32_t rune;
        return text_rune(s, &rune);
    }
    return at;
}

static void
add_line(struct prose *t, int width, int indent, int hang, uint8_t look, int item, struct str safe)
{
    do {
        size_t skip;
        size_t len = fitting(safe, width - indent > 1 ? width - indent : 1,
                             width - hang > 1 ? width - hang : 1, &skip);
        size_t start = t->all.len;
        buf_add(&t->all, (struct str){safe.at, len});
        add_row(t, (struct prose_row){start, len, indent, item, look});
        safe = str_from(safe, len + skip);
        indent = hang;
    } while (safe.len);
}

void
prose_add(struct prose *t, const struct canvas *c, int width, int indent, int hang, uint8_t look, int item,
          struct str paragraph)
{
    struct buf safe = {0};
    do {
        size_t end = str_find(paragraph, STR("\n"));
        buf_clear(&safe);
        canvas_safe(c, (struct str){paragraph.at, end}, &safe);
        add_line(t, width, indent, hang, look, item, buf_str(&safe));
        paragraph = str_from(paragraph, end + 1);
        indent = hang;
    } while (paragraph.len);
    buf_release(&safe);
}

void
prose_addf(struct prose *t, const struct canvas *c, int width, int indent, int hang, uint8_t look, int item,
           const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len >= 0)
        prose_add(t, c, width, indent, hang, look, item, (struct str){text, (size_t)len});
    free(text);
}

void
prose_gap(struct prose *t)
{
    add_row(t, (struct prose_row){t->all.len, 0, 0, -1, LOOK_PLAIN});
}

// The rows of an item: from *first to before *end; false when there are none.
static bool
rows_of(const struct prose *t, int item, size_t *first, size_t *end)
{
    *first = t->count;
    *end = 0;
    for (size_t i = 0; item >= 0 && i < t->count; i++)
        if (t->rows[i].item == item) {
            *first = i < *first ? i : *first;
            *end = i + 1;
        }
    return *end > 0;
}

void
prose_paragraphs(struct prose *t, const struct canvas *c, int width, struct str text)
{
    for (bool first = true; text.len; first = false) {
        size_t end = str_find(text, STR("\n"));
        if (!first)
            prose_gap(t);
        prose_add(t, c, width, 1, 1, LOOK_PLAIN, -1, (struct str){text.at, end});
        text = str_from(text, end + 1);
    }
}

bool
prose_draw(const struct prose *t, struct canvas *c, struct area a, int marked, bool follow, size_t *top)
{
    if (a.h <= 0 || a.w <= 0)
        return false;
    size_t shown = (size_t)a.h, first, end;
    if (rows_of(t, marked, &first, &end) && follow) {
        *top = end > *top + shown ? end - shown : *top;
        *top = first < *top ? first : *top;
    }
    if (*top + shown > t->count)
        *top = t->count > shown ? t->count - shown : 0;
    for (size_t i = *top; i < *top + shown && i < t->count; i++) {
        const struct prose_row *row = &t->rows[i];
        struct area here = {a.x, a.y + (int)(i - *top), a.w, 1};
        canvas_put(c, a.x + row->indent, here.y, a.w - row->indent, row->look,
                   (struct str){t->all.at + row->start, row->len});
        if (row->item >= 0)
            canvas_target(c, here, TARGET_ITEM, row->item);
        if (row->item == marked && row->item >= 0 && (!i || t->rows[i - 1].item != marked))
            canvas_chosen(c, here);
    }
    canvas_edges(c, a, *top > 0, *top + shown < t->count);
    return first >= *top && first < *top + shown && (end <= *top + shown || end - first > shown);
}

void
prose_put(const struct prose *t, struct canvas *c, struct area a)
{
    int shown = a.h < (int)t->count ? a.h : (int)t->count;
    for (int i = 0; i < shown; i++) {
        const struct prose_row *row = &t->rows[i];
        int end = a.x + a.w, x = a.x + row->indent;
        x += canvas_put(c, x, a.y + i, end - x, row->look, (struct str){t->all.at + row->start, row->len});
        if (i + 1 == shown && (size_t)shown < t->count)
            canvas_put(c, x < end - 2 ? x : end - 2, a.y + i, 2, row->look, STR(".."));
    }
}

bool
prose_move(const struct prose *t, enum act act, int shown, size_t *top)
{
    size_t rows = shown > 0 ? (size_t)shown : 0;
    return act_move(act, t->count > rows ? t->count - rows : 0, rows, top);
}
