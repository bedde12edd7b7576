#include "diag/quote.h"

struct str
quote_text(const struct quotes *q, const struct event_line *e, struct arena *arena)
{
    char text[QUOTE_LENGTH];
    size_t got = q->host->read ? q->host->read(q->host->self, e->source, e->offset, text, sizeof text) : 0;
    const char *end = memchr(text, '\n', got);
    size_t len = end ? (size_t)(end - text) : got;
    if (len && text[len - 1] == '\r')
        len--;
    return arena_str(arena, (struct str){text, len});
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
