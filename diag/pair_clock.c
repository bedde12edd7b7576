// The clocks of two ends: what a request and its answer say about how they differ, and whether the lines of
// two tunnels answer each other.
#include "diag/pair.h"

#include <stdlib.h>
#include <time.h>

enum { MOMENTS = 2048, OFFSETS = 512, SECOND = 1000000, NEAR = 2 * SECOND, BEGINNINGS = 3 };
static const int64_t DAY = INT64_C(86400) * SECOND;

int64_t
pair_any_year(int64_t time)
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
    return time != LINE_NO_TIME && p->any_year ? pair_any_year(time) : time;
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

static int
by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

struct moments
pair_moments(const struct pairs *p, const struct tunnel *t)
{
    size_t room = 0;
    for (const struct nego *g = t->newest; g; g = g->older)
        room += g->event_count;
    room = room > MOMENTS ? MOMENTS : room;
    struct moments m = {.at = mem_new(mem_product(room + 1, sizeof *m.at))};
    for (const struct nego *g = t->newest; g; g = g->older)
        for (uint16_t i = 0; i < g->event_count && m.count < room; i++)
            if (g->events[i].time != LINE_NO_TIME)
                m.at[m.count++] = plain(p, g->events[i].time);
    qsort(m.at, m.count, sizeof *m.at, by_size);
    return m;
}

// How many moments of x, in percent, have one of y within a second; shift takes y to the clock of x.
static unsigned
share_near(const struct moments *x, const struct moments *y, int64_t shift)
{
    size_t near = 0;
    for (size_t i = 0, k = 0; i < x->count; i++) {
        while (k < y->count && y->at[k] + shift < x->at[i] - SECOND)
            k++;
        near += k < y->count && y->at[k] + shift <= x->at[i] + SECOND;
    }
    return x->count ? (unsigned)(near * 100 / x->count) : 0;
}

unsigned
pair_answers(const struct moments *a, const struct moments *b, int64_t offset, unsigned *share)
{
    unsigned answers = 0;
    *share = 0;
    if (!a->count || !b->count || a->at[0] > b->at[b->count - 1] - offset + SECOND ||
        b->at[0] - offset > a->at[a->count - 1] + SECOND)
        return 0;
    int spoke = -1; // the end that spoke last, at `before`
    int64_t before = 0;
    for (size_t i = 0, k = 0; i < a->count || k < b->count;) {
        int64_t here = i < a->count ? a->at[i] : INT64_MAX;
        int64_t there = k < b->count ? b->at[k] - offset : INT64_MAX, now = here < there ? here : there;
        answers += spoke >= 0 && spoke != (here > now) && now - before <= SECOND;
        // Of stamps in whole seconds the order within one is not known: then a second in which both speak
        // counts once.
        answers += here == there;
        while (i < a->count && a->at[i] == now)
            i++;
        while (k < b->count && b->at[k] - offset == now)
            k++;
        spoke = there == now;
        before = now;
    }
    unsigned first = share_near(a, b, -offset), second = share_near(b, a, offset);
    *share = first < second ? first : second;
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

static int64_t
middle(struct offsets *o)
{
    qsort(o->at, o->count, sizeof *o->at, by_size);
    // Of an even number the two in the middle, so that both ends come to the same.
    int64_t low = o->at[(o->count - 1) / 2], high = o->at[o->count / 2];
    return low + (high - low) / 2;
}

int64_t
pair_established_at(const struct nego *g)
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
                int64_t ex = pair_established_at(x), ey = pair_established_at(y);
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

// One of the two moments of a negotiation that the other end knows as well: when it began, or when it stood.
static int64_t
moment_of(const struct pairs *p, int end, const struct nego *g, bool stood)
{
    int64_t at = stood ? pair_established_at(g) : begins(p, end, g) ? g->first : LINE_NO_TIME;
    return at == LINE_NO_TIME ? at : plain(p, at);
}

// The offset that these two moments make, or LINE_NO_TIME when they cannot be the two sides of one.
static int64_t
offset_of(const struct pairs *p, const struct nego *x, const struct nego *y, bool stood)
{
    int64_t here = moment_of(p, 0, x, stood), there = moment_of(p, 1, y, stood);
    bool told = x->fact[FACT_ROLE] || y->fact[FACT_ROLE]; // which of them asks
    if (x->kind != NEGO_IKE || !opposite(x, y) || !told || here == LINE_NO_TIME || there == LINE_NO_TIME)
        return LINE_NO_TIME;
    return there - here;
}

// Of the negotiations of the other end the one that fits this one best, or NULL.
static const struct nego *
nearest(const struct pairs *p, const struct nego *g, int end, const struct nego *newest, int64_t rough,
        bool stood)
{
    const struct nego *best = NULL;
    int64_t least = NEAR;
    for (const struct nego *o = newest; o; o = o->older) {
        int64_t offset = end ? offset_of(p, o, g, stood) : offset_of(p, g, o, stood);
        if (offset == LINE_NO_TIME || llabs(offset - rough) > least)
            continue;
        least = llabs(offset - rough);
        best = o;
    }
    return best;
}

// What arrived cannot have been sent later: requests bound the offset from one side, the answers that
// completed an SA from the other. Attempts that follow each other within seconds must not be mixed, so each
// only counts with the one that it fits best.
static void
add_bounds(const struct pairs *p, const struct tunnel *a, const struct tunnel *b, int64_t rough,
           struct offsets *from_a, struct offsets *from_b)
{
    for (const struct nego *x = a->newest; x; x = x->older)
        for (int stood = 0; stood < 2; stood++) {
            const struct nego *y = nearest(p, x, 0, b->newest, rough, stood);
            if (!y || nearest(p, y, 1, a->newest, rough, stood) != x)
                continue;
            bool starts = x->fact[FACT_ROLE] == ROLE_INITIATOR || y->fact[FACT_ROLE] == ROLE_RESPONDER;
            offsets_add(starts != (stood != 0) ? from_a : from_b, offset_of(p, x, y, stood));
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
