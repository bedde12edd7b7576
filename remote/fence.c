#include "remote/fence.h"

#include <stdio.h>
#include <sys/random.h>

// The line behind a command is the last thing that comes, so only the end of what came is searched for it.
enum { LINE = FENCE_MARK + 8, END = 4096 };

bool
fence_mark(char mark[FENCE_MARK])
{
    unsigned char chance[16];
    if (getrandom(chance, sizeof chance, 0) != (ssize_t)sizeof chance)
        return false;
    int at = snprintf(mark, FENCE_MARK, "fence-");
    for (size_t i = 0; i < sizeof chance; i++)
        at += snprintf(mark + at, FENCE_MARK - (size_t)at, "%02x", chance[i]);
    return true;
}

void
fence_command(const char *mark, const char *command, struct buf *script)
{
    buf_addf(script, "printf '\\n%%s\\n' %s; printf '\\n%%s\\n' %s >&2\n", mark, mark);
    buf_addf(script, "{ %s\n} </dev/null\n", command);
    buf_addf(script, "s=$?; printf '\\n%%s %%d\\n' %s $s; printf '\\n%%s %%d\\n' %s $s >&2\n", mark, mark);
}

size_t
fence_look(struct fence *f, const char *mark, size_t bytes)
{
    char line[LINE];
    if (f->at == FENCE_BEHIND)
        return 0; // what was left behind writes on
    f->have += bytes;
    struct str came = {f->block, f->have};
    size_t outside = 0;
    if (f->at == FENCE_BEFORE) {
        int length = snprintf(line, sizeof line, "\n%s\n", mark);
        size_t at = str_find(came, str_of(line));
        if (at == came.len) // its first part may be here
            return came.len < (size_t)length ? 0 : came.len - (size_t)length + 1;
        f->at = FENCE_WITHIN;
        outside = at + (size_t)length;
    }
    int length = snprintf(line, sizeof line, "\n%s ", mark);
    size_t from = came.len - outside > END ? came.len - END : outside;
    size_t at = from + str_find(str_from(came, from), str_of(line));
    struct str status = str_from(came, at + (size_t)length);
    uint64_t number = 0;
    status.len = str_find(status, STR("\n"));
    if (at + (size_t)length + status.len < came.len && str_number(status, &number)) {
        f->at = FENCE_BEHIND;
        f->status = (int)(number & 0xff);
        f->have = at;
    }
    return outside;
}

size_t
fence_ready(const struct fence *f)
{
    return f->at == FENCE_BEHIND ? f->have : f->at == FENCE_BEFORE || f->have < LINE ? 0 : f->have - LINE;
}

void
fence_drop(struct fence *f, size_t bytes)
{
    f->have -= bytes;
    memmove(f->block, f->block + bytes, f->have);
}
