#include "diag/relays.h"

#include "diag/envelope.h"

enum {
    LOOKED_AT = 64 * 1024,
    READ_FROM = 3, // lines that are understood, and
    READ_OF = 3,   // of so many one at least
};

static struct relay *
find(struct relays *r, struct str tag)
{
    for (size_t i = 0; i < r->count; i++)
        if (str_eq((struct str){r->at[i].name, r->at[i].length}, tag))
            return &r->at[i];
    return NULL;
}

static void
look(struct relays *r, struct str raw)
{
    struct line line = {0};
    struct msg msg;
    int last = -1;
    envelope_parse(raw, &line);
    if (!line.tag.len || line.tag.len > RELAY_NAME || line.time == LINE_NO_TIME ||
        msgs_care(r->msgs, line.tag))
        return;
    struct relay *relay = find(r, line.tag);
    if (!relay && r->count == RELAYS)
        return;
    if (!relay) {
        relay = &r->at[r->count++];
        memcpy(relay->name, line.tag.at, line.tag.len);
        relay->length = (uint8_t)line.tag.len;
    }
    relay->lines++;
    line.tag = STR_NONE;
    msg_read(r->msgs, &line, -1, &last, &msg);
    relay->read += msg.found == MSG_READ;
}

void
relays_learn(struct relays *r, const char *bytes, size_t count)
{
    const char *end = bytes + count;
    while (bytes < end && r->looked < LOOKED_AT) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        struct str line = {bytes, (size_t)((stop ? stop : end) - bytes)};
        r->looked += line.len + 1;
        if (stop)
            look(r, str_trim_end(line));
        bytes = stop ? stop + 1 : end;
    }
}

bool
relays_have(const struct relays *r, struct str tag)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct relay *relay = &r->at[i];
        if (relay->read >= READ_FROM && relay->read * READ_OF >= relay->lines &&
            str_eq((struct str){relay->name, relay->length}, tag))
            return true;
    }
    return false;
}

bool
relays_care(const void *relays, struct str tag)
{
    const struct relays *r = relays;
    return msgs_care(r->msgs, tag) || relays_have(r, tag);
}
