#include "tui/book.h"

#include <stdlib.h>
#include <string.h>

#include "diag/arena.h"
#include "tui/sample.h"

enum { STRIDE = 256, WINDOW = 64 * 1024, MEMORY_BLOCK = 256 * 1024, HELD_MOST = 1024 * 1024 };

struct part {
    const char *name;
    struct source *source; // NULL when not open, or in memory
    struct str memory;     // a sample or a pasted text
    bool in_memory;
    uint64_t start, length; // in the whole; length without the joint
    uint64_t first_line;    // number of its first line
    bool joint;             // a line end stands behind it that the file lacks
};

struct book {
    struct opening *opening;
    struct part *parts;
    size_t count, at; // at: the part that is read
    bool beside;      // it came with another one
    bool live;        // it was read to its end and goes on: a line is handed over when its end is there
    struct buf held;  // of it, the line that has no end yet
    size_t given;     // bytes at the beginning of held that were handed over
    struct buf told;  // what was last said about the file
    uint64_t taken, total;
    uint64_t *index; // offsets of the lines 1, 1 + STRIDE, ...
    size_t index_room;
    uint64_t lines; // begun lines
    bool line_open; // the last byte was no line end
};

struct book *
book_new(struct opening *o)
{
    struct book *b = mem_new(sizeof *b);
    b->opening = o;
    b->parts = mem_new(mem_product(o->count, sizeof *b->parts));
    b->count = o->count;
    for (size_t i = 0; i < o->count; i++)
        b->parts[i].name = o->parts[i];
    b->parts[0].memory = o->text;
    b->parts[0].in_memory = o->text.at != NULL;
    return b;
}

void
book_free(struct book *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++)
        if (b->parts[i].source)
            source_close(b->parts[i].source);
    opening_free(b->opening);
    buf_release(&b->held);
    buf_release(&b->told);
    free(b->parts);
    free(b->index);
    free(b);
}

const char *
book_title(const struct book *b)
{
    return b->opening->title;
}

const char *
book_origin(const struct book *b)
{
    return b->beside ? NULL : b->opening->parts[0];
}

const char *
book_kind(const struct book *b)
{
    const struct part *p = &b->parts[0];
    return b->opening->text.at ? "paste"
           : p->in_memory      ? "sample"
           : p->source         ? source_kind(p->source)
                               : "file";
}

// Notes where the lines of a block begin, which stands at an offset of the whole.
static void
add_to_index(struct book *b, struct str block, uint64_t offset)
{
    const char *at = block.at, *end = block.at + block.len;
    while (at < end) {
        if (!b->line_open) {
            if (b->lines % STRIDE == 0) {
                size_t slot = (size_t)(b->lines / STRIDE);
                if (slot == b->index_room) {
                    b->index_room = b->index_room ? 2 * b->index_room : 64;
                    b->index = mem_resize(b->index, mem_product(b->index_room, sizeof *b->index));
                }
                b->index[slot] = offset + (uint64_t)(at - block.at);
            }
            b->lines++;
            b->line_open = true;
        }
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            return;
        b->line_open = false;
        at = stop + 1;
    }
}

static struct source *
open_source(const struct opening *o, const char *name, struct err *e)
{
    const struct source_options options = {
        .speakers = o->speakers, .speaker_count = o->speaker_count, .sends = o->sends, .keeps = true};
    return source_open(name, &options, e);
}

static bool
open_part(const struct opening *o, struct part *p, struct err *e)
{
    const char *name = p->name;
    if (sample_is(name)) {
        const struct embedded *sample = sample_find(name, e);
        if (sample)
            p->memory = (struct str){sample->at, sample->len};
        return p->in_memory = sample != NULL;
    }
    p->source = open_source(o, name, e);
    return p->source != NULL;
}

static enum source_step
step_memory(struct part *p, struct str *block)
{
    *block = str_from(p->memory, (size_t)p->length);
    if (block->len > MEMORY_BLOCK)
        block->len = MEMORY_BLOCK;
    return block->len ? SOURCE_MORE : SOURCE_DONE;
}

static void
take(struct book *b, struct part *p, struct str block)
{
    add_to_index(b, block, p->start + p->length);
    p->length += block.len;
}

// The part at hand is at its end: the next one begins on a line of its own. What was held back is the last
// line then.
static enum source_step
end_part(struct book *b, struct part *p, struct str *block)
{
    if (b->held.len > b->given && b->at + 1 < b->count) {
        *block = str_from(buf_str(&b->held), b->given);
        b->given = b->held.len;
        take(b, p, *block);
        return SOURCE_MORE;
    }
    b->at++;
    if (!b->line_open || b->at == b->count) {
        *block = STR("");
        return b->at == b->count ? SOURCE_DONE : SOURCE_MORE;
    }
    p->joint = true;
    *block = STR("\n");
    b->line_open = false;
    return SOURCE_MORE;
}

