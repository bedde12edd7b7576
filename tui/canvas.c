#include "tui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "diag/arena.h"
#include "diag/text.h"
#include "tui/theme.h"

enum { BOX_WIDEST = 80 };

static struct cell *
cell_at(const struct canvas *c, int x, int y)
{
    if (x < 0 || y < 0 || x >= c->w || y >= c->h)
        return NULL;
    return &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

const struct cell *
canvas_at(const struct canvas *c, int x, int y)
{
    return cell_at(c, x, y);
}

static void
cell_blank(struct cell *cell, uint8_t look)
{
    *cell = (struct cell){.text = " ", .len = 1, .width = 1, .look = look};
}

void
canvas_size(struct canvas *c, int w, int h)
{
    if (w != c->w || h != c->h) {
        free(c->cells);
        c->w = w > 0 ? w : 0;
        c->h = h > 0 ? h : 0;
        c->cells = mem_new(mem_product(mem_product((size_t)c->w, (size_t)c->h), sizeof *c->cells));
    }
    for (int i = 0; i < c->w * c->h; i++)
        cell_blank(&c->cells[i], 0);
    c->cursor_x = c->cursor_y = 0;
    c->target_count = 0;
}

void
canvas_release(struct canvas *c)
{
    free(c->cells);
    free(c->targets);
    buf_release(&c->safe);
    *c = (struct canvas){0};
}

// Puts one character down; what it covers of a wide neighbour becomes blank.
static void
cell_set(struct canvas *c, int x, int y, uint8_t look, struct str text, int width)
{
    struct cell *cell = cell_at(c, x, y);
    if (!cell || text.len > CANVAS_CELL)
        return;
    if (cell->width == 0 && x > 0)
        cell_blank(cell - 1, cell[-1].look);
    struct cell *right = cell_at(c, x + width, y);
    if (right && right->width == 0)
        cell_blank(right, right->look);
    cell_blank(cell, look);
    struct cell *half = width == 2 ? cell_at(c, x + 1, y) : NULL;
    if (width == 2 && !half)
        return; // no room for the second half: stays blank
    memcpy(cell->text, text.at, text.len);
    cell->len = (uint8_t)text.len;
    cell->width = (uint8_t)width;
    if (half)
        *half = (struct cell){.look = look};
}

// The next character of a safe text with the marks that sit on it.
static struct str
next_character(struct str *rest, int *width)
{
    int32_t rune;
    struct str all = *rest;
    size_t length = text_rune(all, &rune);
    *width = rune < 0 ? 1 : text_width(rune);
    for (;;) {
        struct str behind = str_from(all, length);
        size_t more = text_rune(behind, &rune);
        if (more == 0 || rune < 0x80 || text_width(rune) != 0)
            break;
        length += more;
    }
    *rest = str_from(all, length);
    return (struct str){all.at, length};
}

void
canvas_safe(const struct canvas *c, struct str text, struct buf *out)
{
    size_t start = out->len;
    struct buf hidden = {0};
    if (c->redact && !c->own && redact_text(c->redact, text, true, &hidden))
        text_safe(buf_str(&hidden), out);
    else
        text_safe(text, out);
    buf_release(&hidden);
    if (!c->ascii)
        return;
    struct buf plain = {0};
    struct str rest = str_from(buf_str(out), start);
    while (rest.len) {
        int32_t rune;
        size_t length = text_rune(rest, &rune);
        if (rune >= 0 && rune < 0x80)
            buf_add_char(&plain, (char)rune);
        else
            buf_addf(&plain, "<U+%04X>", (unsigned)rune);
        rest = str_from(rest, length);
    }
    out->len = start;
    buf_add(out, buf_str(&plain));
    buf_release(&plain);
}

static struct str
safe_text(struct canvas *c, struct str text)
{
    buf_clear(&c->safe);
    canvas_safe(c, text, &c->safe);
    return buf_str(&c->safe);
}

// Draws safe text without its first skip columns; `end` stands where something had to be cut.
static int
put_safe(struct canvas *c, int x, int y, int room, uint8_t look, struct str text, int skip, struct str end)
{
    int columns = (int)text_columns(text) - skip, limit = room, taken = 0, passed = 0;
    bool cut = columns > room;
    if (cut && room > (int)end.len)
        limit = room - (int)end.len;
    while (text.len) {
        int width;
        struct str character = next_character(&text, &width);
        if (width == 0)
            width = 1;
        if (passed < skip) {
            passed += width;
            taken = passed > skip ? passed - skip : 0;
            continue;
        }
        if (taken + width > limit)
            break;
        cell_set(c, x + taken, y, look, character, width);
        taken += width;
    }
    if (!cut || limit == room)
        return taken;
    while (taken < limit)
        cell_set(c, x + taken++, y, look, STR(" "), 1);
    for (size_t i = 0; i < end.len; i++)
        cell_set(c, x + taken++, y, look, (struct str){end.at + i, 1}, 1);
    return taken;
}

int
canvas_put(struct canvas *c, int x, int y, int room, uint8_t look, struct str text)
{
    return room <= 0 ? 0 : put_safe(c, x, y, room, look, safe_text(c, text), 0, STR(".."));
}

int
canvas_put_from(struct canvas *c, int x, int y, int room, uint8_t look, struct str text, int skip)
{
    return room <= 0 ? 0 : put_safe(c, x, y, room, look, safe_text(c, text), skip, STR(">"));
}

int
canvas_put_ends(struct canvas *c, int x, int y, int room, uint8_t look, struct str text, int tail)
{
    struct str safe = safe_text(c, text);
    int columns = (int)text_columns(safe), left = room - tail; // with the dots
    if (columns <= room || tail <= 0 || left < 3)
        return canvas_put(c, x, y, room, look, text);
    put_safe(c, x, y, left, look, safe, 0, STR(".."));
    return left + put_safe(c, x + left, y, tail, look, safe, columns - tail, STR_NONE);
}

int
canvas_putf(struct canvas *c, int x, int y, int room, uint8_t look, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return canvas_put(c, x, y, room, look, str_of(text));
}

int
canvas_columns(struct canvas *c, struct str text)
{
    return (int)text_columns(safe_text(c, text));
}

void
canvas_put_right(struct canvas *c, int x, int y, int room, uint8_t look, struct str text)
{
    int columns = canvas_columns(c, text);
    if (columns > room)
        columns = room;
    canvas_put(c, x + room - columns, y, columns, look, text);
}

void
canvas_fill(struct canvas *c, struct area a, uint8_t look, char sign)
{
    for (int y = a.y; y < a.y + a.h; y++)
        for (int x = a.x; x < a.x + a.w; x++)
            cell_set(c, x, y, look, (struct str){&sign, 1}, 1);
}

void
canvas_mark(struct canvas *c, struct area a, uint8_t bits)
{
    if (c->aside)
        return;
    for (int y = a.y; y < a.y + a.h; y++)
        for (int x = a.x; x < a.x + a.w; x++) {
            struct cell *cell = cell_at(c, x, y);
            if (cell)
                cell->look |= bits;
        }
}

void
canvas_chosen(struct canvas *c, struct area row)
{
    canvas_put(c, row.x + 1, row.y, 1, LOOK_STRONG, STR(">"));
    canvas_mark(c, row, LOOK_REVERSED);
    canvas_cursor(c, row.x + 1, row.y);
}

void
canvas_edges(struct canvas *c, struct area a, bool above, bool below)
{
    if (a.h <= 0)
        return;
    if (above)
        canvas_put(c, a.x + a.w - 1, a.y, 1, LOOK_STRONG, STR("^"));
    if (below)
        canvas_put(c, a.x + a.w - 1, a.y + a.h - 1, 1, LOOK_STRONG, STR("v"));
}

void
canvas_target(struct canvas *c, struct area a, enum target_kind kind, int value)
{
    if (c->target_count == c->target_room) {
        c->target_room = c->target_room ? 2 * c->target_room : 32;
        c->targets = mem_resize(c->targets, mem_product(c->target_room, sizeof *c->targets));
    }
    c->targets[c->target_count++] = (struct target){a, kind, value, c->pane};
}

const struct target *
canvas_target_at(const struct canvas *c, int x, int y)
{
    for (size_t i = c->target_count; i-- > 0;) {
        const struct area *a = &c->targets[i].a;
        if (x >= a->x && x < a->x + a->w && y >= a->y && y < a->y + a->h)
            return &c->targets[i];
    }
    return NULL;
}

int
canvas_box_width(struct area a)
{
    return a.w > BOX_WIDEST + 4 ? BOX_WIDEST : a.w - 4;
}

struct area
canvas_box(struct canvas *c, struct area a, int w, int h, struct str title)
{
    h = h > a.h ? a.h : h;
    a = (struct area){a.x + (a.w - w) / 2, a.y + (a.h - h) / 2, w, h};
    canvas_fill(c, (struct area){a.x - 2, a.y, a.w + 4, a.h}, 0, ' '); // no half words at its sides
    canvas_fill(c, (struct area){a.x, a.y, a.w, 1}, 0, '-');
    canvas_fill(c, (struct area){a.x, a.y + a.h - 1, a.w, 1}, 0, '-');
    canvas_fill(c, (struct area){a.x, a.y, 1, a.h}, 0, '|');
    canvas_fill(c, (struct area){a.x + a.w - 1, a.y, 1, a.h}, 0, '|');
    for (int i = 0; i < 4; i++)
        canvas_put(c, i % 2 ? a.x + a.w - 1 : a.x, i / 2 ? a.y + a.h - 1 : a.y, 1, 0, STR("+"));
    if (title.len) {
        int taken = canvas_put(c, a.x + 3, a.y, a.w - 6, 0, title);
        canvas_put(c, a.x + 2, a.y, 1, 0, STR(" "));
        canvas_put(c, a.x + 3 + taken, a.y, 1, 0, STR(" "));
    }
    return (struct area){a.x + 1, a.y + 1, a.w - 2, a.h - 2};
}

void
canvas_cursor(struct canvas *c, int x, int y)
{
    if (c->aside)
        return;
    c->cursor_x = x < 0 ? 0 : x >= c->w ? c->w - 1 : x;
    c->cursor_y = y < 0 ? 0 : y >= c->h ? c->h - 1 : y;
}

void
canvas_dump(const struct canvas *c, struct buf *out)
{
    for (int y = 0; y < c->h; y++) {
        size_t start = out->len;
        for (int x = 0; x < c->w; x++) {
            const struct cell *cell = canvas_at(c, x, y);
            buf_add(out, (struct str){cell->text, cell->len});
        }
        while (out->len > start && out->at[out->len - 1] == ' ')
            out->len--;
        buf_add_char(out, '\n');
    }
}
