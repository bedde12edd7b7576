#include "diag/narrow.h"

#include "diag/merge.h"
#include "diag/records.h"
#include "diag/weighing.h"

struct narrowed {
    struct str by, from;
};

// Does a line of the attempt say that what the two ends have in common is this network?
static bool
is_common(const struct facts *f, struct str network)
{
    for (size_t i = 0; i < f->line_count; i++)
        for (const struct said *s = f->said[i]; s; s = s->next)
            if (STR_IS(s->key, "ts_common") && str_eq(s->text, network))
                return true;
    return false;
}

// Everything is asked for by those who do not know what there is: the other family of addresses is mostly
// not.
static bool
is_other_family(const struct facts *f, struct str network)
{
    struct addr_found all = weigh_net(network);
    if (all.form != ADDR_NET || all.prefix)
        return false;
    for (size_t i = 0; i < f->line_count; i++)
        for (const struct said *s = f->said[i]; s; s = s->next)
            if (STR_IS(s->key, "ts_common") && weigh_net(s->text).first.size == all.first.size)
                return false;
    return true;
}

// What the daemon compared: of all that it has, and of all that the other end named, is a part missing in
// what they have in common?
static struct narrowed
by_log(struct facts *f)
{
    facts_load(f);
    int role = attempt_fact(&f->judged->attempt, FACT_ROLE);
    struct str asked = role == ROLE_INITIATOR ? STR("ts_configured") : STR("ts_received");
    for (size_t i = 0; role && i < f->line_count; i++)
        for (const struct said *s = f->said[i]; s; s = s->next)
            if (str_eq(s->key, asked) && !is_common(f, s->text) && !is_other_family(f, s->text))
                return (struct narrowed){role == ROLE_INITIATOR ? STR("peer") : STR("here"), s->text};
    return (struct narrowed){STR_NONE, STR_NONE};
}

// One network that is configured, where the child has only a part of it.
static bool
is_part(struct str configured, struct str stands)
{
    struct addr_found whole = weigh_net(configured), part = weigh_net(stands);
    return weigh_covers(&whole, &part) && !weigh_covers(&part, &whole);
}

static bool
fits(struct str configured, struct str stands)
{
    struct addr_found whole = weigh_net(configured), part = weigh_net(stands);
    return weigh_covers(&whole, &part);
}

// What the line that established the child says of one side.
static struct str
stands(struct facts *f, struct str key)
{
    const struct nego *child = f->judged->attempt.child;
    const struct event_line *at = child && child->established ? walk_established(child) : NULL;
    facts_load(f);
    for (size_t i = 0; at && i < f->line_count; i++)
        for (const struct said *s = f->said[i]; s; s = s->next)
            if (s->line->line == at->line && s->line->source == at->source && str_eq(s->key, key))
                return s->text;
    return facts_said(f, key);
}

// What is configured on this gateway, where its state or its files are at hand.
static struct narrowed
by_configuration(struct facts *f)
{
    const struct record *c = f->state ? f->state->connection : NULL;
    const struct narrowed no = {STR_NONE, STR_NONE};
    if (!c)
        return no;
    struct str ours = stands(f, STR("our_subnets")), theirs = stands(f, STR("peer_subnets"));
    struct str our = record_text(c, "our_subnets"), their = record_text(c, "peer_subnets");
    if (!fits(our, ours) || !fits(their, theirs))
        return no;
    if (is_part(our, ours))
        return (struct narrowed){STR("peer"), our};
    return is_part(their, theirs) ? (struct narrowed){STR("peer"), their} : no;
}

// What the two ends call one side of the tunnel: 2 the same, or it cannot be told; 1 one is in the other; 0.
static int
side_fits(struct str one, struct str other)
{
    struct addr_found a = weigh_net(one), b = weigh_net(other);
    if (a.form == ADDR_NONE || b.form == ADDR_NONE || !a.prefix || !b.prefix)
        return 2;
    bool covers = weigh_covers(&a, &b), covered = weigh_covers(&b, &a);
    bool given = covers || covered ? a.prefix == 8 * a.first.size || b.prefix == 8 * b.first.size : false;
    return given || (covers && covered) ? 2 : covers || covered; // given: one of the addresses for clients
}

struct str
narrow_apart(const struct two *t)
{
    if (!t->same || t->walk.stuck != CP_NONE)
        return STR_NONE;
    struct str ours[2], theirs[2];
    for (int end = 0; end < 2; end++) {
        struct facts f = t->facts[end];
        ours[end] = stands(&f, STR("our_subnets"));
        theirs[end] = stands(&f, STR("peer_subnets"));
    }
    int of_a = side_fits(ours[0], theirs[1]), of_b = side_fits(theirs[0], ours[1]);
    return !of_a || !of_b ? STR("apart") : of_a == 2 && of_b == 2 ? STR_NONE : STR("part");
}

struct str
narrow_fact(struct facts *f, struct str name)
{
    if (!str_starts(name, STR("narrowed")) || !f->judged->live || f->judged->walk.stuck != CP_NONE)
        return STR_NONE;
    if (STR_IS(name, "narrowed-ours"))
        return stands(f, STR("our_subnets"));
    if (STR_IS(name, "narrowed-theirs"))
        return stands(f, STR("peer_subnets"));
    struct narrowed n = by_log(f);
    if (!n.by.len)
        n = by_configuration(f);
    return STR_IS(name, "narrowed") ? n.by : STR_IS(name, "narrowed-from") ? n.from : STR_NONE;
}
