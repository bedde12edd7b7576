#include "diag/alarm.h"

#include "diag/taking.h"
#include "diag/thread.h"

#include <strings.h>

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool
alarm_in(const struct knowledge *k, struct str text)
{
    for (size_t at = 0; at < text.len; at++) {
        if (!is_letter(text.at[at]) || (at && is_letter(text.at[at - 1])))
            continue;
        for (size_t w = 0; w < k->alarm_count; w++) {
            struct str word = k->alarms[w];
            size_t end = at + word.len;
            if (end <= text.len && strncasecmp(text.at + at, word.at, word.len) == 0 &&
                (end == text.len || !is_letter(text.at[end])))
                return true;
        }
    }
    return false;
}

// The negotiation that the line names. None is begun by a line that nobody understands.
static struct nego *
named_by(const struct taking *t)
{
    const struct named *named = t->named;
    struct nego *g = NULL;
    if (named->number[SLOT_CHILD] != UINT64_MAX)
        g = number_find(t->n, number_key(t->daemon, named->number[SLOT_CHILD], true));
    if (!g && named->number[SLOT_SERIAL] != UINT64_MAX)
        g = number_find(t->n, number_key(t->daemon, named->number[SLOT_SERIAL], false));
    if (!g && t->daemon->threads && named->number[SLOT_THREAD] != UINT64_MAX)
        g = thread_busy(t->daemon, named->number[SLOT_THREAD], t->line);
    return g;
}

void
alarm_take(struct negos *n, int log, int source, const struct line *line, const struct msg *msg)
{
    struct taking t = {.n = n, .line = line, .msg = msg, .source = source, .named = n->named};
    t.daemon = daemon_get(n, log, msg->dialect, line);
    taking_gather(&t);
    struct nego *g = named_by(&t);
    if (!g)
        return;
    g->alarms++;
    struct event_line *e = &nego_rare(g)->alarm;
    *e = event_line_of(line, source);
    e->dialect = (uint8_t)msg->dialect;
}
