// The clocks of two ends: what a request and its answer say about how they differ, and whether the lines of
// two tunnels answer each other.
#include "diag/pair.h"

#include <stdlib.h>
#include <time.h>

enum { MOMENTS = 2048, OFFSETS = 512, SECOND = 1000000, NEAR = 2 * SECOND, BEGINNINGS = 3 };
static const int64_t DAY = INT64_C(86400) * SECOND;

// The same day and time in the year that stamps without one count from.
static int64_t
any_year(int64_t time)
{
    time_t seconds = (time_t)(time / SECOND);
    struct tm day;
    if (!gmtime_r(&seconds, &day))
        return time;
    day.tm_year = 100;
    return (int64_t)timegm(&day) * SECOND + time % SECOND;
}

static int64_t
plain(const struct pairs *p, int64_t time)
{
    return time != LINE_NO_TIME && p->any_year ? any_year(time) : time;
}

int64_t
pair_moment(const struct pairs *p, int end, int64_t time)
{
    if (time == LINE_NO_TIME)
        return time;
    return plain(p, time) - (end == 1 && p->clock.known ? p->clock.offset : 0);
}

bool
pair_meets(const struct pairs *p, int64_t first_a, int64_t last_a, int64_t first_b, int64_t last_b)
{
    if (first_a == LINE_NO_TIME || first_b == LINE_NO_TIME)
        return false;
    int64_t near = NEAR + p->clock.spread;
    return pair_moment(p, 0, first_a) <= pair_moment(p, 1, last_b) + near &&
           pair_moment(p, 1, first_b) <= pair_moment(p, 0, last_a) + near;
}

struct moment {
    int64_t time;
    int end;
};

