#include "diag/twice.h"

// Two ways of logging stand side by side when the process is the same, under another name or with names on
// one side only; or when even the thread that speaks is the same. What a relay says is a copy where the
// daemon logs itself.
static bool
is_copy(const struct twice_text *a, const struct twice_text *b)
{
    if (a->relay != b->relay)
        return true;
    if (a->pid && a->pid == b->pid)
        return a->tag != b->tag || !a->names != !b->names;
    return a->tag != b->tag && a->names && a->names == b->names;
}

static uint32_t
mark_of(struct str s)
{
    return s.len ? (uint32_t)(str_hash(s, 0) >> 32) | 1 : 0;
}

// Has the log known one way only for so long that no second one is to be expected?
static bool
one_way(struct twice *t, const struct line *line, bool named)
{
    bool same = t->writer && t->writer == line->writer;
    t->writer = line->writer;
    if (!same)
        same =
            t->tag_len == line->tag.len && str_same(t->tag, line->tag.at, t->tag_len) && t->pid == line->pid;
    if (same && t->named == named)
        return t->run == TWICE_ONE_WAY || ++t->run == TWICE_ONE_WAY;
    t->tag_len = line->tag.len < TWICE_TAG ? line->tag.len : TWICE_TAG;
    memcpy(t->tag, line->tag.at, t->tag_len);
    t->pid = line->pid;
    t->named = named;
    t->run = 0;
    return false;
}

// Does the program of that name only pass on what the daemon prints?
static bool
is_relay(const struct dialect *d, struct str tag)
{
    for (size_t i = 0; i < d->relay_count; i++)
        if (str_eq(tag, d->relays[i]))
            return true;
    return false;
}

bool
twice_said(struct twice *t, const struct line *line, const struct msg *msg, const struct dialect *dialect)
{
    if (line->tag.len == 0 || msg->names.at != line->body.at)
        return false; // no daemon's name stands in front
    if (one_way(t, line, msg->names.len > 0))
        return false;
    struct twice_text now = {
        .text = msg->hash,
        .names = mark_of(msg->names),
        .tag = mark_of(line->tag),
        .pid = line->pid,
        .number = ++t->number,
        .left = 1,
        .relay = is_relay(dialect, line->tag),
    };
    struct twice_text *row = t->said[now.text % TWICE_TEXTS], *place = row;
    for (struct twice_text *s = row; s < row + TWICE_WAYS; s++) {
        bool same = s->text == now.text && now.number - s->number <= TWICE_LINES;
        if (same && s->left && is_copy(s, &now)) {
            s->left--;
            return true;
        }
        if (same && s->names == now.names && s->tag == now.tag && s->pid == now.pid) {
            now.left += s->left;
            place = s;
            break;
        }
        if (s->number < place->number)
            place = s;
    }
    *place = now;
    return false;
}
