#include "tui/excerpt.h"

#include <stdlib.h>
#include <string.h>

#include "diag/arena.h"

enum { STRETCH = 2048, COUNTED = 200000 };

struct making {
    struct book *book;
    struct diag *reader;
    const struct knowledge *knowledge;
    const struct excerpt_ask *ask;
    struct book_walk walk;
    bool (*interrupted)(void *self);
    void *self;
    bool stopped;
};

static bool
has_capitals(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] >= 'A' && s.at[i] <= 'Z')
            return true;
    return false;
}

static char
small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
stands_at(const char *at, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (small(at[i]) != text.at[i])
            return false;
    return true;
}

size_t
excerpt_find(struct str line, struct str text)
{
    if (!text.len || line.len < text.len || has_capitals(text))
        return str_find(line, text);
    char first = text.at[0], capital = first >= 'a' && first <= 'z' ? (char)(first & ~0x20) : first;
    for (size_t i = 0; i + text.len <= line.len; i++)
        if ((line.at[i] == first || line.at[i] == capital) && stands_at(line.at + i, text))
            return i;
    return line.len;
}

static bool
holds(struct str line, const char *text)
{
    return excerpt_find(line, str_of(text)) < line.len;
}

// Is the line among those that are shown?
static bool
is_shown(const struct excerpt_ask *ask, uint64_t number, struct str text)
{
    if (ask->filter[0])
        return holds(text, ask->filter);
    if (!ask->near)
        return true;
    size_t low = 0, high = ask->near_count; // the first one not more than EXCERPT_NEAR before the line
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ask->near[middle] + EXCERPT_NEAR < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ask->near_count && ask->near[low] <= number + EXCERPT_NEAR;
}

// The number of the next line that may be shown at or behind this one: near lines let whole stretches be
// skipped.
static uint64_t
skip_to(const struct excerpt_ask *ask, uint64_t number)
{
    if (ask->filter[0] || !ask->near)
        return number;
    for (size_t i = 0; i < ask->near_count; i++)
        if (ask->near[i] + EXCERPT_NEAR >= number) {
            uint64_t begin = ask->near[i] > EXCERPT_NEAR ? ask->near[i] - EXCERPT_NEAR : 1;
            return begin > number ? begin : number;
        }
    return UINT64_MAX;
}

// Steps to the next shown line before `end`; false behind the last.
static bool
step(struct making *m, uint64_t end)
{
    while (!m->stopped) {
        uint64_t next = skip_to(m->ask, m->walk.number + 1);
        if (next >= end)
            return false;
        if (next > m->walk.number + 1)
            book_walk_to(&m->walk, m->book, next);
        if (!book_walk_next(&m->walk))
            return false;
        if (is_shown(m->ask, m->walk.number, m->walk.text))
            return true;
        if (m->walk.number % STRETCH == 0 && m->interrupted(m->self))
            m->stopped = true;
    }
    return false;
}

// The shown lines before `line`, the nearest `want` of them, newest first, from stretches further and further
// up.
static size_t
numbers_before(struct making *m, uint64_t line, size_t want, uint64_t *numbers)
{
    size_t have = 0;
    uint64_t end = line;
    uint64_t *stretch = mem_new(STRETCH * sizeof *stretch);
    while (end > 1 && have < want && !m->stopped) {
        uint64_t begin = end > STRETCH ? end - STRETCH : 1;
        size_t count = 0;
        book_walk_to(&m->walk, m->book, begin);
        while (count < STRETCH && step(m, end))
            stretch[count++] = m->walk.number;
        while (count && have < want)
            numbers[have++] = stretch[--count];
        end = begin;
    }
    free(stretch);
    return have;
}

// The checkpoint that an event speaks of whatever else holds; CP_NONE when it may be several.
static enum checkpoint
checkpoint_of(const struct event *event)
{
    unsigned all = 0;
    for (size_t i = 0; event && i < event->statement_count; i++)
        all |= event->statements[i].checkpoints;
    for (int c = 0; c < CP_COUNT; c++)
        if (all == 1u << c)
            return (enum checkpoint)c;
    return CP_NONE;
}

// What repeats: a retransmission of the same negotiation, or the very same words.
static uint64_t
alike(const struct reading *r, const struct event *event, struct str words)
{
    if (!event || !event->repeats)
        return str_hash(words, 1) | 1;
    uint64_t hash = str_hash(r->message->id, 2);
    for (size_t i = 0; i < r->slots.count; i++)
        if (str_eq(r->slots.at[i].name, STR("serial")) || str_eq(r->slots.at[i].name, STR("conn")))
            hash = str_hash(r->slots.at[i].value, hash);
    return hash | 1;
}

