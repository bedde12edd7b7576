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
        add(m, e->last_time);
        *any_year |= e->time != LINE_NO_TIME && !e->year_known;
        *coarse &= e->time == LINE_NO_TIME || e->time % SECOND == 0;
    }
}

static size_t
meeting(const struct meetings *log, const struct meetings *wire, int64_t ahead, int64_t near)
{
    size_t met = 0, k = 0;
    for (size_t i = 0; i < log->count; i++) {
        int64_t wanted = log->at[i] + ahead;
        while (k < wire->count && wire->at[k] < wanted - near)
            k++;
        met += k < wire->count && wire->at[k] <= wanted + near;
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

bool
path_clock(const struct path_seen *s, struct seen_ask ask, const struct attempt *a, int64_t *ahead)
{
    struct meetings log = {.count = 0}, wire = {.count = 0};
    bool any_year = false, coarse = true;
    size_t best = 0;
    add_log(&log, a->ike, &any_year, &coarse);
    add_log(&log, a->child, &any_year, &coarse);
    const int64_t *times;
    size_t count = path_seen_times(s, ask, &times);
    for (size_t i = 0; i < count; i++)
        if (times[i] != LINE_NO_TIME)
            add(&wire, any_year ? pair_any_year(times[i]) : times[i]);
    settle(&log);
    settle(&wire);
    int64_t near = coarse ? SECOND : FINE;
    for (size_t i = 0; i < log.count && i < FROM; i++)
        for (size_t k = 0; k < wire.count; k++) {
            int64_t offset = wire.at[k] - log.at[i];
            int64_t wrong = wrong_by(offset);
            // Whole seconds show no pattern of their own: only clocks that are set alike can be compared.
            if (wrong > (coarse ? SAME : (int64_t)WRONG * SECOND))
                continue;
            size_t met = meeting(&log, &wire, offset, near);
            if (met < AGREE + (wrong > SAME) || met * 2 < log.count || met < best ||
                (met == best && llabs(offset) >= llabs(*ahead)))
                continue;
            best = met;
            *ahead = offset;
        }
    return best > 0;
}
