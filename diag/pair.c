#include "diag/pair_work.h"

#include "diag/addr.h"

#include <stdlib.h>

enum { SLOW = 65536, ANSWERS = 3, MOST_ANSWERS = 1000, SHARE = 50 };

int
end_has(const struct end_about *e, struct str address)
{
    if (!address.len || !e->addresses)
        return 0;
    for (size_t i = 0; i < e->addresses; i++)
        if (str_eq(e->address[i], address))
            return 1;
    return -1;
}

void
end_note(struct end_about *about, struct str address, struct arena *arena)
{
    if (about->addresses == PAIR_ADDRESSES || !addr_is(address) || str_starts(address, STR("127.")) ||
        str_starts(address, STR("0.")) || str_starts(address, STR("::")) || end_has(about, address) > 0)
        return;
    about->address[about->addresses++] = arena_str(arena, address);
}

void
end_begin(struct end_about *e)
{
    e->first = e->last = LINE_NO_TIME;
    e->year_known = true;
}

void
end_cover(struct end_about *e, int64_t first, int64_t last, bool year_known)
{
    if (first == LINE_NO_TIME)
        return;
    if (e->first == LINE_NO_TIME || first < e->first)
        e->first = first;
    if (e->last == LINE_NO_TIME || last > e->last)
        e->last = last;
    e->year_known &= year_known;
}

struct pairs
pair_turned(const struct pairs *p)
{
    struct pairs t = *p;
    t.about[0] = p->about[1];
    t.about[1] = p->about[0];
    t.clock.offset = -p->clock.offset;
    return t;
}

// Did the other end have no connection for a peer of these pairs? Then one that could not be loaded there may
// be why.
static bool
met_by_stranger(const struct pairs *p, const struct negos *negos)
{
    for (size_t i = 0; i < negos->tunnel_count; i++)
        if (p->end[negos->tunnels[i]->source] == 0 && p->partner[i] >= 0 &&
            negos->tunnels[p->partner[i]]->stranger)
            return true;
    return false;
}

bool
pair_stands(const struct pairs *p, const struct negos *negos, size_t place)
{
    const struct tunnel *t = negos->tunnels[place];
    if (p->end[t->source] == 0)
        return true;
    if (p->partner[place] >= 0)
        return false;
    if (end_has(&p->about[0], t->peer) > 0 ||
        (!t->peer.len && !t->newest && t->config && met_by_stranger(p, negos)))
        return true;
    for (size_t i = 0; i < negos->tunnel_count; i++)
        if (p->end[negos->tunnels[i]->source] == 0 && negos->tunnels[i]->newest)
            return false;
    return true;
}

static bool
hex_number(struct str text, uint64_t *value)
{
    size_t i = str_starts(text, STR("0x")) ? 2 : 0;
    *value = 0;
    for (; i < text.len; i++) {
        char c = text.at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        *value = *value << 4 | (uint64_t)digit;
    }
    return *value > 0xff; // the lowest numbers are reserved (RFC 4303 section 2.1)
}

// Most lines hold no such number, and are not read again.
static bool
tells_numbers(const struct work *w, const struct event_line *e)
{
    const struct tmpl *t = event_template(w->in->negos->knowledge, e)->tmpl;
    return tmpl_has_named(t, STR("spi")) || tmpl_has_named(t, STR("ike_spi")) ||
           tmpl_has_named(t, STR("msgid"));
}

// The Message ID of an IKEv1 quick mode is drawn at random (RFC 2408 section 3.1), and both ends log it: as
// eight hex digits or as a decimal. Those of IKEv2 count from nought. Told apart from the SPIs of an IKE SA.
static bool
message_id(struct str text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; text.len != 8 && i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || *number > UINT32_MAX)
            return false;
        *number = *number * 10 + (uint64_t)(text.at[i] - '0');
    }
    if (text.len == 8 && !hex_number(text, number))
        return false;
    if (*number <= UINT16_MAX || *number > UINT32_MAX)
        return false;
    *number |= UINT64_C(1) << 63;
    return true;
}

