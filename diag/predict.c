#include "diag/predict.h"

#include "diag/addr.h"
#include "diag/compare.h"

// The connections of one end, whole.
struct side_of {
    const struct record *connection[PREDICTED_MOST];
    bool taken[PREDICTED_MOST];
    size_t count;
};

static bool
is_configured(const struct quotes *q, const struct record *r)
{
    return q->knowledge->dialects[q->records->lines[r->line].dialect].configuration;
}

static void
collect(const struct quotes *q, int end, struct side_of *s, struct arena *arena)
{
    const struct records *all = q->records;
    for (size_t i = 0; i < all->record_count && s->count < PREDICTED_MOST; i++) {
        const struct record *r = &all->records[i];
        if (r->kind != RECORD_CONNECTION || r->end != end || !is_configured(q, r))
            continue;
        r = records_whole(all, r, arena);
        // A section without a peer is what others are made of.
        if (record_text(r, "peer_address").len)
            s->connection[s->count++] = r;
    }
}

// 1: both are addresses, and the same one; -1: and different ones; 0: one of them is a name or any address.
static int
same_address(const struct record *a, const char *key_a, const struct record *b, const char *key_b)
{
    struct str x = record_text(a, key_a), y = record_text(b, key_b);
    if (!addr_is(x) || !addr_is(y))
        return 0;
    return str_eq(x, y) ? 1 : -1;
}

// How well b, seen from the other end, is a: by addresses, then networks, then the name. 0: not at all.
static int
likeness(const struct record *a, const struct record *b)
{
    int here = same_address(a, "our_address", b, "peer_address"),
        there = same_address(a, "peer_address", b, "our_address");
    if (here < 0 || there < 0)
        return 0;
    struct str ours = record_text(a, "our_subnets"), theirs = record_text(a, "peer_subnets");
    bool networks = ours.len && theirs.len && str_eq(ours, record_text(b, "peer_subnets")) &&
                    str_eq(theirs, record_text(b, "our_subnets"));
    bool name = str_eq(record_text(a, "conn"), record_text(b, "conn"));
    if (here + there == 0 && !networks && !name)
        return 0;
    return 4 * (here + there) + 2 * networks + name;
}

static bool
may_be_turned(const struct quotes *q, const struct record *r)
{
    return q->knowledge->dialects[q->records->lines[r->line].dialect].either;
}

// The connection of B that mirrors a, turned where its file does not say which side is here; or NULL.
static const struct record *
twin_of(const struct quotes *q, const struct record *a, struct side_of *b, struct arena *arena)
{
    const struct record *best = NULL;
    int most = 0;
    size_t place = 0;
    for (size_t i = 0; i < b->count; i++) {
        const struct record *r = b->connection[i];
        for (int turned = 0; turned <= (!b->taken[i] && may_be_turned(q, r)); turned++) {
            const struct record *seen = turned ? records_turned(r, arena) : r;
            int like = b->taken[i] ? 0 : likeness(a, seen);
            if (like > most) {
                most = like;
                best = seen;
                place = i;
            }
        }
    }
    if (best)
        b->taken[place] = true;
    return best;
}

// Where the order of the exchange meets the first attribute on which the two do not agree.
static enum checkpoint
first_difference(const struct compared *rows, size_t count)
{
    static const enum checkpoint order[] = {CP_IKE_VERSION, CP_P1_CIPHER, CP_ID, CP_SUBNETS, CP_P2_CIPHER};
    for (size_t o = 0; o < sizeof order / sizeof *order; o++)
        for (size_t i = 0; i < count; i++)
            if (rows[i].agree == AGREE_NO && rows[i].checkpoint == order[o])
                return order[o];
    return CP_NONE;
}

const struct predicted *
predict(struct quotes *quotes, struct arena *arena, size_t *count, size_t *alone)
{
    struct side_of *sides = ARENA_ARRAY(arena, struct side_of, 2);
    collect(quotes, 0, &sides[0], arena);
    collect(quotes, 1, &sides[1], arena);
    struct predicted *all = ARENA_ARRAY(arena, struct predicted, sides[0].count);
    *count = 0;
    for (size_t i = 0; i < sides[0].count; i++) {
        const struct record *a = sides[0].connection[i], *b = twin_of(quotes, a, &sides[1], arena);
        if (!b)
            continue;
        struct predicted *p = &all[(*count)++];
        p->name[0] = arena_str(arena, record_text(a, "conn"));
        p->name[1] = arena_str(arena, record_text(b, "conn"));
        p->compared = compare_configured(quotes, a, b, arena, &p->compared_count);
        p->checkpoint = first_difference(p->compared, p->compared_count);
    }
    *alone = sides[0].count + sides[1].count - 2 * *count;
    return all;
}
