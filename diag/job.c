#include "diag/job.h"

#include "diag/late.h"
#include "diag/thread.h"

#include <stdlib.h>

// At most so many lines of a thread wait, and so long; a job is done within that.
enum { WAIT_MOST = 6, WAIT_LINES = 64, WAIT_SECONDS = 2 };

// A daemon that names no threads has one.
static bool
is_of_thread(const struct job_line *j, uint64_t thread)
{
    for (size_t i = 0; i < j->msg.slots.count; i++)
        if (j->msg.slots.at[i].known == SLOT_THREAD)
            return j->msg.slots.at[i].number == thread;
    return thread == UINT64_MAX;
}

static size_t
waiting_of(const struct daemon *d, uint64_t thread)
{
    size_t count = 0;
    for (const struct job_line *j = d->waiting; j; j = j->next)
        count += is_of_thread(j, thread);
    return count;
}

// The negotiation whose number the line names, if it is known.
static struct nego *
numbered(const struct taking *t)
{
    uint64_t child = t->named->number[SLOT_CHILD], serial = t->named->number[SLOT_SERIAL];
    struct nego *g = child != UINT64_MAX ? number_find(t->n, number_key(t->daemon, child, true)) : NULL;
    if (!g && serial != UINT64_MAX)
        g = number_find(t->n, number_key(t->daemon, serial, false));
    return g;
}

// Of a failure there is one line, and no other of its job may follow.
static bool
tells_failure(const struct event *e)
{
    for (size_t i = 0; e && i < e->statement_count; i++)
        if (e->statements[i].state == ST_FAILED || e->statements[i].state == ST_SUSPECTED)
            return true;
    return false;
}

static bool
opens_ike(const struct event *e)
{
    return e && e->opens == OPENS_IKE;
}

// Did what the thread works on begin with such a line as this one? Then the peer begins another attempt, or
// its first message came again, which the next line of the thread says.
static bool
asked_before(const struct taking *t)
{
    if (!t->daemon->threads || !opens_ike(t->event))
        return false;
    const struct nego *busy = thread_busy(t->daemon, t->named->number[SLOT_THREAD], t->line);
    return busy && !busy->established && busy->ending == END_NONE && taking_saw(t, busy);
}

static bool
begins_job(const struct taking *t)
{
    if ((t->event && t->event->repeats) || asked_before(t))
        return true;
    return !tells_failure(t->event) && thread_rests(t->daemon, t->named->number[SLOT_THREAD], t->line);
}

// Does a first message wait for this line, which tells that it came again?
static bool
tells_again(const struct taking *t)
{
    const struct job_line *j = t->event && t->event->echoes ? t->daemon->waiting : NULL;
    while (j && !(j->asked_again && is_of_thread(j, t->named->number[SLOT_THREAD])))
        j = j->next;
    return j != NULL;
}

bool
job_waits(const struct taking *t)
{
    const struct named *named = t->named;
    bool threads = t->daemon->threads != NULL;
    if ((threads && named->number[SLOT_THREAD] == THREAD_UNNAMED) ||
        named->number[SLOT_SERIAL] != UINT64_MAX || named->slot[SLOT_CONN].len ||
        named->slot[SLOT_PEER].len || numbered(t) || (t->event && (t->event->loads || t->event->restart)) ||
        tells_again(t))
        return false;
    size_t waiting = t->daemon->waiting ? waiting_of(t->daemon, named->number[SLOT_THREAD]) : 0;
    if (!threads)
        return (tells_failure(t->event) || opens_ike(t->event)) && waiting < WAIT_MOST;
    return waiting > 0 ? waiting < WAIT_MOST : begins_job(t);
}

// Text of the line that was copied to `to`.
static struct str
moved(struct str s, struct str from, const char *to)
{
    uintptr_t at = (uintptr_t)s.at, begin = (uintptr_t)from.at;
    return s.at && at >= begin && at <= begin + from.len ? (struct str){to + (at - begin), s.len} : STR_NONE;
}

void
job_keep(const struct taking *t)
{
    struct job_line *j = mem_new(sizeof *j);
    struct str raw = t->line->raw;
    j->line = *t->line;
    j->msg = *t->msg;
    j->source = t->source;
    j->asked_again = asked_before(t);
    j->text = mem_new(raw.len + 1);
    memcpy(j->text, raw.at, raw.len);
    j->line.raw.at = j->text;
    j->line.host = t->daemon->host;
    j->line.tag = moved(j->line.tag, raw, j->text);
    j->line.body = moved(j->line.body, raw, j->text);
    j->msg.body = moved(j->msg.body, raw, j->text);
    j->msg.names = moved(j->msg.names, raw, j->text);
    j->msg.slots.rest = moved(j->msg.slots.rest, raw, j->text);
    for (size_t i = 0; i < j->msg.slots.count; i++)
        j->msg.slots.at[i].value = moved(j->msg.slots.at[i].value, raw, j->text);
    struct job_line **end = &t->daemon->waiting;
    while (*end)
        end = &(*end)->next;
    *end = j;
}