// What one negotiation says of its numbers: an ESP pair may stand on two lines.
static void
read_nego(struct work *w, const struct nego *g, struct numbers *n)
{
    uint64_t in = 0, out = 0, number;
    for (uint16_t i = 0; i < g->event_count; i++) {
        if (!tells_numbers(w, &g->events[i]))
            continue;
        const struct said *said = quote_values(w->in->quotes, &g->events[i], &w->lines);
        for (; said; said = said->next) {
            if (str_eq(said->key, STR("msgid")) && n->ikes < NUMBERS && message_id(said->text, &number))
                n->ike[n->ikes++] = number;
            if (!str_starts(said->key, STR("spi")) && !str_starts(said->key, STR("ike_spi")))
                continue;
            if (!hex_number(said->text, &number))
                continue;
            if (str_eq(said->key, STR("spi_in")))
                in = number;
            else if (str_eq(said->key, STR("spi_out")))
                out = number;
            else if (str_starts(said->key, STR("ike_spi")) && n->ikes < NUMBERS && number > UINT32_MAX)
                n->ike[n->ikes++] = number;
        }
        if (in && out && n->pairs < NUMBERS) {
            n->in[n->pairs] = in;
            n->out[n->pairs++] = out;
            in = out = 0;
        }
    }
}

const struct numbers *
pair_numbers(struct work *w, size_t place)
{
    struct numbers *n = w->asked[place].numbers;
    if (n)
        return n;
    w->asked[place].numbers = n = ARENA_NEW(&w->scratch, struct numbers);
    for (const struct nego *g = w->in->negos->tunnels[place]->newest; g; g = g->older) {
        if (g->established || g->kind == NEGO_IKE || n->ikes < NUMBERS)
            read_nego(w, g, n);
        if (nego_is_child(g) && g->parent)
            read_nego(w, g->parent, n);
    }
    arena_clear(&w->lines);
    return n;
}

bool
pair_numbers_meet(struct work *w, size_t a, size_t b)
{
    const struct numbers *x = pair_numbers(w, a), *y = pair_numbers(w, b);
    for (size_t i = 0; i < x->pairs; i++)
        for (size_t k = 0; k < y->pairs; k++)
            if (x->in[i] == y->out[k] && x->out[i] == y->in[k])
                return true;
    for (size_t i = 0; i < x->ikes; i++)
        for (size_t k = 0; k < y->ikes; k++)
            if (x->ike[i] == y->ike[k])
                return true;
    return false;
}

bool
pair_stood(const struct work *w, size_t place)
{
    const struct tunnel *t = w->in->negos->tunnels[place];
    return t->ever_up || t->ike;
}

bool
pair_same_name(const struct work *w, size_t a, size_t b)
{
    return str_eq(w->in->negos->tunnels[a]->name, w->in->negos->tunnels[b]->name);
}

void
pair_add(struct work *w, size_t a, size_t b, enum paired_by by, unsigned weight)
{
    if (w->count == w->room) {
        w->room = w->room ? w->room * 2 : 64;
        w->candidates = mem_resize(w->candidates, mem_product(w->room, sizeof *w->candidates));
    }
    w->candidates[w->count++] = (struct candidate){a, b, by, weight};
}

// A tunnel that starts and one that starts as well never meet, and neither do two that only answer.
bool
pair_can_meet(const struct work *w, size_t a, size_t b)
{
    const int initiator = 1 << ROLE_INITIATOR, responder = 1 << ROLE_RESPONDER;
    int x = w->in->negos->tunnels[a]->roles, y = w->in->negos->tunnels[b]->roles;
    return !(x == initiator && y == initiator) && !(x == responder && y == responder);
}

const struct moments *
pair_moments_of(struct work *w, size_t place)
{
    struct moments *m = &w->asked[place].moments;
    if (!m->at)
        *m = pair_moments(w->p, w->in->negos->tunnels[place]);
    return m;
}

unsigned
pair_weigh_answers(struct work *w, size_t a, size_t b, bool *near)
{
    unsigned share, answers = pair_answers(pair_moments_of(w, a), pair_moments_of(w, b),
                                           w->p->clock.stated ? w->p->clock.offset : 0, &share);
    *near = share >= SHARE;
    return answers > MOST_ANSWERS ? MOST_ANSWERS : answers;
}

static void
weigh(struct work *w, size_t a, size_t b)
{
    int there = w->asked[a].met, here = w->asked[b].met;
    if (!pair_can_meet(w, a, b))
        return;
    unsigned weight = pair_same_name(w, a, b);
    if (pair_stood(w, a) && pair_stood(w, b) && pair_numbers_meet(w, a, b)) {
        pair_add(w, a, b, PAIRED_NUMBERS, WEIGHT_NUMBERS + weight);
        return;
    }
    bool near, address = there > 0 || here > 0;
    unsigned both = (there > 0 ? 1u : 0u) + (here > 0 ? 1u : 0u),
             answers = pair_weigh_answers(w, a, b, &near);
    weight += 2 * answers;
    // One address that fits and one that does not is what NAT looks like, if the lines answer each other.
    if (address && ((there >= 0 && here >= 0) || answers || near))
        pair_add(w, a, b, PAIRED_ADDRESSES, WEIGHT_ADDRESS * both + weight);
    else if (!address && answers >= ANSWERS && near && (there >= 0 || here >= 0))
        pair_add(w, a, b, PAIRED_TIMES, weight);
}

