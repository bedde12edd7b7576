#include "diag/quote.h"

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
    size_t len = end ? (size_t)(end - text) : got;
    if (len && text[len - 1] == '\r')
        len--;
    return arena_str(arena, (struct str){text, len});
}

struct str
quote_text(const struct quotes *q, const struct event_line *e, struct arena *arena)
{
    struct quoted *memo = q->memo ? &q->memo[(e->offset ^ e->offset >> 6) % QUOTE_MEMO] : NULL;
    if (memo && memo->line == e)
        return memo->text;
    struct str text = read_line(q, e, arena);
    if (memo)
        *memo = (struct quoted){e, text};
    return text;
}

static bool
quote_again(const struct quotes *q, const struct event_line *e, struct str text, struct line *line,
            struct msg *msg)
{
    line_parse(text, line);
    return msg_again(q->msgs, line, e->dialect, e->template, msg);
}

struct said **
quote_values(const struct quotes *q, const struct event_line *e, struct arena *arena, struct said **end)
{
    if (!tmpl_has_values(event_template(q->knowledge, e)->tmpl) &&
        !tmpl_has_known(event_template(q->knowledge, e)->tmpl))
        return end;
    struct line line;
    struct msg msg;
    if (!quote_again(q, e, quote_text(q, e, arena), &line, &msg))
        return end;
    for (size_t i = 0; i < msg.slots.count; i++) {
        if (msg.slots.at[i].value.len == 0)
            continue;
        struct said *said = ARENA_NEW(arena, struct said);
        *said = (struct said){NULL, msg.slots.at[i].name, msg.slots.at[i].value, e};
        *end = said;
        end = &said->next;
    }
    return end;
}

size_t
quote_body(const struct quotes *q, const struct event_line *e, struct str text)
{
    struct line line;
    struct msg msg;
    return quote_again(q, e, text, &line, &msg) ? (size_t)(msg.body.at - text.at) : 0;
}
