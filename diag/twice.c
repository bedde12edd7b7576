#include "diag/twice.h"

// No mark of a text: those are odd.
enum { TAKEN = 2 };

static uint64_t
eight(const char *at)
{
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

// Length and three samples tell texts apart that a daemon says within so few lines.
static uint64_t
mark_of(struct str s)
{
    uint64_t h = s.len * UINT64_C(0x9E3779B97F4A7C15);
    if (s.len >= sizeof(uint64_t)) {
        h ^= eight(s.at) + (eight(s.at + s.len / 2 - 4) << 13 | h >> 51) * 5;
        return (h ^ eight(s.at + s.len - sizeof(uint64_t)) * 3) | 1;
    }
    for (size_t i = 0; i < s.len; i++)
        h = h * 31 + (unsigned char)s.at[i];
    return h | 1; // 0 is an empty place
}

static bool
names_nothing(const struct twice_line *l)
{
    return l->whole == l->bare;
}

// Two ways of logging stand side by side when the process is the same, under another name or with a prefix on
// one side only; or when even the thread that speaks is the same.
static bool
is_copy(const struct twice_line *a, const struct twice_line *b)
{
    if (a->pid && a->pid == b->pid && a->bare == b->bare)
        return a->tag != b->tag || names_nothing(a) != names_nothing(b);
    return a->tag != b->tag && a->whole == b->whole && !names_nothing(a);
}

static struct twice_line *
find_copy(struct twice *t, const struct twice_line *now)
{
    for (uint32_t i = 1; i <= TWICE_LINES; i++) {
        struct twice_line *before = &t->line[(t->next - i) % TWICE_LINES];
        if (before->whole == 0)
            return NULL;
        if (is_copy(before, now))
            return before;
    }
    return NULL;
}

bool
twice_said(struct twice *t, const struct line *line, const struct msg *msg)
{
    if (line->tag.len == 0 || msg->body.at < line->body.at)
        return false; // no daemon's name stands in front
    struct twice_line now = {
        .bare = mark_of(msg->body),
        .pid = line->pid,
        .tag = (uint32_t)mark_of(line->tag),
    };
    // The text behind the prefix ends where the whole does, so that its mark and the prefix are enough.
    size_t prefix = (size_t)(msg->body.at - line->body.at);
    now.whole = prefix ? (now.bare ^ mark_of((struct str){line->body.at, prefix})) | 1 : now.bare;
    uint32_t way = now.tag ^ names_nothing(&now);
    t->run = way == t->way ? t->run + 1 : 0;
    t->way = way;
    // Most logs know one way only, and nothing is to be looked for.
    struct twice_line *before = t->run < TWICE_LINES ? find_copy(t, &now) : NULL;
    if (before) {
        before->whole = before->bare = TAKEN; // it has one copy only
        return true;
    }
    t->line[t->next++ % TWICE_LINES] = now;
    return false;
}
