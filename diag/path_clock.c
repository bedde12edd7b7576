#include "diag/path_clock.h"

#include "diag/line.h"
#include "diag/pair.h"

#include <stdlib.h>

enum {
    MOMENTS = 512,
    FROM = 4, // moments of the log that are tried as the one of a packet
    SECOND = 1000000,
    FINE = SECOND / 20, // from a line to its packet
    SAME = 2 * SECOND,  // clocks that are set alike
    AGREE = 3,          // moments that must meet; of clocks that differ one more
    WRONG = 300,        // seconds that a clock may be wrong, beside whole half hours for its zone
    ZONE = 1800,
    ZONES = 28
};

// Moments at which something was sent or came, in order; what is closer than FINE is one.
struct meetings {
    int64_t at[MOMENTS];
    size_t count;
};

static int
by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void
add(struct meetings *m, int64_t time)
{
    if (time != LINE_NO_TIME && m->count < MOMENTS)
        m->at[m->count++] = time;
}

static void
settle(struct meetings *m)
{
    size_t kept = 0;
    qsort(m->at, m->count, sizeof *m->at, by_time);
    for (size_t i = 0; i < m->count; i++)
        if (!kept || m->at[i] - m->at[kept - 1] > FINE)
            m->at[kept++] = m->at[i];
    m->count = kept;
}

static void
add_log(struct meetings *m, const struct nego *g, bool *any_year, bool *coarse)
{
    for (uint16_t i = 0; g && i < g->event_count; i++) {
        const struct event_line *e = &g->events[i];
        add(m, e->time);
        add(m, event_last(e));
        *any_year |= e->time != LINE_NO_TIME && !e->year_known;
        *coarse &= e->time == LINE_NO_TIME || e->time % SECOND == 0;
    }
}

// How many moments of the log have a packet, of those that lie within the capture.
static size_t
meeting(const struct meetings *log, const struct meetings *wire, int64_t ahead, int64_t near, size_t *within)
{
    size_t met = 0, k = 0;
    *within = 0;
    for (size_t i = 0; i < log->count; i++) {
        int64_t wanted = log->at[i] + ahead;
        while (k < wire->count && wire->at[k] < wanted - near)
            k++;
        met += k < wire->count && wire->at[k] <= wanted + near;
        *within += wanted >= wire->at[0] - near && wanted <= wire->at[wire->count - 1] + near;
    }
    return met;
}

// How wrong the clock would be, apart from its zone.
static int64_t
wrong_by(int64_t ahead)
{
    const int64_t zone = (int64_t)ZONE * SECOND;
    int64_t zones = (ahead + (ahead < 0 ? -zone : zone) / 2) / zone;
    return llabs(zones) > ZONES ? INT64_MAX : llabs(ahead - zones * zone);
}

// The attempt itself must have its packets in the capture, and so must the other attempts of its time.
static size_t
agreement(const struct meetings *attempt, const struct meetings *all, const struct meetings *wire,
          int64_t ahead, int64_t near)
{
    size_t within, own = meeting(attempt, wire, ahead, near, &within);
    if (own * 2 < attempt->count)
        return 0;
    size_t met = meeting(all, wire, ahead, near, &within);
    return met * 2 < within ? 0 : met;
}

bool
path_clock(const struct path_seen *s, struct seen_ask ask, const struct tunnel *t, const struct attempt *a,
           int64_t *ahead)
{
    struct meetings attempt = {.count = 0}, all = {.count = 0}, wire = {.count = 0};
    bool any_year = false, coarse = true;
    size_t best = 0;
    add_log(&attempt, a->ike, &any_year, &coarse);
    add_log(&attempt, a->child, &any_year, &coarse);
    for (const struct nego *g = t->newest; g; g = g->older)
        add_log(&all, g, &any_year, &coarse);
    const int64_t *times;
    size_t count = path_seen_times(s, ask, &times);
    for (size_t i = 0; i < count; i++)
        if (times[i] != LINE_NO_TIME)
            add(&wire, any_year ? pair_any_year(times[i]) : times[i]);
    settle(&attempt);
    settle(&all);
    settle(&wire);
    int64_t near = coarse ? SECOND : FINE;
    for (size_t i = 0; i < attempt.count && i < FROM; i++)
        for (size_t k = 0; k < wire.count; k++) {
            int64_t offset = wire.at[k] - attempt.at[i];
            int64_t wrong = wrong_by(offset);
            // Whole seconds show no pattern of their own: only clocks that are set alike can be compared.
            if (wrong > (coarse ? SAME : (int64_t)WRONG * SECOND))
                continue;
            size_t met = agreement(&attempt, &all, &wire, offset, near);
            if (met < AGREE + (wrong > SAME) || met < best || (met == best && llabs(offset) >= llabs(*ahead)))
                continue;
            best = met;
            *ahead = offset;
        }
    return best > 0;
}
