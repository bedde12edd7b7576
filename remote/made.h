// Bytes that were made out of others, until somebody takes them. json_lines and rows make lines so.
#ifndef IKEWALK_REMOTE_MADE_H
#define IKEWALK_REMOTE_MADE_H

#include "diag/str.h"

// {0} is empty; buf_release(&m->text) frees it.
struct made {
    struct buf text; // append here, behind made_begin
    size_t taken;    // from this byte on nobody took it yet
};

// What was taken gives its room back.
static inline void
made_begin(struct made *m)
{
    if (m->taken < m->text.len)
        return;
    buf_clear(&m->text);
    m->taken = 0;
}

// At most room bytes; 0: nothing is left.
static inline size_t
made_get(struct made *m, char *into, size_t room)
{
    size_t left = m->text.len - m->taken, count = left < room ? left : room;
    if (count)
        memcpy(into, m->text.at + m->taken, count);
    m->taken += count;
    return count;
}

#endif
