#include "diag/block.h"

#include "diag/envelope.h"
#include "diag/records.h"
#include "diag/turn.h"

#include <stdlib.h>

static struct str
read_line(const struct quotes *q, const struct event_line *e, struct arena *arena)
{
    char text[QUOTE_LENGTH];
    if (!q->host->read)
        return STR_NONE;
    // Most lines are short, and every byte asked for is copied.
    size_t got = q->host->read(q->host->self, e->source, e->offset, text, QUOTE_FIRST);
    const char *end = memchr(text, '\n', got);
    if (!end && got == QUOTE_FIRST) {
        got = q->host->read(q->host->self, e->source, e->offset, text, sizeof text);
        end = memchr(text, '\n', got);
    }
    return arena_str(arena, str_trim_end((struct str){text, end ? (size_t)(end - text) : got}));
}

// The line in the memo, or in `own` when there is none.
static struct quoted *
read_back(const struct quotes *q, const struct event_line *e, struct arena *arena, struct quoted *own)
{
    struct quoted *m = q->memo ? &q->memo[(e->offset ^ e->offset >> 6) % QUOTE_MEMO] : own;
    if (m->line != e)
        *m = (struct quoted){.line = e, .text = read_line(q, e, arena)};
    return m;
}

uint64_t
quote_line(const struct quotes *q, const struct event_line *e)
{
    return turn_number(q->turned[e->source], e->line - q->lines_before[e->source]);
}

struct str
quote_text(const struct quotes *q, const struct event_line *e, struct arena *arena)
{
    struct quoted own = {0};
    return read_back(q, e, arena, &own)->text;
}

// "0x0 0x1 0x51 0x80" is 86400. Empty when it is no row of bytes or does not fit.
static struct str
bytes_as_number(struct str text, struct arena *arena)
{
    uint64_t sum = 0;
    int bytes = 0;
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        while (end < text.len && text.at[end] > ' ' && (unsigned char)text.at[end] != 0xc2)
            end++;
        if (end == i) {
            i++;
            continue;
        }
        char *stop;
        char word[8] = "";
        if (end - i < 3 || end - i > 4 || ++bytes > 8)
            return STR_NONE;
        memcpy(word, text.at + i, end - i);
        unsigned long byte = strtoul(word, &stop, 16);
        if (*stop || word[1] != 'x')
            return STR_NONE;
        sum = sum << 8 | byte;
        i = end;
    }
    return bytes > 1 ? arena_strf(arena, "%llu", (unsigned long long)sum) : STR_NONE;
}

// Some daemons write one number of an SA in hex and the other in decimal, which mostly has more than the
// eight digits of hex.
static struct str
spi_in_hex(struct str text, struct arena *arena)
{
    uint64_t spi;
    if (text.len == 8 || !str_number(text, &spi) || spi > UINT32_MAX)
        return STR_NONE;
    return arena_strf(arena, "0x%llX", (unsigned long long)spi);
}

// The value as a report shows it, where daemons write the same in several ways.
static struct str
value_shown(struct str name, struct str text, struct arena *arena)
{
    struct str shown = str_starts(text, STR("0x")) ? bytes_as_number(text, arena) : STR_NONE;
    if (str_starts(name, STR("spi")))
        shown = spi_in_hex(text, arena);
    return shown.len ? shown : text;
}

bool
said_shown(enum slot_name slot)
{
    return slot == SLOT_VALUE || slot == SLOT_NOTIFY || slot == SLOT_ERRNO;
}

static void
parse(const struct quotes *q, struct quoted *m, struct arena *arena)
{
    struct line line;
    struct msg msg;
    if (m->parsed)
        return;
    m->parsed = true;
    if (!envelope_again(q->front, m->text, &line)) {
        envelope_parse(m->text, &line);
        envelope_keep(q->front, &line);
    }
    if (!m->line || !msg_again(q->msgs, &line, m->line->dialect, m->line->template, &msg))
        return;
    m->body = (size_t)(msg.body.at - m->text.at);
    struct said **end = &m->values, *said = ARENA_ARRAY(arena, struct said, msg.slots.count);
    for (size_t i = 0; i < msg.slots.count; i++) {
        const struct slot *s = &msg.slots.at[i];
        if (s->value.len == 0)
            continue;
        *said = (struct said){NULL, s->name, value_shown(s->name, s->value, arena), m->line,
                              said_shown(s->known)};
        *end = said;
        end = &said++->next;
    }
    if (msg.message->collects.len && q->spells[m->line->source])
        block_values(q, m->line, &msg.slots, arena, end);
}

const struct said *
quote_values(const struct quotes *q, const struct event_line *e, struct arena *arena)
{
    if (q->knowledge->dialects[e->dialect].configuration)
        return records_values(q->records, e, arena);
    const struct tmpl *tmpl = event_template(q->knowledge, e)->tmpl;
    if (!tmpl_has_values(tmpl) && !tmpl_has_known(tmpl) && !event_message(q->knowledge, e)->collects.len)
        return NULL;
    struct quoted own = {0}, *m = read_back(q, e, arena, &own);
    parse(q, m, arena);
    return m->values;
}

size_t
quote_body(const struct quotes *q, const struct event_line *e, struct arena *arena)
{
    struct quoted own = {0}, *m = read_back(q, e, arena, &own);
    parse(q, m, arena);
    return m->body;
}
