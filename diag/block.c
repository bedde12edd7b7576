#include "diag/block.h"

#include "diag/envelope.h"

#include <stdlib.h>

// How far a block is read, how many lines of others may stand in it, and how long one value may grow.
enum { BLOCK_BYTES = 24 * 1024, BLOCK_LINES = 256, BLOCK_VALUE = 256 };

struct block {
    struct arena *arena;
    struct str name;
    const struct event_line *line;
    struct said **end;
    char value[BLOCK_VALUE];
    size_t length;
};

static void
finish(struct block *b)
{
    if (b->length == 0)
        return;
    struct said *said = ARENA_NEW(b->arena, struct said);
    *said = (struct said){NULL, b->name, arena_str(b->arena, (struct str){b->value, b->length}), b->line,
                          said_shown(slot_of(b->name))};
    *b->end = said;
    b->end = &said->next;
    b->length = 0;
}

static void
add(struct block *b, struct str text, char joint)
{
    if (b->length + 1 + text.len > BLOCK_VALUE)
        return;
    if (b->length)
        b->value[b->length++] = joint;
    memcpy(b->value + b->length, text.at, text.len);
    b->length += text.len;
}

// The parts of one line belong together closer than those of two.
static void
add_parts(struct block *b, const struct slots *slots)
{
    bool first = true;
    for (size_t i = 0; i < slots->count; i++)
        if (slots->at[i].known == SLOT_PART && slots->at[i].value.len) {
            add(b, str_trim(slots->at[i].value), first ? '-' : '_');
            first = false;
        }
}

// Do both lines name the same negotiation, or does one of them name none?
static bool
same_speaker(const struct slots *a, const struct slots *b)
{
    static const enum slot_name names[] = {SLOT_SERIAL, SLOT_CHILD, SLOT_CONN, SLOT_THREAD};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str x = slots_get(a, str_of(slot_word[names[i]])),
                   y = slots_get(b, str_of(slot_word[names[i]]));
        if (x.len && y.len && !str_eq(x, y))
            return false;
    }
    return true;
}

// One line behind the opener; false: the block ends with it.
static bool
take(struct block *b, const struct quotes *q, struct str text, const struct slots *opener)
{
    struct line line;
    struct msg msg;
    int last = b->line->dialect;
    envelope_parse(text, &line);
    msg_read(q->msgs, &line, b->line->dialect, &last, &msg);
    if (msg.found != MSG_READ || !same_speaker(opener, &msg.slots))
        return true;
    if (msg.message->part == PART_NO)
        return false;
    if (msg.message->part == PART_FIRST)
        finish(b);
    add_parts(b, &msg.slots);
    return true;
}

bool
block_has_value(const struct knowledge *k, const struct msg *msg)
{
    return tmpl_has_named(k->dialects[msg->dialect].templates[msg->template].tmpl, STR("part"));
}

struct said **
block_values(const struct quotes *q, const struct event_line *e, const struct slots *opener,
             struct arena *arena, struct said **end)
{
    struct block b = {
        .arena = arena, .name = event_message(q->knowledge, e)->collects, .line = e, .end = end};
    if (!q->host->read)
        return end;
    char *text = mem_new(BLOCK_BYTES);
    size_t got = q->host->read(q->host->self, e->source, e->offset, text, BLOCK_BYTES);
    const char *at = memchr(text, '\n', got), *stop = text + got;
    for (int lines = 0; at && at + 1 < stop && lines < BLOCK_LINES; lines++) {
        const char *next = memchr(at + 1, '\n', (size_t)(stop - at - 1));
        const struct str line = {at + 1, (size_t)((next ? next : stop) - at - 1)};
        if (!take(&b, q, str_trim_end(line), opener))
            break;
        at = next;
    }
    finish(&b);
    free(text);
    return b.end;
}
