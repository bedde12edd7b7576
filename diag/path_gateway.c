#include "diag/path_gateway.h"

#include "diag/path_seen.h"
#include "diag/weighing.h"

// While one state is asked.
struct asking {
    const struct path_gateway *gateway;
    struct weighing w;
    const struct quotes *q;
    struct arena *arena;
    struct path *p;
};

static void
say(struct asking *a, const char *id, struct str text, const struct record *r)
{
    path_measured(a->p, path_fact_named(a->p->map, str_of(id)), text, FROM_GATEWAY,
                  &a->gateway->records->lines[r->line], a->q, a->arena);
}

static bool
is_of(const struct asking *a, const struct record *r, enum record_kind kind)
{
    return r->kind == kind && r->end == a->gateway->end;
}

// A list of UDP sockets that holds some and not this one says that nobody listens there.
static void
ask_sockets(struct asking *a)
{
    const struct records *s = a->gateway->records;
    const struct record *any = NULL, *ike = NULL, *natt = NULL;
    for (size_t i = 0; i < s->record_count; i++) {
        const struct record *r = &s->records[i];
        struct str port = is_of(a, r, RECORD_LISTENER) ? record_text(r, "socket_port") : STR_NONE;
        any = port.len && !any ? r : any;
        ike = str_eq(port, STR("500")) ? r : ike;
        natt = str_eq(port, STR("4500")) ? r : natt;
    }
    if (!any)
        return;
    say(a, "listens-udp500", ike ? STR("yes") : STR("no"), ike ? ike : any);
    say(a, "listens-udp4500", natt ? STR("yes") : STR("no"), natt ? natt : ike ? ike : any);
}

// Is the port one of "500", "500,4500", "500, 4500", "500:4500", "500-4500"? Of no ports it is.
static bool
holds_port(struct str ports, uint64_t port)
{
    bool named = ports.len > 0;
    uint64_t from = 0;
    bool range = false;
    while (ports.len) {
        size_t digits = 0;
        uint64_t number;
        while (digits < ports.len && ports.at[digits] >= '0' && ports.at[digits] <= '9')
            digits++;
        if (!digits) {
            range = ports.at[0] == ':' || ports.at[0] == '-';
            ports = str_from(ports, 1);
            continue;
        }
        if (!str_number((struct str){ports.at, digits}, &number))
            return false;
        if (number == port || (range && from <= port && port <= number))
            return true;
        from = number;
        range = false;
        ports = str_from(ports, digits);
    }
    return !named;
}

static bool
is_udp(const struct filter_rule *rule)
{
    return !rule->protocol.len || str_eq(rule->protocol, STR("udp")) || str_eq(rule->protocol, STR("17"));
}

// The port that what comes to a UDP port is led to: behind the colon of the target, or the same.
static struct str
target_port(struct str to, struct str port)
{
    size_t at = to.len;
    while (at > 0 && to.at[at - 1] >= '0' && to.at[at - 1] <= '9')
        at--;
    bool bare = at == 0 && to.len; // of a redirection
    bool behind = at > 0 && at < to.len && to.at[at - 1] == ':';
    return bare || behind ? str_from(to, at) : port;
}

static const struct record *
mapping_of(const struct asking *a, uint64_t port)
{
    struct filter_rule rule;
    const struct record *chain = NULL;
    for (size_t at = 0; filter_next(&a->w, "nat", NULL, &at, &chain, &rule);)
        if (rule.maps && is_udp(&rule) && !rule.negated && holds_port(rule.ports, port))
            return rule.record;
    return NULL;
}

// One of the two ports of IKE is mapped to somebody else; that the other is not shows beside it.
static void
ask_mappings(struct asking *a)
{
    const struct record *ike = mapping_of(a, 500), *natt = mapping_of(a, 4500);
    if (ike || natt) {
        say(a, "maps-udp500", ike ? target_port(record_text(ike, "to"), STR("500")) : STR("none"),
            ike ? ike : natt);
        say(a, "maps-udp4500", natt ? target_port(record_text(natt, "to"), STR("4500")) : STR("none"),
            natt ? natt : ike);
    }
}

// A rule about this port that dropped packets of the peer, with none before it that takes them.
static const struct record *
dropping(const struct asking *a, uint64_t port)
{
    struct filter_rule rule;
    const struct record *chain = NULL;
    struct addr_found peer = weigh_net(a->gateway->peer);
    for (size_t at = 0; filter_next(&a->w, "filter", "input", &at, &chain, &rule);) {
        bool meant = !rule.names_from || weigh_overlaps(&rule.from, &peer), counted;
        if (!rule.ports.len || !is_udp(&rule) || rule.negated || !meant || !holds_port(rule.ports, port))
            continue;
        if (rule.accepts)
            return NULL;
        if (rule.drops && record_number(rule.record, "packets", &counted) > 0)
            return rule.record;
    }
    struct list_packet ike = {.from = peer, .protocol = STR("udp"), .port = port};
    const struct record *listed = list_dropping(&a->w, "inbound", &ike);
    return listed ? listed : list_dropping(&a->w, "inbound_own", &ike);
}

void
path_gateway_give(const struct path_gateway *g, const struct quotes *q, struct arena *arena, struct path *p)
{
    struct asking a = {.gateway = g, .q = q, .arena = arena, .p = p};
    a.w = (struct weighing){.records = g->records, .end = g->end};
    a.w.ours = weigh_net(g->ours);
    a.w.theirs = weigh_net(g->theirs);
    ask_sockets(&a);
    ask_mappings(&a);
    const struct record *ike = dropping(&a, 500), *natt = dropping(&a, 4500);
    if (ike)
        say(&a, "drops-udp500", STR("yes"), ike);
    if (natt)
        say(&a, "drops-udp4500", STR("yes"), natt);
    bool known = a.w.ours.form != ADDR_NONE && a.w.theirs.form != ADDR_NONE;
    const struct record *translation = known ? filter_translation(&a.w) : NULL;
    if (translation)
        say(&a, "translates-own", STR("yes"), translation);
}

void
path_gateway_give_nat(const struct path_gateway *g, const struct quotes *q, struct arena *arena,
                      struct path *p)
{
    struct asking a = {.gateway = g, .q = q, .arena = arena, .p = p};
    struct addr_found peer = weigh_net(g->peer);
    const struct record *inner = NULL;
    if (peer.form == ADDR_NONE || addr_is_private(&peer.first) || path_get(p, STR("nat")).len)
        return;
    for (size_t i = 0; i < g->records->record_count; i++) {
        const struct record *r = &g->records->records[i];
        struct str text = is_of(&a, r, RECORD_ADDRESS) ? record_text(r, "address") : STR_NONE;
        struct addr_found own = weigh_net((struct str){text.at, str_find(text, STR("/"))});
        if (own.form == ADDR_NONE || own.first.size != peer.first.size || addr_names_nobody(&own.first))
            continue;
        if (!addr_is_private(&own.first))
            return; // it has an address of its own outside
        inner = inner ? inner : r;
    }
    if (inner)
        say(&a, "nat",
            g->role == ROLE_INITIATOR   ? STR("initiator")
            : g->role == ROLE_RESPONDER ? STR("responder")
                                        : STR("some"),
            inner);
}