static int
by_time(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

static size_t
gather(const struct pairs *p, const struct tunnel *t, int end, int64_t offset, struct moment *into,
       size_t count)
{
    for (const struct nego *g = t->newest; g; g = g->older)
        for (uint16_t i = 0; i < g->event_count && count < MOMENTS; i++)
            if (g->events[i].time != LINE_NO_TIME)
                into[count++] = (struct moment){plain(p, g->events[i].time) - offset, end};
    return count;
}

static unsigned
share_near(const struct moment *m, size_t count, int end)
{
    size_t of = 0, near = 0;
    for (size_t i = 0; i < count; i++) {
        if (m[i].end != end)
            continue;
        of++;
        bool found = false;
        for (size_t k = i; k-- > 0 && m[i].time - m[k].time <= SECOND && !found;)
            found = m[k].end != end;
        for (size_t k = i + 1; k < count && m[k].time - m[i].time <= SECOND && !found; k++)
            found = m[k].end != end;
        near += found;
    }
    return of ? (unsigned)(near * 100 / of) : 0;
}

unsigned
pair_answers(const struct pairs *p, const struct tunnel *a, const struct tunnel *b, int64_t offset,
             unsigned *share)
{
    struct moment *m = mem_new(mem_product(MOMENTS, sizeof *m));
    size_t count = gather(p, a, 0, 0, m, 0);
    count = gather(p, b, 1, offset, m, count);
    qsort(m, count, sizeof *m, by_time);
    unsigned answers = 0;
    // Of stamps in whole seconds the order within one is not known: then a second in which both speak counts
    // once.
    int64_t counted = INT64_MIN;
    for (size_t i = 1; i < count; i++)
        if (m[i].end != m[i - 1].end && m[i].time == m[i - 1].time && m[i].time != counted) {
            counted = m[i].time;
            answers++;
        }
    for (size_t i = 1; i < count; i++)
        answers +=
            m[i].end != m[i - 1].end && m[i].time != m[i - 1].time && m[i].time - m[i - 1].time <= SECOND;
    unsigned here = share_near(m, count, 0), there = share_near(m, count, 1);
    *share = here < there ? here : there;
    free(m);
    return answers;
}

// Two negotiations that can be the two sides of one.
static bool
opposite(const struct nego *a, const struct nego *b)
{
    int ra = a->fact[FACT_ROLE], rb = b->fact[FACT_ROLE], ia = a->fact[FACT_IKE], ib = b->fact[FACT_IKE];
    bool v2 = ia == IKE_V2 || ib == IKE_V2;
    return a->kind == b->kind && (!ra || !rb || ra != rb) && (!ia || !ib || !v2 || ia == ib);
}

// Did the log show how it began? One whose opening line is of a kind that opens nothing still began there,
// unless the log itself begins there.
static bool
begins(const struct pairs *p, int end, const struct nego *g)
{
    return g->first != LINE_NO_TIME && (!g->partial || g->first > p->about[end].first);
}

struct offsets {
    int64_t at[OFFSETS];
    size_t count;
};

static void
offsets_add(struct offsets *o, int64_t offset)
{
    if (o->count < OFFSETS)
        o->at[o->count++] = offset;
}

static int
by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t
middle(struct offsets *o)
{
    qsort(o->at, o->count, sizeof *o->at, by_size);
    // Of an even number the two in the middle, so that both ends come to the same.
    int64_t low = o->at[(o->count - 1) / 2], high = o->at[o->count / 2];
    return low + (high - low) / 2;
}

static int64_t
established_at(const struct nego *g)
{
    for (uint16_t i = 0; g->established && i < g->event_count; i++)
        if (g->events[i].line == g->established_line)
            return g->events[i].time;
    return LINE_NO_TIME;
}

// Differences of the beginnings of all negotiations that can belong together, and of the moments at which
// they stood, for a beginning may lie before the log.
static void
add_beginnings(const struct pairs *p, const struct tunnel *a, const struct tunnel *b, struct offsets *o)
{
    for (const struct nego *x = a->newest; x; x = x->older)
        for (const struct nego *y = b->newest; y; y = y->older)
            if (opposite(x, y)) {
                if (begins(p, 0, x) && begins(p, 1, y))
                    offsets_add(o, plain(p, y->first) - plain(p, x->first));
                int64_t ex = established_at(x), ey = established_at(y);
                if (ex != LINE_NO_TIME && ey != LINE_NO_TIME)
                    offsets_add(o, plain(p, ey) - plain(p, ex));
            }
}

// The offset that most beginnings agree on; of equal ones the smallest, for clocks mostly are right. Returns
// how many agree.
static size_t
most_agree(const struct offsets *o, int64_t *offset)
{
    size_t best = 0;
    for (size_t i = 0; i < o->count; i++) {
        size_t agree = 0;
        for (size_t k = 0; k < o->count; k++)
            agree += llabs(o->at[k] - o->at[i]) <= NEAR;
        if (agree > best || (agree == best && llabs(o->at[i]) < llabs(*offset))) {
            best = agree;
            *offset = o->at[i];
        }
    }
    return best;
}

// What arrived cannot have been sent later: requests bound the offset from one side, the answers that
// completed an SA from the other.
static void
add_bounds(const struct pairs *p, const struct tunnel *a, const struct tunnel *b, int64_t rough,
           struct offsets *from_a, struct offsets *from_b)
{
    for (const struct nego *x = a->newest; x; x = x->older)
        for (const struct nego *y = b->newest; y; y = y->older) {
            if (x->kind != NEGO_IKE || !opposite(x, y) || x->first == LINE_NO_TIME ||
                y->first == LINE_NO_TIME)
                continue;
            bool starts = x->fact[FACT_ROLE] == ROLE_INITIATOR || y->fact[FACT_ROLE] == ROLE_RESPONDER;
            int64_t begun = plain(p, y->first) - plain(p, x->first);
            if (llabs(begun - rough) <= NEAR && begins(p, 0, x) && begins(p, 1, y))
                offsets_add(starts ? from_a : from_b, begun);
            int64_t ex = established_at(x), ey = established_at(y);
            if (ex == LINE_NO_TIME || ey == LINE_NO_TIME || llabs(plain(p, ey) - plain(p, ex) - rough) > NEAR)
                continue;
            offsets_add(starts ? from_b : from_a, plain(p, ey) - plain(p, ex));
        }
}

// A clock that only tells whole seconds cannot be known better.
static bool
whole_seconds(const struct tunnel *t)
{
    for (const struct nego *g = t->newest; g; g = g->older)
        for (uint16_t i = 0; i < g->event_count; i++)
            if (g->events[i].time != LINE_NO_TIME && g->events[i].time % SECOND)
                return false;
    return true;
}

void
pair_clock(struct pairs *p, const struct negos *negos, const uint8_t *end)
{
    struct offsets begun = {.count = 0}, from_a = {.count = 0}, from_b = {.count = 0};
    bool coarse = false, numbers = false;
    for (size_t i = 0; i < negos->tunnel_count; i++) {
        const struct tunnel *a = negos->tunnels[i];
        if (end[a->source] != 0 || p->partner[i] < 0 || p->by[i] == PAIRED_TIMES)
            continue;
        const struct tunnel *b = negos->tunnels[p->partner[i]];
        add_beginnings(p, a, b, &begun);
        numbers |= p->by[i] == PAIRED_NUMBERS;
        coarse |= whole_seconds(a) || whole_seconds(b);
    }
    int64_t rough = 0;
    size_t agree = most_agree(&begun, &rough);
    // Of clocks that differ by days one or two beginnings prove nothing: the logs may be of different days.
    if (!agree || (agree < BEGINNINGS && !numbers && llabs(rough) > DAY))
        return;
    for (size_t i = 0; i < negos->tunnel_count; i++)
        if (end[negos->tunnels[i]->source] == 0 && p->partner[i] >= 0 && p->by[i] != PAIRED_TIMES)
            add_bounds(p, negos->tunnels[i], negos->tunnels[p->partner[i]], rough, &from_a, &from_b);
    p->clock.known = true;
    p->clock.pairs = (unsigned)(from_a.count + from_b.count);
    p->clock.offset = rough;
    p->clock.spread = SECOND;
    if (from_a.count && from_b.count) {
        int64_t high = middle(&from_a), low = middle(&from_b);
        p->clock.offset = low + (high - low) / 2;
        p->clock.spread = llabs(high - low) / 2;
    } else if (from_a.count + from_b.count) {
        p->clock.offset = middle(from_a.count ? &from_a : &from_b);
    }
    if (coarse && p->clock.spread < SECOND)
        p->clock.spread = SECOND;
}