static int
by_weight(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

void
pair_make(struct work *w, size_t a, size_t b, enum paired_by by)
{
    w->p->partner[a] = (int)b;
    w->p->partner[b] = (int)a;
    w->p->by[a] = w->p->by[b] = by;
}

void
pair_choose(struct work *w)
{
    if (w->count)
        qsort(w->candidates, w->count, sizeof *w->candidates, by_weight);
    for (size_t i = 0; i < w->count; i++) {
        const struct candidate *c = &w->candidates[i];
        if (w->p->partner[c->a] < 0 && w->p->partner[c->b] < 0)
            pair_make(w, c->a, c->b, c->by);
    }
    w->count = 0;
}

// Lines that answer each other within the second can only do so when the clocks agree.
static void
clock_by_times(struct pairs *p, const struct negos *negos)
{
    if (p->clock.known)
        return;
    for (size_t i = 0; i < negos->tunnel_count; i++)
        if (p->partner[i] >= 0 && p->by[i] == PAIRED_TIMES) {
            p->clock.known = true;
            p->clock.offset = 0;
            p->clock.spread = 1000000;
            p->clock.pairs++;
        }
}

// The tunnels of an end that can be paired, ended by SIZE_MAX.
static const size_t *
places(struct work *w, int end)
{
    const struct pairing *in = w->in;
    size_t count = 0, *at = ARENA_ARRAY(&w->scratch, size_t, in->negos->tunnel_count + 1);
    for (size_t i = 0; i < in->negos->tunnel_count; i++) {
        const struct tunnel *t = in->negos->tunnels[i];
        // A connection that was only loaded has nothing to compare, and nor has a stray packet of a peer.
        if (t->newest && !(t->stranger && !t->roles) && !tunnel_mended(in->negos, t) &&
            in->end[t->source] == end)
            at[count++] = i;
    }
    at[count] = SIZE_MAX;
    return at;
}

static void
weigh_all(struct work *w, const size_t *a, const size_t *b)
{
    for (size_t i = 0; a[i] != SIZE_MAX; i++)
        for (size_t k = 0; b[k] != SIZE_MAX; k++)
            weigh(w, a[i], b[k]);
    pair_choose(w);
}

// The peer of a connection that only has children under the IKE SA of another one is the peer of that.
static struct str
peer_of(const struct tunnel *t)
{
    const struct nego *parent = !t->peer.len && t->newest ? t->newest->parent : NULL;
    return parent ? parent->tunnel->peer : t->peer;
}

void
pair_tunnels(const struct pairing *in, struct pairs *p, struct arena *arena)
{
    size_t count = in->negos->tunnel_count, ends[2] = {0};
    struct work w = {.in = in, .p = p};
    p->any_year = !p->about[0].year_known || !p->about[1].year_known;
    p->partner = ARENA_ARRAY(arena, int, count);
    p->by = ARENA_ARRAY(arena, enum paired_by, count);
    w.asked = mem_new(mem_product(count + 1, sizeof *w.asked));
    for (size_t i = 0; i < count; i++) {
        const struct tunnel *t = in->negos->tunnels[i];
        w.asked[i].met = end_has(&p->about[!in->end[t->source]], peer_of(t));
        p->partner[i] = -1;
        p->by[i] = PAIRED_NOT;
        ends[in->end[t->source]]++;
    }
    const size_t *const a = places(&w, 0), *const b = places(&w, 1);
    // Of many tunnels only those are compared of which one names an address of the other end.
    if (ends[0] <= SLOW && ends[1] <= SLOW && ends[0] * ends[1] <= SLOW)
        weigh_all(&w, a, b);
    else
        pair_many(&w, a, b);
    if (!p->clock.stated) {
        pair_clock(p, in->negos, in->end);
        clock_by_times(p, in->negos);
    }
    for (size_t i = 0; i < count; i++)
        free(w.asked[i].moments.at);
    free(w.candidates);
    free(w.asked);
    arena_release(&w.lines);
    arena_release(&w.scratch);
}