// Of a growing file: adds what was read to what is held back, and hands over the lines that have an end.
static void
hold_back(struct book *b, struct str *block)
{
    size_t rest = b->held.len - b->given;
    if (rest)
        memmove(b->held.at, b->held.at + b->given, rest);
    b->held.len = rest;
    b->given = 0;
    buf_add(&b->held, *block);
    const char *end = b->held.len ? memrchr(b->held.at, '\n', b->held.len) : NULL;
    b->given = end ? (size_t)(end - b->held.at) + 1 : b->held.len > HELD_MOST ? b->held.len : 0;
    *block = (struct str){b->held.at, b->given};
}

enum source_step
book_step(struct book *b, struct str *block, struct err *e)
{
    *block = STR("");
    if (b->at == b->count)
        return SOURCE_DONE;
    struct part *p = &b->parts[b->at];
    if (!p->first_line) {
        p->first_line = b->lines + 1;
        if (b->at)
            p->start = p[-1].start + p[-1].length + p[-1].joint;
    }
    if (!p->source && !p->in_memory && !open_part(b->opening, p, e)) {
        b->at++;
        return SOURCE_FAILED;
    }
    // What a connection that broke left of a line may still become whole.
    b->live |= p->source && source_pull(p->source, NULL, &(unsigned){0});
    enum source_step step = p->in_memory ? step_memory(p, block) : source_step(p->source, block, e);
    if (step == SOURCE_MORE) {
        if (b->live)
            hold_back(b, block);
        take(b, p, *block);
    } else if (step == SOURCE_DONE) {
        step = end_part(b, p, block);
    } else if (step == SOURCE_FAILED) {
        end_part(b, p, block);
    }
    return step;
}

// Another file stands where the last part was read: it becomes the next part.
static bool
add_part(struct book *b)
{
    struct err e;
    const char *name = b->parts[b->count - 1].name;
    struct source *source = open_source(b->opening, name, &e);
    if (!source)
        return false;
    b->parts = mem_resize(b->parts, mem_product(b->count + 1, sizeof *b->parts));
    b->parts[b->count] = (struct part){.name = name, .source = source};
    b->at = b->count - 1; // what was held back of the old one comes first
    b->count++;
    return true;
}

// Appends a sentence to told, unless it was the last one.
static void
tell(struct book *b, const char *sentence, struct buf *told)
{
    if (str_eq(buf_str(&b->told), str_of(sentence)))
        return;
    buf_set(&b->told, str_of(sentence));
    buf_add(told, told->len ? STR("; ") : STR(""));
    buf_add(told, str_of(sentence));
}

enum book_change
book_again(struct book *b, struct buf *told)
{
    struct part *p = &b->parts[b->count - 1];
    struct err e = {0};
    if (b->at < b->count)
        return BOOK_GROWN;
    if (!p->source)
        return BOOK_SAME;
    switch (source_again(p->source, &e)) {
    case SOURCE_MORE:
        if (b->line_open && !b->live)
            return BOOK_LOST; // its last line was taken without its end
        b->at = b->count - 1;
        break;
    case SOURCE_FAILED:
        tell(b, e.text, told);
        if (source_is_lost(p->source))
            return BOOK_LOST;
        if (strcmp(source_kind(p->source), "file") != 0 || !add_part(b))
            return BOOK_SAME;
        break;
    default:
        return BOOK_SAME;
    }
    b->live = true;
    return BOOK_GROWN;
}

bool
book_can_grow(const struct book *b)
{
    const struct part *p = &b->parts[b->count - 1];
    return p->source && strcmp(source_kind(p->source), "stdin") != 0;
}

int
book_fd(const struct book *b)
{
    const struct part *p = b->at < b->count ? &b->parts[b->at] : NULL;
    return p && p->source ? source_fd(p->source) : -1;
}

struct source *
book_source(const struct book *b)
{
    return b->parts[b->at < b->count ? b->at : b->count - 1].source;
}

bool
book_asks(const struct book *b)
{
    return b->opening->sends;
}

struct book *
book_beside(struct book *b)
{
    struct err e = {0};
    struct source *source = book_source(b) ? source_beside(book_source(b), &e) : NULL;
    if (!source)
        return NULL;
    struct opening *o = opening_new(str_of(source_name(source)), 1);
    o->parts[0] = o->title;
    struct book *beside = book_new(o);
    beside->parts[0].source = source;
    beside->beside = true;
    return beside;
}