static bool
too_late(const struct job_line *j, const struct line *line)
{
    bool timed = j->line.time != LINE_NO_TIME && line->time != LINE_NO_TIME;
    return line->number - j->line.number > WAIT_LINES ||
           (timed && line->time - j->line.time > WAIT_SECONDS * INT64_C(1000000));
}

struct job_line *
job_due(struct daemon *d, const struct taking *t)
{
    bool ends = t && ((t->event && t->event->repeats) || !job_waits(t));
    for (struct job_line **at = &d->waiting; *at; at = &(*at)->next) {
        struct job_line *j = *at;
        if (t && !too_late(j, t->line) && !(ends && is_of_thread(j, t->named->number[SLOT_THREAD])))
            continue;
        *at = j->next;
        return j;
    }
    return NULL;
}

// The SA that the line behind the head of a negotiation names, if nothing was heard of it before.
static struct nego *
begun(struct taking *t)
{
    if (opens_ike(t->event) ||
        (!t->named->slot[SLOT_PEER].len && t->named->number[SLOT_SERIAL] == UINT64_MAX))
        return NULL;
    struct nego *g = late_find(t);
    if (!g || g->event_count)
        return NULL;
    g->partial = false;
    return g;
}

// Does the line speak of an IKE SA that stands or is about to, or repeat what was asked?
static bool
of_what_was_begun(const struct job_line *j, const struct taking *t)
{
    const struct message *m = j->msg.message;
    bool begun = m->event >= 0 && t->n->knowledge->events[m->event].repeats;
    for (size_t i = 0; i < m->setting_count; i++)
        begun |= m->settings[i].fact == FACT_STAGE &&
                 (m->settings[i].word == STAGE_DONE || m->settings[i].word == STAGE_AUTH);
    return begun;
}

// Does this line say so, or one of its job that waited behind it?
static bool
job_was_begun(const struct job_line *j, const struct taking *t)
{
    uint64_t thread = t->named->number[SLOT_THREAD];
    bool begun = false;
    for (; j && !begun; j = j->next)
        begun = is_of_thread(j, thread) && of_what_was_begun(j, t);
    return begun;
}

// A packet goes to a peer of whom nothing was heard so far: its SA is older than this log.
static struct nego *
older_than_log(const struct job_line *j, struct taking *t)
{
    struct str peer = t->named->slot[SLOT_PEER];
    if (!job_was_begun(j, t) || tunnel_by_peer(t->n, t->daemon->source, peer))
        return NULL;
    struct tunnel *tunnel = tunnel_named(t->n, t->daemon, peer, STR_NONE);
    tunnel_set_peer(t->n, tunnel, peer);
    struct nego *g = nego_new(t->n, tunnel, NEGO_IKE, NULL, &j->line);
    g->partial = true;
    tunnel->attempts++;
    return g;
}

struct nego *
job_told(const struct job_line *j, struct taking *t)
{
    if (!is_of_thread(j, t->named->number[SLOT_THREAD]) || too_late(j, t->line))
        return NULL;
    int event = j->msg.message->event;
    if (j->asked_again)
        return t->event && t->event->echoes ? thread_busy(t->daemon, t->named->number[SLOT_THREAD], t->line)
                                            : NULL;
    if (!t->daemon->threads && event >= 0 && opens_ike(&t->n->knowledge->events[event]))
        return begun(t);
    if (!t->daemon->threads) // the line behind speaks of the same failure
        return tells_failure(t->event) && t->event->opens == OPENS_NOTHING ? late_find(t) : NULL;
    struct nego *g = numbered(t);
    // A packet that comes in begins a job of its own.
    if (!g && t->named->slot[SLOT_PEER].len && !t->event)
        g = thread_speaks_of(t);
    if (!g && t->named->slot[SLOT_PEER].len && !t->event)
        g = older_than_log(j, t);
    return g && nego_is_child(g) ? g->parent : g;
}

void
job_free(struct job_line *j)
{
    if (!j)
        return;
    free(j->text);
    free(j);
}

void
jobs_drop(struct daemon *d)
{
    for (struct job_line *j; (j = job_due(d, NULL));)
        job_free(j);
}
