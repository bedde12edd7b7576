#include "tui/logrows.h"

#include <time.h>

#include "diag/line.h"
#include "diag/text.h"
#include "tui/excerpt.h"
#include "tui/prose.h"
#include "tui/theme.h"
#include "tui/words.h"

enum { FOLD_LEAST = 2, NARROW = 60 };

size_t
logrows_index(const struct excerpt *x, uint64_t line)
{
    size_t i = 0;
    while (i + 1 < x->count && x->lines[i].number < line)
        i++;
    return i;
}

// Does the line only repeat the one above it? What decides a checkpoint is always shown, and what is marked.
static bool
repeats(const struct logrows *v, const struct excerpt *x, const struct evidence *e, size_t i)
{
    if (v->unfolded || i == 0 || i >= x->count)
        return false;
    const struct excerpt_line *line = &x->lines[i], *above = &x->lines[i - 1];
    const struct evidence_line *proof = evidence_at(e, line->number);
    return line->alike && line->alike == above->alike && line->number == above->number + 1 &&
           line->number != v->line && !(proof && proof->deciding);
}

// How many lines from this one on are folded into one row; 0: it is shown.
static size_t
folded(const struct logrows *v, const struct excerpt *x, const struct evidence *e, size_t i)
{
    size_t first = i, end = i;
    while (repeats(v, x, e, first))
        first--;
    first++;
    while (repeats(v, x, e, end))
        end++;
    return end > i && end - first >= FOLD_LEAST ? end - i : 0;
}

size_t
logrows_step(const struct logrows *v, const struct excerpt *x, const struct evidence *e, size_t at, bool down)
{
    size_t to = at;
    while (down ? to + 1 < x->count : to > 0) {
        to += down ? 1 : (size_t)-1;
        if (!folded(v, x, e, to))
            return to;
    }
    return at;
}

// Reverses what was searched for in a drawn row.
static void
mark_found(const struct logrows *v, struct canvas *c, int x, int y, int room, struct str shown,
           struct str sought)
{
    for (size_t at = 0; sought.len;) {
        struct str rest = str_from(shown, at);
        size_t found = excerpt_find(rest, sought);
        if (found + sought.len > rest.len)
            return;
        int start = canvas_columns(c, (struct str){shown.at, at + found}) - v->side;
        int width = canvas_columns(c, (struct str){rest.at + found, sought.len});
        if (start >= 0 && start + width <= room)
            canvas_mark(c, (struct area){x + start, y, width, 1}, LOOK_REVERSED);
        at += found + sought.len;
    }
}

// "L1046 *4 04:45:35 "; returns the columns.
static int
draw_front(const struct session *s, const struct excerpt_line *line, const struct evidence_line *proof,
           struct canvas *c, int x, int y, bool narrow)
{
    const struct tunnel_view *t = session_tunnel(s);
    enum checkpoint checkpoint = proof ? proof->checkpoint : line->checkpoint;
    int begun = x;
    unsigned number = t ? order_number(t->order, checkpoint) : 0;
    x += canvas_putf(c, x, y, 12, LOOK_DIM, "L%-6llu", (unsigned long long)line->number) + 1;
    canvas_put(c, x, y, 1, LOOK_STRONG, proof && proof->deciding ? STR("*") : STR(" "));
    if (number)
        canvas_putf(c, x + 1, y, 1, proof ? LOOK_STRONG : LOOK_DIM, "%u", number);
    else if (proof)
        canvas_put(c, x + 1, y, 1, LOOK_STRONG, STR("-"));
    x += 3;
    time_t seconds = (time_t)(line->time / 1000000);
    struct tm parts;
    char text[16];
    if (!narrow && line->time != LINE_NO_TIME && gmtime_r(&seconds, &parts) &&
        strftime(text, sizeof text, "%H:%M:%S", &parts))
        x += canvas_put(c, x, y, 8, LOOK_DIM, str_of(text)) + 1;
    return x - begun;
}

// One line; returns the rows it took.
static int
draw_line(const struct logrows *v, const struct session *s, const struct excerpt_line *line,
          const struct evidence_line *proof, struct str sought, struct canvas *c, struct area a)
{
    int taken = 1, x = a.x + 2;
    x += draw_front(s, line, proof, c, x, a.y, a.w < NARROW);
    int room = a.x + a.w - x;
    uint8_t look = proof && proof->deciding ? LOOK_STRONG : LOOK_PLAIN;
    struct str words = str_from(line->text, line->time != LINE_NO_TIME ? line->head : 0);
    if (v->wrap && room > 10) {
        struct prose text = {0};
        size_t top = 0;
        prose_add(&text, c, room, 0, 0, look, -1, words);
        taken = (int)text.count < a.h ? (int)text.count : a.h;
        text.count = (size_t)taken;
        prose_draw(&text, c, (struct area){x, a.y, room, taken}, -1, false, &top);
        prose_release(&text);
    } else {
        canvas_put_from(c, x, a.y, room, look, words, v->side);
        mark_found(v, c, x, a.y, room, words, sought);
    }
    if (line->number == v->line)
        canvas_chosen(c, (struct area){a.x, a.y, x - a.x - 1, 1});
    return taken;
}

// ". (6 more like it, 63 s)"
static void
draw_fold(const struct excerpt *x, size_t first, size_t count, struct canvas *c, struct area a)
{
    struct buf text = {0};
    int64_t from = x->lines[first - 1].time, to = x->lines[first + count - 1].time;
    buf_addf(&text, P_(". (%zu more like it", ". (%zu more like it", count), count);
    if (from != LINE_NO_TIME && to > from)
        buf_addf(&text, _(", %lld s"), (long long)((to - from) / 1000000));
    buf_add(&text, str_of(_(")   Space unfolds")));
    canvas_put(c, a.x + 10, a.y, a.w - 11, LOOK_DIM, buf_str(&text));
    buf_release(&text);
}

static void
draw_left_out(uint64_t count, struct canvas *c, struct area a)
{
    struct buf text = {0};
    text_count(count, &text);
    canvas_putf(c, a.x + 10, a.y, a.w - 11, LOOK_DIM,
                P_(". %.*s line between", ". %.*s lines between", count), STR_ARG(buf_str(&text)));
    buf_release(&text);
}

bool
logrows_draw(struct logrows *v, const struct session *s, const struct excerpt *x, const struct evidence *e,
             struct str sought, struct canvas *c, struct area a)
{
    int y = a.y, end = a.y + a.h;
    bool seen = false;
    v->rows = 0;
    for (size_t i = logrows_index(x, v->top); i < x->count && y < end;) {
        uint64_t number = x->lines[i].number;
        uint64_t left_out =
            i && number > x->lines[i - 1].number + 1 && y > a.y ? number - x->lines[i - 1].number - 1 : 0;
        if (left_out && y + 1 < end)
            draw_left_out(left_out, c, (struct area){a.x, y++, a.w, 1});
        size_t hidden = folded(v, x, e, i);
        if (hidden) {
            draw_fold(x, i, hidden, c, (struct area){a.x, y++, a.w, 1});
            i += hidden;
            continue;
        }
        seen |= number == v->line;
        y += draw_line(v, s, &x->lines[i], evidence_at(e, number), sought, c,
                       (struct area){a.x, y, a.w, end - y});
        v->rows++;
        i++;
    }
    return seen;
}