static size_t
read_part(const struct part *p, uint64_t offset, char *into, size_t want)
{
    uint64_t left = p->length > offset ? p->length - offset : 0;
    if (left == 0 && offset == p->length && p->joint && want) {
        *into = '\n';
        return 1;
    }
    if (want > left)
        want = (size_t)left;
    if (!p->in_memory)
        return p->source ? source_read(p->source, offset, into, want) : 0;
    memcpy(into, p->memory.at + offset, want);
    return want;
}

size_t
book_read(struct book *b, uint64_t offset, char *into, size_t want)
{
    size_t have = 0;
    for (size_t i = 0; i < b->count && have < want; i++) {
        const struct part *p = &b->parts[i];
        while (have < want && offset >= p->start && offset < p->start + p->length + p->joint) {
            size_t got = read_part(p, offset - p->start, into + have, want - have);
            if (got == 0)
                return have;
            have += got;
            offset += got;
        }
    }
    return have;
}

void
book_progress(const struct book *b, uint64_t *taken, uint64_t *total)
{
    *taken = *total = 0;
    for (size_t i = 0; i < b->count; i++) {
        uint64_t one = 0, all = 0;
        const struct part *p = &b->parts[i];
        if (p->source)
            source_progress(p->source, &one, &all);
        else if (p->in_memory)
            one = p->length;
        *taken += one;
        *total += all;
    }
    if (b->count > 1)
        *total = 0; // the parts to come are not known yet
}

uint64_t
book_lines(const struct book *b)
{
    return b->lines;
}

const char *
book_part(const struct book *b, uint64_t line, uint64_t *number)
{
    const char *name = NULL;
    for (size_t i = 0; b->count > 1 && i < b->count; i++)
        if (b->parts[i].first_line && b->parts[i].first_line <= line) {
            const char *base = strrchr(b->parts[i].name, '/');
            name = base ? base + 1 : b->parts[i].name;
            *number = line - b->parts[i].first_line + 1;
        }
    return name;
}

void
book_walk_to(struct book_walk *w, struct book *b, uint64_t line)
{
    if (!w->bytes)
        w->bytes = mem_new(WINDOW + EXCERPT_LINE);
    w->book = b;
    w->have = w->at = 0;
    if (line < 1)
        line = 1;
    if (b->lines == 0) {
        w->number = 0;
        w->start = 0;
        return;
    }
    uint64_t slot = (line - 1) / STRIDE, last = (b->lines - 1) / STRIDE;
    slot = slot > last ? last : slot;
    w->number = slot * STRIDE;
    w->start = b->index[slot];
    while (w->number + 1 < line && book_walk_next(w))
        ;
}

static bool
fill_window(struct book_walk *w)
{
    w->start += w->at;
    memmove(w->bytes, w->bytes + w->at, w->have - w->at);
    w->have -= w->at;
    w->at = 0;
    size_t got = book_read(w->book, w->start + w->have, w->bytes + w->have, WINDOW - w->have);
    w->have += got;
    return got > 0;
}

// The line at hand is longer than the window: its beginning is kept, the rest only counted.
static void
skip_rest(struct book_walk *w)
{
    char *kept = w->bytes + WINDOW;
    memcpy(kept, w->text.at, EXCERPT_LINE);
    w->text = (struct str){kept, EXCERPT_LINE};
    for (;;) {
        w->at = w->have;
        if (!fill_window(w))
            return;
        const char *end = memchr(w->bytes, '\n', w->have);
        w->length += end ? (size_t)(end - w->bytes) : w->have;
        if (!end)
            continue;
        w->at = (size_t)(end - w->bytes) + 1;
        return;
    }
}

bool
book_walk_next(struct book_walk *w)
{
    if (w->number >= w->book->lines)
        return false;
    const char *stop = memchr(w->bytes + w->at, '\n', w->have - w->at);
    if (!stop && fill_window(w))
        stop = memchr(w->bytes, '\n', w->have);
    size_t len = stop ? (size_t)(stop - w->bytes) - w->at : w->have - w->at;
    if (!stop && len == 0)
        return false;
    w->number++;
    w->length = len;
    w->text = (struct str){w->bytes + w->at, len < EXCERPT_LINE ? len : EXCERPT_LINE};
    w->at += len + (stop != NULL);
    if (!stop && w->have == WINDOW)
        skip_rest(w);
    if (w->text.len && w->text.len == w->length && w->text.at[w->text.len - 1] == '\r') {
        w->text.len--;
        w->length--;
    }
    return true;
}

void
book_walk_release(struct book_walk *w)
{
    free(w->bytes);
    w->bytes = NULL;
}