static void
take_line(struct making *m, struct excerpt *x)
{
    struct reading r = {0};
    struct excerpt_line *line = &x->lines[x->count++];
    *line = (struct excerpt_line){
        .number = m->walk.number, .text = arena_str(&x->arena, m->walk.text), .length = m->walk.length};
    diag_read(m->reader, line->text, STR_NONE, &r);
    const struct event *event =
        r.message && r.message->event >= 0 ? &m->knowledge->events[r.message->event] : NULL;
    struct str words = r.dialect || !r.line.tag.len
                           ? r.line.body
                           : str_from(r.line.raw, (size_t)(r.line.tag.at - r.line.raw.at));
    line->time = r.line.time;
    if (words.len && words.at >= line->text.at && words.at < line->text.at + line->text.len)
        line->head = (size_t)(words.at - line->text.at);
    line->checkpoint = checkpoint_of(event);
    line->alike = alike(&r, event, str_from(line->text, line->head));
}

// How many lines are shown in all; of a long log with a filter nobody waits for it.
static uint64_t
count_shown(struct making *m)
{
    uint64_t lines = book_lines(m->book), count = 0, done = 0;
    if (m->ask->filter[0] && lines > COUNTED)
        return EXCERPT_UNKNOWN;
    if (!m->ask->filter[0] && !m->ask->near)
        return lines;
    for (size_t i = 0; !m->ask->filter[0] && i < m->ask->near_count; i++) {
        uint64_t first = m->ask->near[i] > EXCERPT_NEAR ? m->ask->near[i] - EXCERPT_NEAR : 1;
        uint64_t last = m->ask->near[i] + EXCERPT_NEAR < lines ? m->ask->near[i] + EXCERPT_NEAR : lines;
        first = first > done ? first : done + 1;
        count += last >= first ? last - first + 1 : 0;
        done = last > done ? last : done;
    }
    if (m->ask->filter[0]) {
        book_walk_to(&m->walk, m->book, 1);
        while (step(m, UINT64_MAX))
            count++;
    }
    return count;
}

// Looks for the sought text in shown lines; 0 when there is none.
static uint64_t
search_forward(struct making *m)
{
    book_walk_to(&m->walk, m->book, m->ask->line + 1);
    while (step(m, UINT64_MAX))
        if (holds(m->walk.text, m->ask->sought))
            return m->walk.number;
    return 0;
}

static uint64_t
search_backward(struct making *m)
{
    uint64_t end = m->ask->line;
    while (end > 1 && !m->stopped) {
        uint64_t begin = end > STRETCH ? end - STRETCH : 1, last = 0;
        book_walk_to(&m->walk, m->book, begin);
        while (step(m, end))
            if (holds(m->walk.text, m->ask->sought))
                last = m->walk.number;
        if (last)
            return last;
        end = begin;
    }
    return 0;
}

static void
collect(struct making *m, struct excerpt *x, uint64_t line)
{
    size_t most = m->ask->before + m->ask->after + 1;
    x->lines = ARENA_ARRAY(&x->arena, struct excerpt_line, most);
    uint64_t *before = mem_new(mem_product(m->ask->before + 1, sizeof *before));
    size_t count = numbers_before(m, line, m->ask->before + 1, before);
    x->first = count <= m->ask->before;
    if (!x->first)
        count--;
    for (size_t i = count; i-- > 0;) {
        if (before[i] != m->walk.number + 1 || i + 1 == count)
            book_walk_to(&m->walk, m->book, before[i]);
        if (book_walk_next(&m->walk))
            take_line(m, x);
    }
    free(before);
    x->at = x->count;
    book_walk_to(&m->walk, m->book, line);
    x->last = true;
    while (step(m, UINT64_MAX)) {
        if (x->count == most) {
            x->last = false;
            break;
        }
        take_line(m, x);
    }
    if (x->at == x->count && x->count)
        x->at--;
}

struct excerpt *
excerpt_make(struct book *b, const struct excerpt_ask *ask, struct diag *reader,
             const struct knowledge *knowledge, bool (*interrupted)(void *self), void *self)
{
    struct making m = {.book = b,
                       .reader = reader,
                       .knowledge = knowledge,
                       .ask = ask,
                       .interrupted = interrupted,
                       .self = self};
    struct excerpt *x = mem_new(sizeof *x);
    uint64_t line = ask->line > book_lines(b) ? book_lines(b) : ask->line;
    *x = (struct excerpt){.serial = ask->serial, .source = ask->source, .total = book_lines(b)};
    if (ask->search != EXCERPT_AROUND) {
        uint64_t found = ask->search == EXCERPT_FORWARD ? search_forward(&m) : search_backward(&m);
        x->found = found > 0;
        line = found ? found : line;
    }
    if (!m.stopped)
        collect(&m, x, line);
    if (!m.stopped)
        x->shown = count_shown(&m);
    if (x->count)
        x->part = book_part(b, x->lines[x->at].number, &x->part_line);
    book_walk_release(&m.walk);
    if (!m.stopped)
        return x;
    excerpt_free(x);
    return NULL;
}
