#include "diag/turn.h"

#include "diag/arena.h"
#include "diag/envelope.h"
#include "diag/stamp.h"

#include <stdlib.h>

static void
copy(struct turn *t, const struct line *line)
{
    if (t->count == t->room) {
        t->room = t->room ? t->room * 2 : 64;
        t->line = mem_resize(t->line, mem_product(t->room, sizeof *t->line));
    }
    size_t need = t->text_len + line->raw.len;
    if (!t->text || need > t->text_room) { // lines without any text have a place there as well
        t->text_room = need * 2 + 1024;
        t->text = mem_resize(t->text, t->text_room);
    }
    if (line->raw.len)
        memcpy(t->text + t->text_len, line->raw.at, line->raw.len);
    t->line[t->count++] = (struct turn_line){.text = t->text_len, .line = *line};
    t->text_len = need;
}

static void
look(struct turn *t, const struct line *line)
{
    if (line->time == LINE_NO_TIME)
        return;
    int64_t second = line->time / STAMP_SECOND;
    if (t->stamped++) {
        t->forth += second > t->second;
        t->back += second < t->second;
        if (second == t->second)
            t->trend += (line->time > t->time) - (line->time < t->time);
    }
    t->second = second;
    t->time = line->time;
    t->rows |= line->body.at == line->raw.at;
}

void
turn_put(struct turn *t, const struct line *line)
{
    copy(t, line);
    look(t, line);
    if (t->back >= TURN_STEPS)
        t->settled = t->too_long = t->text_len > TURN_KEEP;
    else
        t->settled = t->forth || t->count >= TURN_LINES || (!t->stamped && t->count >= TURN_UNSTAMPED);
}

// The place of a message in a negotiation: the furthest checkpoint that it decides, -1: none.
static int
place_of(const struct knowledge *k, const struct message *m)
{
    int place = -1;
    const struct event *e = m->event < 0 ? NULL : &k->events[m->event];
    for (size_t i = 0; e && i < e->statement_count; i++)
        for (int c = 0; c < CP_COUNT; c++)
            if (e->statements[i].checkpoints & 1u << c && e->statements[i].state == ST_PASSED &&
                !e->statements[i].when.count && c > place)
                place = c;
    return place;
}

// What it says of how far the exchange came, 0: nothing.
static int
stage_of(const struct message *m)
{
    for (size_t i = 0; i < m->setting_count; i++)
        if (m->settings[i].fact == FACT_STAGE)
            return m->settings[i].word;
    return 0;
}

static int
step(int from, int to)
{
    return (to > from) - (to < from);
}

// What is begun, by a daemon that starts as well, stands in front: it outweighs some steps back, as a refusal
// makes them.
enum { OPENING = 4 };

static bool
begins(const struct knowledge *k, const struct message *m)
{
    const struct event *e = m && m->event >= 0 ? &k->events[m->event] : NULL;
    return e && (e->opens == OPENS_IKE || e->restart);
}

// How many messages lead on more than back: from one line to the next, and from one stage to the next.
static int
trend_of(const struct turn *t, const struct knowledge *k, const struct msgs *m, int dialect)
{
    int trend = 0, stage = 0, before = -1, last = -1;
    const struct message *first = NULL, *newest = NULL;
    for (size_t i = 0; i < t->count; i++) {
        struct line line;
        struct msg msg;
        envelope_parse((struct str){t->text + t->line[i].text, t->line[i].line.raw.len}, &line);
        msg_read(m, &line, dialect, &last, &msg);
        const struct message *said = msg.found == MSG_READ ? msg.message : NULL;
        const struct event *e = said && said->event >= 0 ? &k->events[said->event] : NULL;
        int place = said ? place_of(k, said) : -1, now = said ? stage_of(said) : 0;
        if (e && (!e->loads || e->restart)) {
            // A packet that comes stands in front of what it begins.
            if (!first && (place != CP_CONTACT || begins(k, said)))
                first = said;
            newest = said;
        }
        if (place >= 0 && before >= 0)
            trend += step(before, place);
        if (now && stage)
            trend += step(stage, now);
        stage = now ? now : stage;
        before = place;
    }
    return trend + OPENING * (begins(k, first) - begins(k, newest));
}

void
turn_end(struct turn *t, const struct knowledge *k, const struct msgs *m, int dialect)
{
    t->settled = true;
    if (t->count == 0)
        return;
    uint64_t least = t->rows ? 1 : TURN_STEPS;
    bool backwards = t->back >= least && t->forth * TURN_STRAY <= t->back;
    if (!backwards && t->stamped && !t->forth) // one step back may be two pieces put together
        backwards = t->trend ? t->trend < 0 : trend_of(t, k, m, dialect) < (t->back ? 0 : -1);
    if (backwards)
        t->last = t->line[t->count - 1].line.number;
}

bool
turn_take(struct turn *t, struct line *line)
{
    if (!t->settled || t->taken == t->count)
        return false;
    const struct turn_line *held = &t->line[t->last ? t->count - 1 - t->taken : t->taken];
    t->taken++;
    // The copy borrows nothing of the block: its envelope is read again, but what the lines before it told of
    // the year stays.
    envelope_parse((struct str){t->text + held->text, held->line.raw.len}, line);
    line->number = t->last ? turn_number(t->last, held->line.number) : held->line.number;
    line->offset = held->line.offset;
    line->length = held->line.length;
    line->time = held->line.time;
    line->year_known = held->line.year_known;
    return true;
}

void
turn_release(struct turn *t)
{
    free(t->line);
    free(t->text);
    t->line = NULL;
    t->text = NULL;
    t->count = t->room = t->taken = t->text_len = t->text_room = 0;
}
